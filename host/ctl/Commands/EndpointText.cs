using IpvlanActors.Ctl.Output;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Commands;

/// <summary>Endpoints in columns.</summary>
internal static class EndpointText
{
    public static void List(IReadOnlyList<EndpointSummary> endpoints, TextWriter output)
    {
        var table = new Table("ENDPOINT ID", "NAME", "NETWORK", "ADDRESSES", "STATE", "SANDBOX");
        foreach (var e in endpoints)
            table.Add(Table.Short(e.Id), e.Name, e.Network, string.Join(',', e.Addresses), e.State, e.Sandbox);
        table.Write(output);
    }

    public static void Detail(EndpointDetail e, TextWriter output) => new Fields()
        .Add("Name", e.Name)
        .Add("ID", e.Id)
        .Add("Created", e.Created)
        .Add("Network", $"{e.Network} ({Table.Short(e.NetworkId)})")
        .Add("State", e.Reason.Length == 0 ? e.State : $"{e.State}: {e.Reason}")
        .Add("Addresses", e.Addresses)
        .Add("Interface", e.IfName)
        .Add("Sandbox", e.Sandbox)
        .Add("Routes", e.Routes)
        .Write(output);
}
