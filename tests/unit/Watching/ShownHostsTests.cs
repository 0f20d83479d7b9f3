using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Watching;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Watching;

/// <summary>Of each host an operator sees what is thought of its routes, and why.</summary>
public class ShownHostsTests
{
    private static readonly RouteAd Ad = new(Network('9'), P("10.9.0.0/26"), 1, I("10.0.0.2"));

    private readonly Boards _boards = new(new HostViewStore(HostView.Empty));

    public ShownHostsTests()
    {
        var hosts = ImmutableSortedDictionary<HostId, KnownHost>.Empty.Add(HostB, new("h2", 1)).Add(Host('c'), new("h3", 1));
        _boards.Catalogue.Current = new(7, hosts, Catalogue.Empty.Networks);
        Member(reachable: true);
    }

    [Fact]
    public void One_that_is_there_is_live_and_needs_no_reason() => Assert.Equal(("live", ""), Shown("h2"));

    [Fact]
    public void One_that_cannot_be_reached_is_suspect_and_then_stale_with_the_time_since_when()
    {
        Member(reachable: false);
        Thought(PeerState.Suspect);
        Assert.Equal(("suspect", "it cannot be reached since 2026-11-25 12:00:00Z; its routes stay while its next hops answer"), Shown("h2"));
        Thought(PeerState.Stale);
        Assert.Equal(("stale", "it has not been reached since 2026-11-25 12:00:00Z; its routes stay while its next hops answer"), Shown("h2"));
    }

    [Fact]
    public void One_with_a_dead_hop_is_withdrawn_whatever_the_membership_says()
    {
        var route = Route.ToPeer(Ad.Prefix, Ad.NextHop, Link("eth0"));
        var told = new[] { RouteVerdict.Accepted(HostB, Ad, route) }.ToHashMap(v => v.Ad.Key);
        _boards.Routes.Current = RouteBoard.Empty with { Told = RouteBoard.Empty.Told.Add(HostB, told) };
        _boards.Peers.Current = _boards.Peers.Current with { Dead = [Hop.Of(route)!.Value] };
        Assert.Equal(("withdrawn", "neither its daemon nor its kernel answers at 10.0.0.2 on eth0: 1 of its routes wait until one does"), Shown("h2"));
    }

    [Fact]
    public void One_that_the_registry_knows_and_that_is_no_member_is_listed_as_gone()
    {
        var gone = ShownHosts.Of(_boards).Single(h => h.Name == "h3");
        Assert.Equal(("gone", "stale", Host('c').ToString()), (gone.Status, gone.State, gone.Key));
        Assert.Equal("it has been no member since this node started; its routes stay while its next hops answer", gone.Why);
    }

    private void Member(bool reachable)
    {
        _boards.Cluster.Current = new([new(HostA, "10.0.0.1:4053", "Up", true, true, IsSelf: true), new(HostB, "10.0.0.2:4053", "Up", reachable, false, IsSelf: false)], null);
        Thought(PeerState.Live);
    }

    private void Thought(PeerState state) =>
        _boards.Peers.Current = PeerBoard.Empty with { Peers = ImmutableDictionary<HostId, PeerHealth>.Empty.Add(HostB, new(state, new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero))) };

    private (string State, string Why) Shown(string name) => ShownHosts.Of(_boards).Where(h => h.Name == name).Select(h => (h.State, h.Why)).Single();
}
