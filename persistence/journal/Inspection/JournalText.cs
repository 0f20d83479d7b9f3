using System.Globalization;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Journal.Inspection;

/// <summary>Events in words: one event, one line.</summary>
public static class JournalText
{
    private const int ShortId = 12;

    /// <summary>Time, sequence number, name, facts.</summary>
    public static string Line(JournalEntry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Time(entry.At)} {entry.Row.SequenceNr,6}  {entry.Row.Manifest,-19} {Facts(entry)}");

    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Facts(JournalEntry entry) => entry switch
    {
        { Event: { } e } => Facts(e),
        { Unreadable: { } why } => $"UNREADABLE: {why}",
        _ => $"{entry.Row.Payload.Length} bytes of serializer {entry.Row.SerializerId}",
    };

    public static string Facts(object @event) => @event switch
    {
        RegistryEvent e => Facts(e),
        NetworkEvent e => Facts(e),
        HostEvent e => Facts(e),
        HostNetworkEvent e => Facts(e),
        EndpointEvent e => Facts(e),
        _ => @event.ToString() ?? "",
    };

    private static string Facts(RegistryEvent @event) => @event switch
    {
        HostRegistered e => $"host {Short(e.Id)} is called {e.Name}{(e.Incarnation > 0 ? $", start {e.Incarnation}" : "")}",
        HostForgotten e => e.Id == e.Stamp.Host ? $"host {Short(e.Id)} leaves" : $"host {Short(e.Id)} is given up, asked on host {Short(e.Stamp.Host)}",
        RegistryDoubted e => $"grants nothing after version {e.Version}: {e.Why}",
        TestimonyAdopted e => $"what host {Short(e.From)} had seen up to version {e.Version} is taken over",
        RegistryTrusted e => $"every host has been heard; {e.Lost} events are lost",
        NetworkNameReserved e => $"network {e.Network.Short}, asked on host {Short(e.Stamp.Host)}: {Words(e.Spec)}",
        NetworkNameFreed e => $"network {e.Network.Short} is gone; its journal ended with {e.Events} events",
        _ => @event.ToString(),
    };

    private static string Facts(NetworkEvent @event) => @event switch
    {
        NetworkCreated e => $"network {e.Network.Short}, asked on host {Short(e.Stamp.Host)}: {Words(e.Spec)}",
        BlockClaimed e => $"{e.Block} belongs to host {Short(e.Owner)}, epoch {e.Epoch}",
        BlockReleased e => $"{e.Block} belongs to nobody, given back by host {Short(e.Stamp.Host)}, epoch {e.Epoch}",
        EpochsSkipped e => $"epochs up to {e.To} were given in a history that is lost",
        BlockFenced e => $"{e.Block} was taken by force from host {Short(e.Host)}, asked on host {Short(e.Stamp.Host)}, epoch {e.Epoch}",
        LoanOffered e => $"host {Short(e.From)} is asked to lend {e.Address} to host {Short(e.To)}, epoch {e.Epoch}",
        AddressLent e => $"host {Short(e.From)} lends {e.Address} to host {Short(e.To)}, epoch {e.Epoch}",
        AddressReturned e => $"{e.Address} is its owner's again, epoch {e.Epoch}",
        NetworkRemoved e => $"asked on host {Short(e.Stamp.Host)}",
        _ => @event.ToString(),
    };

    private static string Facts(HostEvent @event) => @event switch
    {
        HostBorn e => $"this is host {e.Id}",
        HostStarted e => $"start {e.Incarnation}, kernel boot {e.BootId}{(e.Journal.Length > 0 ? $", journal {e.Journal}" : "")}",
        HostConfirmed e => $"the registry has confirmed this journal; counting on from start {e.Incarnation}",
        _ => @event.ToString(),
    };

    private static string Facts(HostNetworkEvent @event) => @event switch
    {
        NetworkAttached e => $"parent {Words(e.Parent)}, network {e.Network.Short} of {Time(e.Created)}: {Words(e.Spec)}",
        ParentLinkCreated e => $"{Words(e.Link)} is ours to make and to delete",
        BlockReceived e => $"{e.Block} is ours, epoch {e.Epoch}",
        AddressAllocated e => $"{e.Address} to {e.EndpointName} ({e.Endpoint.Short}), {Words(e.Kind)}",
        AddressReleased e => $"{e.Address} by endpoint {e.Endpoint.Short}",
        BlockSurrendered e => $"{e.Block} is ours no more, epoch {e.Epoch}",
        BlockLost e => $"{e.Block} was taken from this host, epoch {e.Epoch}",
        AddressLentOut e => $"{e.Address} is lent to host {Short(e.To)}, epoch {e.Epoch}",
        AddressCameBack e => $"{e.Address} is back, epoch {e.Epoch}",
        NetworkBound e => $"{e.Key} to a container runtime here{(e.IsMaker ? ", which made the network" : "")}",
        NetworkUnbound => "no container runtime here knows it any more",
        NetworkDetached => "this host has no part of the network any more",
        _ => @event.ToString(),
    };

    private static string Facts(EndpointEvent @event) => @event switch
    {
        EndpointCreated e => $"{e.Name} in network {e.Network.Short} with {string.Join(", ", e.Addresses)}",
        EndpointJoined e => $"is to have link {e.Interface}{(e.Parent is { } parent ? $" on {parent}" : "")} in {e.Sandbox.Path} (inode {e.Sandbox.Inode}, kernel boot {e.Sandbox.BootId}){(e.Routes is { } routes ? $", routes {routes}" : "")}",
        EndpointHandedOver e => $"link {e.Link} is to be taken to {e.Sandbox.Path}{(e.HasDefault ? ", with the default route" : "")} (kernel boot {e.Sandbox.BootId})",
        EndpointJoinFailed e => e.Reason,
        EndpointLeft e => e.Reason switch
        {
            LeaveReason.SandboxGone => "its namespace is gone",
            LeaveReason.Forgotten => "its container runtime knows it no more",
            LeaveReason.Fenced => "its address was taken from this host",
            _ => "as asked for",
        },
        EndpointRemoved => "its name and addresses are to be had again",
        _ => @event.ToString(),
    };

    private static string Words(AddressKind kind) => kind switch
    {
        AddressKind.Explicit => "as asked for",
        AddressKind.Reserved => "for an endpoint that is still to come",
        _ => "the lowest free",
    };

    private static string Words(NetworkSpec spec)
    {
        var subnets = spec.Subnets.Select(s => $"{s.Prefix}{(s.Gateway is { } gateway ? $" gateway {gateway}" : "")}");
        var parent = spec.IsIsolated ? "isolated" : $"on {Words(spec.Parents)}";
        return $"{spec.Name}, {Lower(spec.Mode)} {Lower(spec.Flag)} {parent}, {string.Join(", ", subnets)}".TrimEnd(' ', ',');
    }

    private static string Words(ParentChoice parents) =>
        string.Join(", ", parents.ByHost.Select(h => $"{h.Value} at {h.Key}").Prepend(parents.Name).Where(p => p.Length > 0)) + (parents.InContainer ? " (in each container)" : "");

    private static string Words(ParentLink link) => link.Made switch
    {
        ParentKind.Vlan => $"{link.Name} (VLAN {link.Vlan} of {link.Base})",
        ParentKind.Container => $"{link.Name} (in each container)",
        ParentKind.Dummy => $"{link.Name} (dummy)",
        _ => link.Name.Value,
    };

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Short(HostId host) => host.ToString()[..ShortId];
}
