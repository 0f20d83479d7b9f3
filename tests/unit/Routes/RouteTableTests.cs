using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Routes;

public class RouteTableTests
{
    private static readonly Route There = Route.ToPeer(RouteScene.PeerBlock, RouteScene.PeerHop, Link("eth0"));
    private readonly RouteScene _scene = new();

    [Fact]
    public void Routes_of_a_peer_that_has_not_spoken_stay()
    {
        _scene.Kernel.AddRoute(There);
        Assert.Equal([There], Started().Desired.Values);
    }

    [Fact]
    public void What_a_peer_that_has_spoken_no_longer_tells_of_goes()
    {
        _scene.Kernel.AddRoute(There);
        var table = Started();
        Assert.False(table.Hear(Host('c'), whole: true, [], []).AffectKernel);
        Assert.Equal(There, Assert.Single(table.Hear(HostB, whole: true, [], []).Removes));
        Assert.Empty(table.Desired);
    }

    [Fact]
    public void What_the_registry_says_is_nobody_s_or_this_host_s_own_goes()
    {
        _scene.Kernel.AddRoute(There with { Destination = P("10.1.0.128/26") });
        Assert.Empty(Started().Desired);

        var scene = new RouteScene();
        scene.Kernel.AddRoute(There);
        var table = new RouteTable(new(Catalogue.Empty, scene.View, scene.Kernel.Observe([]), 10));
        table.Rebase(scene.Basis());
        Assert.Equal([There], table.Desired.Values);
        scene.Own(RouteScene.PeerBlock, HostA, 9);
        Assert.Equal(There, Assert.Single(table.Rebase(scene.Basis()).Removes));
    }

    /// <summary>On a busy machine the first look at the kernel may come before the table.</summary>
    [Fact]
    public void A_table_that_is_made_after_the_first_look_at_the_kernel_keeps_what_is_there_too()
    {
        _scene.Kernel.AddRoute(There);
        var kept = new RouteBasis(Catalogue.Empty with { Version = 1 }, _scene.View, _scene.Kernel.Observe([]), 10) { IsKept = true };
        var table = new RouteTable(kept);
        Assert.Empty(table.Rebase(kept).Removes);
        Assert.Equal([There], table.Desired.Values);
    }

    [Fact]
    public void A_catalogue_from_before_this_start_takes_nothing_away_that_it_has_not()
    {
        _scene.Kernel.AddRoute(There);
        var (old, kernel) = (Catalogue.Empty with { Version = 1 }, _scene.Kernel.Observe([]));
        var table = new RouteTable(new(Catalogue.Empty, _scene.View, kernel, 10));
        var kept = new RouteBasis(old, _scene.View, kernel, 10) { IsKept = true };
        table.Rebase(kept);
        Assert.Equal([There], table.Desired.Values);
        Assert.Equal(There, Assert.Single(table.Rebase(kept with { IsKept = false }).Removes));
    }

    [Fact]
    public void What_is_told_replaces_what_is_there()
    {
        var old = There with { NextHop = I("10.0.0.9") };
        _scene.Kernel.AddRoute(old);
        var changes = Started().Hear(HostB, whole: true, [RouteScene.Ad], []);
        Assert.Equal((old, There), (Assert.Single(changes.Removes), Assert.Single(changes.Adds)));
    }

    [Fact]
    public void Guards_are_no_routes_to_peers()
    {
        _scene.Kernel.AddRoute(Route.Unreachable(RouteScene.PeerBlock, Ownership.BlockGuardMetric));
        Assert.Empty(Started().Desired);
    }

    [Fact]
    public void What_is_said_again_changes_nothing()
    {
        var table = Started();
        Assert.True(table.Hear(HostB, whole: true, [RouteScene.Ad], []).AffectKernel);
        Assert.False(table.Hear(HostB, whole: true, [RouteScene.Ad], []).AffectKernel);
        Assert.False(table.Rebase(_scene.Basis()).AffectKernel);
        Assert.Equal(There, Assert.Single(table.Hear(HostB, whole: false, [], [RouteScene.Ad.Key]).Removes));
        Assert.Empty(table.Verdicts[HostB]);
    }

    [Fact]
    public void A_rejection_is_told_once_for_each_reason()
    {
        var table = Started();
        var early = RouteScene.Ad with { Epoch = 3 };
        Assert.Equal(RejectCodes.EpochAhead, Assert.Single(table.Hear(HostB, whole: true, [early], []).Rejected).Code);
        Assert.Empty(table.Hear(HostB, whole: true, [early], []).Rejected);
        _scene.Own(RouteScene.PeerBlock, Host('c'), 3);
        Assert.Equal(RejectCodes.NotOwner, Assert.Single(table.Rebase(_scene.Basis()).Rejected).Code);
        _scene.Own(RouteScene.PeerBlock, HostB, 3);
        Assert.Empty(table.Rebase(_scene.Basis()).Rejected);
        Assert.Equal([There], table.Desired.Values);
    }

    /// <summary>Whatever happens in whatever order, the table is what one judgement of everything would make of it.</summary>
    [Fact]
    public void Step_by_step_is_the_same_as_all_at_once()
    {
        var block = OneOf(RouteScene.OwnBlock, RouteScene.PeerBlock, P("10.1.0.128/26"), P("10.1.0.70/32"), P("10.1.0.64/27"), RouteScene.PeerBlock6);
        var ad = Gen.Select(OneOf(Network('1'), Network('2')), block, Gen.Long[1, 3], OneOf(I("10.0.0.2"), I("10.0.0.3"), I("2001:db8:1::2"), I("10.9.0.1")), (n, p, e, h) => new RouteAd(n, p, e, h));
        var step = Gen.Select(Gen.Int[0, 9], OneOf(HostA, HostB, Host('c')), ad.Array[0, 4], block, Gen.Long[1, 3]);
        step.Array[0, 25].Sample(steps =>
        {
            var scene = new RouteScene();
            var (table, told) = (new RouteTable(scene.Basis(maxPrefixes: 4)), new Dictionary<HostId, Dictionary<RouteKey, RouteAd>>());
            var kernel = new HashSet<Route>();
            foreach (var (what, host, ads, prefix, epoch) in steps)
                Follow(kernel, Step(scene, table, told, (what, host, ads, prefix, epoch)));

            var whole = new RouteTable(scene.Basis(maxPrefixes: 4));
            foreach (var (host, ads) in told)
                whole.Hear(host, whole: true, ads.Values, []);
            Assert.Equal(whole.Desired.OrderBy(d => d.Key), table.Desired.OrderBy(d => d.Key));
            Assert.True(kernel.SetEquals(table.Desired.Values));
            foreach (var (host, verdicts) in whole.Verdicts)
                Assert.Equal(verdicts.OrderBy(v => v.Key), table.Verdicts[host].OrderBy(v => v.Key));
        }, iter: 1_000);
    }

    private static RouteChanges Step(
        RouteScene scene, RouteTable table, Dictionary<HostId, Dictionary<RouteKey, RouteAd>> told,
        (int What, HostId Host, RouteAd[] Ads, Prefix Block, long Epoch) step)
    {
        var held = told.TryGetValue(step.Host, out var ads) ? ads : told[step.Host] = [];
        switch (step.What)
        {
            case 0 or 1 or 2:
                foreach (var ad in step.Ads)
                    held[ad.Key] = ad;
                return table.Hear(step.Host, whole: false, step.Ads, []);
            case 3:
                held.Clear();
                foreach (var ad in step.Ads)
                    held[ad.Key] = ad;
                return table.Hear(step.Host, whole: true, step.Ads, []);
            case 4:
                foreach (var ad in step.Ads)
                    held.Remove(ad.Key);
                return table.Hear(step.Host, whole: false, [], [.. step.Ads.Select(a => a.Key)]);
            case 5 or 6:
                scene.Own(step.Block, step.Host, step.Epoch);
                break;
            case 7:
                scene.Tell(new BlockReceived(At(), step.Block, step.Epoch));
                break;
            case 8:
                scene.Tell(new BlockSurrendered(At(), step.Block, step.Epoch));
                break;
            default:
                scene.Kernel.SetLink("eth0", up: step.Epoch != 1);
                break;
        }

        return table.Rebase(scene.Basis(maxPrefixes: 4));
    }

    private static void Follow(HashSet<Route> kernel, RouteChanges changes)
    {
        Assert.All(changes.Removes, r => Assert.True(kernel.Remove(r)));
        Assert.All(changes.Adds, a => Assert.True(kernel.Add(a)));
        Assert.Equal(kernel.Count, kernel.Select(r => r.Destination).Distinct().Count());
    }

    private RouteTable Started()
    {
        var table = new RouteTable(new(Catalogue.Empty, _scene.View, _scene.Kernel.Observe([]), 10));
        table.Rebase(_scene.Basis());
        return table;
    }
}
