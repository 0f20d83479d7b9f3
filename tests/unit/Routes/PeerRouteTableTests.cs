using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Routes;

public class PeerRouteTableTests
{
    private static readonly Route There = Route.ToPeer(RouteScene.PeerBlock, RouteScene.PeerHop, Link("eth0"));
    private readonly RouteScene _scene = new();

    [Fact]
    public void Routes_of_a_peer_that_has_not_spoken_stay()
    {
        _scene.Kernel.AddRoute(There);
        Assert.Equal([There], Desired([]));
    }

    [Fact]
    public void What_a_peer_that_has_spoken_no_longer_tells_of_goes()
    {
        _scene.Kernel.AddRoute(There);
        Assert.Empty(Desired([], HostB));
        Assert.Equal([There], Desired([], Host('c')));
    }

    [Fact]
    public void What_the_registry_says_is_nobody_s_goes()
    {
        _scene.Kernel.AddRoute(There with { Destination = P("10.1.0.128/26") });
        Assert.Empty(Desired([]));
    }

    [Fact]
    public void What_is_told_replaces_what_is_there()
    {
        _scene.Kernel.AddRoute(There with { NextHop = I("10.0.0.9") });
        Assert.Equal([There], Desired(_scene.Judge(RouteScene.Set(HostB, RouteScene.Ad)), HostB));
        Assert.Equal([There], Desired(_scene.Judge(RouteScene.Set(HostB, RouteScene.Ad))));
    }

    [Fact]
    public void What_was_rejected_is_not_desired() =>
        Assert.Empty(Desired(_scene.Judge(RouteScene.Set(HostB, RouteScene.Ad with { Epoch = 1 })), HostB));

    [Fact]
    public void Guards_are_no_routes_to_peers()
    {
        _scene.Kernel.AddRoute(Route.Unreachable(RouteScene.PeerBlock, Ownership.BlockGuardMetric));
        Assert.Empty(Desired([]));
    }

    [Fact]
    public void A_block_that_is_this_host_s_own_now_keeps_no_route_to_its_old_owner()
    {
        _scene.Kernel.AddRoute(There);
        _scene.Own(RouteScene.PeerBlock, HostA, 9);
        Assert.Empty(Desired([]));
    }

    [Fact]
    public void A_catalogue_from_before_this_start_takes_nothing_away_that_it_has_not()
    {
        _scene.Kernel.AddRoute(There);
        var (catalogue, kernel) = (Catalogue.Empty with { Version = 1 }, _scene.Kernel.Observe([]));
        Assert.Equal(There, Assert.Single(PeerRouteTable.Desired(HostA, [], new HashSet<HostId>(), catalogue, kernel, isKept: true)));
        Assert.Empty(PeerRouteTable.Desired(HostA, [], new HashSet<HostId>(), catalogue, kernel));
    }

    private Route[] Desired(ImmutableArray<RouteVerdict> verdicts, params HostId[] heard) =>
        [.. PeerRouteTable.Desired(HostA, verdicts, heard.ToHashSet(), _scene.Catalogue, _scene.Kernel.Observe([]))];
}
