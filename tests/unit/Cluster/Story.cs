using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Tests.Lab.Cluster.Checking;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Cluster;

/// <summary>What a host of an invented run journals: seconds after noon, on one routed network, 10.9.0.0/16.</summary>
internal sealed class Story(string name, HostId id, string address)
{
    public static readonly NetworkId Net = Network('9');

    private static readonly NetworkSpec Routed = Spec("10.9.0.0/16", "parent=eth0 ipvlan_mode=l3");

    private readonly List<Journaled> _journal = [];
    private readonly List<DateTimeOffset> _wipes = [];

    public Story Born(double at = 0) => Host(new HostBorn(At(at, id), id)).Host(new HostStarted(At(at, id), 1, "boot"))
        .Here(new NetworkAttached(At(at, id), Net, Routed, ParentLink.Given(Link("eth0")), Noon));

    /// <summary>Only the host with the registry writes these.</summary>
    public Story Created(double at = 0) => Cluster(new NetworkCreated(At(at, id), Net, Routed));

    public Story Claimed(double at, string block, HostId by, long epoch) => Cluster(new BlockClaimed(At(at, by), P(block), by, epoch));

    public Story Released(double at, string block, long epoch) => Cluster(new BlockReleased(At(at, id), P(block), epoch));

    public Story Fenced(double at, string block, HostId host, long epoch) => Cluster(new BlockFenced(At(at, id), P(block), host, epoch));

    public Story Lent(double at, string ip, HostId from, HostId to, long epoch) => Cluster(new AddressLent(At(at, to), I(ip), from, to, epoch));

    public Story Received(double at, string block, long epoch) => Here(new BlockReceived(At(at, id), P(block), epoch));

    public Story Surrendered(double at, string block, long epoch) => Here(new BlockSurrendered(At(at, id), P(block), epoch));

    public Story Joined(double at, string ip, int endpoint)
    {
        Here(new AddressAllocated(At(at, id), I(ip), Endpoint(endpoint), $"e{endpoint}", AddressKind.Dynamic));
        To(endpoint, new EndpointCreated(At(at, id), Endpoint(endpoint), Net, $"e{endpoint}", [InterfaceAddress.Parse($"{ip}/16")]));
        return To(endpoint, new EndpointJoined(At(at, id), new Sandbox($"/run/netns/{endpoint}", 1, "boot"), Link("eth0")));
    }

    public Story Removed(double at, string ip, int endpoint)
    {
        To(endpoint, new EndpointLeft(At(at, id), LeaveReason.Asked)).To(endpoint, new EndpointRemoved(At(at, id)));
        return Here(new AddressReleased(At(at, id), I(ip), Endpoint(endpoint)));
    }

    public Story PowerCut(double at)
    {
        _wipes.Add(Noon.AddSeconds(at));
        return this;
    }

    /// <summary>Starts on a copy of another host's disk.</summary>
    public Story CopyOf(HostStory other)
    {
        _journal.AddRange(other.Journal.Select(e => e with { Inherited = true }));
        return this;
    }

    public HostStory Told() => new(name, [I(address)], [.. _journal]) { Wipes = [.. _wipes] };

    private Story Cluster(NetworkEvent e) => Write(PersistenceIds.Network(Net), e);

    private Story Host(HostEvent e) => Write(PersistenceIds.Host, e);

    private Story Here(HostNetworkEvent e) => Write(PersistenceIds.HostNetwork(id, Net), e);

    private Story To(int endpoint, EndpointEvent e) => Write(PersistenceIds.Endpoint(Endpoint(endpoint)), e);

    private Story Write(string id, object e)
    {
        _journal.Add(new(id, _journal.Count(j => j.PersistenceId == id) + 1, e));
        return this;
    }
}
