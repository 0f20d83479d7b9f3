using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Feeds;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Routes;
using IpvlanActors.Tests.Unit.Support;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

public sealed class RouteTableTests : TestKit
{
    private const long Incarnation = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly HostId Self = HostId.Parse(new string('1', 32));
    private static readonly HostId Other = HostId.Parse(new string('2', 32));
    private static readonly NetworkId Network = NetworkId.Parse(new string('a', 32));
    private static readonly EndpointId Web = EndpointId.Parse(new string('b', 32));
    private static readonly Prefix Own = Prefix.Parse("10.1.0.0/26");
    private static readonly Prefix Theirs = Prefix.Parse("10.1.0.64/26");
    private static readonly Stamp At = new(DateTimeOffset.UnixEpoch, Self);
    private static readonly NetworkSpec Spec = NetworkSpecReader.Read(new()
    {
        Name = "web",
        Subnets = ["10.1.0.0/16"],
        Options = ImmutableSortedDictionary<string, string>.Empty.Add("parent", "eth0").Add("ipvlan_mode", "l3"),
    }).Spec!;

    private readonly FakeKernel _kernel = new();
    private readonly NodeContext _node;
    private readonly TestProbe _reconciler;
    private readonly TestProbe _mesh;
    private readonly IActorRef _table;

    public RouteTableTests()
        : base(GateJournal.Config)
    {
        _kernel.AddLink("eth0", "10.0.0.1/24");
        _node = new(Self, "h1", FakeKernel.BootId, TimeProvider.System, new(new HostViewStore(HostView.Empty)), TimeSpan.Zero, static _ => { });
        _node.View.Apply(PersistenceIds.Host, new HostBorn(At, Self));
        _node.View.Apply(PersistenceIds.Host, new HostStarted(At, Incarnation, "boot", "file 1"));
        Happened(new NetworkAttached(At, Network, Spec, ParentLink.Given(LinkName.Parse("eth0")), At.At), new BlockReceived(At, Own, 1));
        (_reconciler, _mesh) = (CreateTestProbe(), CreateTestProbe());
        Look();
        _table = Sys.ActorOf(Props.Create<RouteTableActor>(_node, _reconciler.Ref, _mesh.Ref));
    }

    [Fact]
    public async Task The_own_set_is_told_when_it_has_changed_and_only_then()
    {
        _table.Tell(OwnRoutesChanged.Instance);
        Assert.Equal((1, 0), ((await Told()).Version, _node.Boards.Routes.Current.Own.Count));

        Happened(new AddressAllocated(At, Ip.Parse("10.1.0.2"), Web, "web", AddressKind.Dynamic));
        _table.Tell(OwnRoutesChanged.Instance);
        var ad = new RouteAd(Network, Own, 1, Ip.Parse("10.0.0.1"));
        var told = await Told();
        Assert.Equal((Incarnation, 2, ad, ad), (told.Incarnation, told.Version, Assert.Single(told.Told), Assert.Single(told.All).Value));

        _table.Tell(OwnRoutesChanged.Instance); // nothing has: what comes next has the next version
        Happened(new AddressReleased(At, Ip.Parse("10.1.0.2"), Web));
        _table.Tell(OwnRoutesChanged.Instance);
        told = await Told();
        Assert.Equal((3, ad.Key), (told.Version, Assert.Single(told.Withdrawn)));
        Assert.Empty(told.All);
    }

    [Fact]
    public async Task A_journal_that_must_be_confirmed_says_nothing_and_then_speaks_with_a_later_incarnation()
    {
        _table.Tell(OwnRoutesChanged.Instance);
        await Told();
        _node.View.Apply(PersistenceIds.Host, new HostStarted(At, Incarnation + 1, "boot", "file 2"));
        _table.Tell(OwnRoutesChanged.Instance);
        await _table.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(15));

        _node.View.Apply(PersistenceIds.Host, new HostConfirmed(At, 20));
        _table.Tell(OwnRoutesChanged.Instance);
        var told = await Told();
        Assert.Equal((20, 0), (told.Incarnation, told.All.Count));
    }

    [Fact]
    public async Task A_parent_that_goes_down_takes_the_own_routes_back()
    {
        Happened(new AddressAllocated(At, Ip.Parse("10.1.0.2"), Web, "web", AddressKind.Dynamic));
        _table.Tell(OwnRoutesChanged.Instance);
        Assert.Single((await Told()).All);
        _kernel.SetLink("eth0", up: false);
        Look();
        Sys.EventStream.Publish(_node.Boards.Kernel.Current);
        Assert.Empty((await Told()).All);
    }

    [Fact]
    public async Task A_route_is_taken_when_the_registry_says_so_and_not_before()
    {
        Hear(new RouteAd(Network, Theirs, 2, Ip.Parse("10.0.0.2")));
        await Processed();
        await _reconciler.ExpectNoMsgAsync(TimeSpan.Zero);

        Catalogue(epoch: 2);

        Assert.Equal(Route.ToPeer(Theirs, Ip.Parse("10.0.0.2"), LinkName.Parse("eth0")), Assert.Single(await Wanted()));
        Assert.True(Assert.Single(_node.Boards.Routes.Current.Peers).IsAccepted);
    }

    [Theory]
    [InlineData("10.1.0.64/26", 1, "10.0.0.2", "epoch")]
    [InlineData("10.1.0.128/26", 2, "10.0.0.2", "does not say that this host owns")]
    [InlineData("10.1.0.64/26", 2, "10.7.0.2", "not on-link")]
    [InlineData("10.1.0.64/26", 2, "10.0.0.1", "own address")]
    public async Task A_route_that_cannot_be_true_is_rejected_and_the_reason_shown(string prefix, long epoch, string hop, string why)
    {
        Catalogue(epoch: 2);
        Assert.Empty(await Wanted());
        Hear(new RouteAd(Network, Prefix.Parse(prefix), epoch, Ip.Parse(hop)));
        await Processed();
        await _reconciler.ExpectNoMsgAsync(TimeSpan.Zero);
        Assert.Contains(why, Assert.Single(_node.Boards.Routes.Current.Peers).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_has_changed_is_told_to_the_reconciler()
    {
        Catalogue(epoch: 2);
        Assert.Empty(await Wanted());
        var (one, two) = (new RouteAd(Network, Prefix.Parse("10.1.0.64/28"), 2, Ip.Parse("10.0.0.2")), new RouteAd(Network, Prefix.Parse("10.1.0.80/28"), 2, Ip.Parse("10.0.0.2")));
        Hear(one);
        Assert.Single((await Changed()).Adds);
        Hear(two);
        var changed = await Changed();
        Assert.Equal((false, Prefix.Parse("10.1.0.80/28")), (changed.IsWhole, Assert.Single(changed.Adds).Destination));
        _table.Tell(new RoutesHeard(Other, Whole: false, [], [one.Key], []));
        changed = await Changed();
        Assert.Equal((false, Prefix.Parse("10.1.0.64/28")), (changed.IsWhole, Assert.Single(changed.Removes).Destination));
        _table.Tell(AllPeerRoutes.Instance, _reconciler.Ref); // it was started again
        changed = await Changed();
        Assert.Equal((true, two.Prefix), (changed.IsWhole, Assert.Single(changed.Adds).Destination));
        Sys.EventStream.Publish(_node.Boards.Kernel.Current); // nothing of it judges routes
        await Processed();
        await _reconciler.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task Each_rejection_is_counted_once_and_published()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RouteRejected));
        Catalogue(epoch: 2);
        var lie = new RouteAd(Network, Theirs, 1, Ip.Parse("10.0.0.2"));
        Hear(lie);
        Hear(lie);
        Assert.Equal((Theirs.ToString(), RejectCodes.OldEpoch), await ExpectMsgAsync<RouteRejected>(Patience) is var e ? (e.What, e.Code) : default);
        _table.Tell(new FeedRefused(FeedId.Routes(Other), new(1, 9), FeedOutcome.Unproven, "akka.tcp://ipvland@10.0.0.9:4053"));
        Assert.Equal("unproven", (await ExpectMsgAsync<RouteRejected>(Patience)).Code);
        await Processed();
        Assert.Equal([("old-epoch", 1), ("unproven", 1)], _node.Boards.Routes.Current.Rejected.Select(r => (r.Key, r.Value)));
    }

    [Fact]
    public async Task What_the_registry_may_still_say_is_counted_only_if_it_never_does()
    {
        Catalogue(epoch: 2);
        Hear(new RouteAd(Network, Prefix.Parse("10.1.0.128/26"), 1, Ip.Parse("10.0.0.2")), new RouteAd(Network, Theirs, 3, Ip.Parse("10.0.0.2")));
        await Processed();
        Assert.Empty(_node.Boards.Routes.Current.Rejected);
        Catalogue(epoch: 3);
        await Eventually.True(() => _node.Boards.Routes.Current.Rejected.Count > 0, "counted at the second look");
        Assert.Equal([("not-owner", 1)], _node.Boards.Routes.Current.Rejected.Select(r => (r.Key, r.Value)));
    }

    [Fact]
    public async Task Routes_of_a_peer_that_has_not_spoken_stay_and_those_of_nobody_go()
    {
        var kept = Route.ToPeer(Theirs, Ip.Parse("10.0.0.2"), LinkName.Parse("eth0"));
        _kernel.AddRoute(kept);
        _kernel.AddRoute(Route.ToPeer(Prefix.Parse("10.1.0.128/26"), Ip.Parse("10.0.0.3"), LinkName.Parse("eth0")));
        Look();
        Sys.EventStream.Publish(_node.Boards.Kernel.Current);
        await Processed();
        Catalogue(epoch: 2);
        Assert.Equal(kept, Assert.Single(await Wanted()));
        Hear();
        Assert.Empty(await Wanted());
    }

    private void Hear(params RouteAd[] ads) => _table.Tell(new RoutesHeard(Other, ads.Length == 0, [.. ads], [], []));

    private void Happened(params HostNetworkEvent[] events)
    {
        foreach (var @event in events)
            _node.View.Apply(PersistenceIds.HostNetwork(Self, Network), @event);
    }

    /// <summary>As if a pass had read the kernel now.</summary>
    private void Look() => _node.Boards.Kernel.Current = KernelReport.Empty with { Observed = _kernel.Observe([]) };

    private void Catalogue(long epoch)
    {
        var blocks = PrefixMap<BlockOwner>.Empty.Add(Own, new(Self, 1)).Add(Theirs, new(Other, epoch));
        var networks = ImmutableSortedDictionary<NetworkId, CatalogueEntry>.Empty.Add(Network, new(Spec, At.At, blocks));
        _node.Boards.Catalogue.Current = new(5, ImmutableSortedDictionary<HostId, KnownHost>.Empty, networks);
        _table.Tell(new CatalogueUpdate(_node.Boards.Catalogue.Current));
    }

    private ValueTask<OwnRoutes> Told() => _mesh.ExpectMsgAsync<OwnRoutes>(Patience);

    private ValueTask<PeerRoutes> Changed() => _reconciler.ExpectMsgAsync<PeerRoutes>(Patience);

    /// <summary>The table has taken in what was sent to it before.</summary>
    private Task Processed() => _table.Ask<ActorIdentity>(new Identify(null), Patience);

    private async Task<IEnumerable<Route>> Wanted()
    {
        var routes = (await Changed()).Adds;
        await Processed(); // the board is written after it
        return routes;
    }
}
