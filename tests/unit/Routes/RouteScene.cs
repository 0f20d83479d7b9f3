using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Tests.Unit.Support;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Routes;

/// <summary>
/// Host a with eth0 10.0.0.1/24 and one routed network, 10.1.0.0/16 and 2001:db8::/64, of which it owns the first block and
/// host b the second, at epoch 2.
/// </summary>
internal sealed class RouteScene
{
    public static readonly Prefix OwnBlock = P("10.1.0.0/26");
    public static readonly Prefix PeerBlock = P("10.1.0.64/26");
    public static readonly Prefix PeerBlock6 = P("2001:db8::40/122");
    public static readonly Ip PeerHop = I("10.0.0.2");

    private readonly string _part = PersistenceIds.HostNetwork(HostA, Network('1'));

    public RouteScene(string options = "parent=eth0 ipvlan_mode=l3")
    {
        Kernel.AddLink("eth0", "10.0.0.1/24", "fe80::1/64", "2001:db8:1::1/64");
        Spec = Spec("10.1.0.0/16 2001:db8::/64", options);
        View = HostView.Empty.Apply(PersistenceIds.Host, new HostBorn(At(), HostA));
        Tell(new NetworkAttached(At(), Network('1'), Spec, ParentLink.Given(Link("eth0")), Noon), new BlockReceived(At(), OwnBlock, 1));
        Catalogue = Catalogue.Empty with { Version = 1 };
        Own(OwnBlock, HostA, 1);
        Own(PeerBlock, HostB, 2);
        Own(PeerBlock6, HostB, 3);
    }

    public NetworkSpec Spec { get; }

    public FakeKernel Kernel { get; } = new();

    public HostView View { get; private set; }

    public Catalogue Catalogue { get; private set; }

    public static RouteAd Ad => new(Network('1'), PeerBlock, 2, PeerHop);

    public void Tell(params HostNetworkEvent[] events) => View = events.Aggregate(View, (view, e) => view.Apply(_part, e));

    public void Own(Prefix block, HostId host, long epoch)
    {
        var entry = Catalogue.Networks.GetValueOrDefault(Network('1')) ?? new(Spec, Noon, NetworkDecider.Initial.Blocks);
        Catalogue = Catalogue with { Networks = Catalogue.Networks.SetItem(Network('1'), entry with { Blocks = entry.Blocks.SetItem(block, new(host, epoch)) }) };
    }

    public void Hold(char endpoint, string address) =>
        Tell(new AddressAllocated(At(), I(address), Endpoint(endpoint), $"web-{endpoint}", AddressKind.Dynamic));

    public RouteBasis Basis(int maxPrefixes = 10_000) => new(Catalogue, View, Kernel.Observe([]), maxPrefixes);

    /// <summary>What becomes of what hosts tell of.</summary>
    public RouteVerdict[] Judge(params (HostId Host, RouteAd[] Ads)[] told)
    {
        var table = new RouteTable(Basis());
        foreach (var (host, ads) in told)
            table.Hear(host, whole: false, ads, []);
        return [.. table.Verdicts.Values.SelectMany(v => v.Values)];
    }

    /// <summary>What becomes of one route that host b tells of.</summary>
    public RouteVerdict Judge(RouteAd ad) => Judge((HostB, [ad])).Single();
}
