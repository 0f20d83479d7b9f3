using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Routes;

public class RouteVerifierTests
{
    private readonly RouteScene _scene = new();

    [Fact]
    public void An_honest_route_goes_to_the_kernel()
    {
        var verdict = _scene.Judge(RouteScene.Ad);
        Assert.Equal(new RouteVerdict(HostB, RouteScene.Ad, Route.ToPeer(RouteScene.PeerBlock, RouteScene.PeerHop, Link("eth0")), ""), verdict);
        Assert.Equal("10.1.0.64/26 via 10.0.0.2 dev eth0 proto 213 metric 4213", verdict.Route!.ToString());
    }

    [Fact]
    public void IPv6_goes_the_same_way() => Assert.Equal(
        "2001:db8::40/122 via 2001:db8:1::2 dev eth0 proto 213 metric 4213",
        _scene.Judge(new RouteAd(Network('1'), RouteScene.PeerBlock6, 3, I("2001:db8:1::2"))).Route?.ToString());

    [Theory]
    [InlineData("10.1.0.128/26", 2, "10.0.0.2", "does not say that this host owns the prefix")]
    [InlineData("10.1.0.0/16", 2, "10.0.0.2", "does not say that this host owns the prefix")]
    [InlineData("0.0.0.0/0", 2, "10.0.0.2", "does not say that this host owns the prefix")]
    [InlineData("10.1.0.0/26", 1, "10.0.0.2", "does not say that this host owns the prefix")]
    [InlineData("10.1.0.64/26", 1, "10.0.0.2", "the registry has epoch 2 for the prefix, not 1")]
    [InlineData("10.1.0.64/26", 3, "10.0.0.2", "the registry has epoch 2 for the prefix, not 3")]
    [InlineData("10.1.0.64/26", 2, "10.0.0.1", "the next hop 10.0.0.1 is this host's own address")]
    [InlineData("10.1.0.64/26", 2, "10.9.0.2", "the next hop 10.9.0.2 is not on-link on eth0")]
    [InlineData("10.1.0.64/26", 2, "10.8.0.2", "the next hop 10.8.0.2 is not on-link on eth0")]
    [InlineData("10.1.0.64/26", 2, "2001:db8:1::2", "the next hop 2001:db8:1::2 is not IPv4")]
    [InlineData("2001:db8::40/122", 3, "10.0.0.2", "the next hop 10.0.0.2 is not IPv6")]
    public void A_route_that_is_not_so_is_rejected(string prefix, long epoch, string nextHop, string reason)
    {
        _scene.Kernel.AddLink("eth1", "10.8.0.1/24");
        Rejected(reason, new(Network('1'), P(prefix), epoch, I(nextHop)));
    }

    [Theory]
    [InlineData("10.1.0.64/26", 2, "10.1.0.64/26 via inet6 fe80::2 dev eth0 proto 213 metric 4213")]
    [InlineData("2001:db8::40/122", 3, "2001:db8::40/122 via fe80::2 dev eth0 proto 213 metric 4213")]
    public void A_link_local_next_hop_serves_both_families(string prefix, long epoch, string route)
    {
        _scene.Kernel.AddLink("eth1", "fe80::2/64"); // one of ours, but on another link: not the same
        Assert.Equal(route, _scene.Judge(new RouteAd(Network('1'), P(prefix), epoch, I("fe80::2"))).Route?.ToString());
    }

    [Fact]
    public void A_link_local_next_hop_is_as_good_as_the_parent_that_it_is_on()
    {
        var ad = RouteScene.Ad with { NextHop = I("fe80::1") };
        Rejected("the next hop fe80::1 is this host's own address", ad);
        Rejected("the next hop fe90::2 is link-local", ad with { NextHop = I("fe90::2") });
        Rejected("the next hop 169.254.0.2 is not on-link on eth0", ad with { NextHop = I("169.254.0.2") });
        _scene.Kernel.RemoveAddress("eth0", "fe80::1/64");
        Rejected("eth0 has no link-local address here: turn IPv6 on there", ad with { NextHop = I("fe80::2") });
    }

    [Fact]
    public void A_network_that_nobody_knows_is_rejected() => Rejected("the registry knows no such network", RouteScene.Ad with { Network = Network('2') });

    [Fact]
    public void A_network_that_is_not_here_is_rejected()
    {
        _scene.Tell(new NetworkDetached(At()));
        Rejected("the network is not attached here", RouteScene.Ad);
    }

    [Theory]
    [InlineData("parent=eth0")]
    [InlineData("ipvlan_mode=l3")]
    public void A_network_that_is_not_routed_is_rejected(string options) =>
        Assert.Contains("not attached here", new RouteScene(options).Judge(RouteScene.Ad).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_host_that_bears_our_own_id_is_rejected()
    {
        var verdict = _scene.Judge((HostA, [new RouteAd(Network('1'), RouteScene.OwnBlock, 1, RouteScene.PeerHop)])).Single();
        Assert.False(verdict.IsAccepted);
        Assert.Contains("this host's own id", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_overlaps_a_block_of_ours_is_rejected()
    {
        _scene.Tell(new BlockReceived(At(), RouteScene.PeerBlock, 1));
        Rejected("it overlaps 10.1.0.64/26, which is this host's own", RouteScene.Ad);
        // or lies in one: an address that the registry lent may not be taken from who still gives it out
        _scene.Own(P("10.1.0.9/32"), HostB, 4);
        Rejected("it overlaps 10.1.0.0/26", new(Network('1'), P("10.1.0.9/32"), 4, RouteScene.PeerHop));
    }

    [Fact]
    public void An_address_that_the_peer_lent_to_this_host_lies_inside_its_prefix_and_keeps_it_out_of_nothing()
    {
        _scene.Tell(new BlockReceived(At(), P("10.1.0.77/32"), 5));
        Assert.True(_scene.Judge(RouteScene.Ad).IsAccepted);
        Rejected("it overlaps 10.1.0.77/32, which is this host's own", RouteScene.Ad with { Prefix = P("10.1.0.77/32") });
    }

    [Theory]
    [InlineData("10.1.0.65/24")]
    [InlineData("10.1.0.65/27")]
    public void What_overlaps_a_connected_prefix_is_rejected(string address)
    {
        _scene.Kernel.AddLink("eth1", address);
        Rejected("which is connected here", RouteScene.Ad);
    }

    [Fact]
    public void A_single_address_of_the_host_is_no_connected_prefix()
    {
        _scene.Kernel.AddLink("dummy0", "10.1.0.65/32");
        Assert.True(_scene.Judge(RouteScene.Ad).IsAccepted);
    }

    [Fact]
    public void A_parent_that_is_down_or_gone_rejects()
    {
        _scene.Kernel.SetLink("eth0", up: false);
        Rejected("the parent link eth0 is missing or down", RouteScene.Ad);
        _scene.Kernel.RemoveLink("eth0");
        Rejected("the parent link eth0 is missing or down", RouteScene.Ad);
    }

    [Fact]
    public void A_prefix_inside_an_owned_block_is_the_owner_s_to_tell() =>
        Assert.True(_scene.Judge(RouteScene.Ad with { Prefix = P("10.1.0.77/32") }).IsAccepted);

    [Fact]
    public void Of_one_host_s_two_next_hops_for_a_prefix_the_last_counts()
    {
        var verdict = Assert.Single(_scene.Judge((HostB, [RouteScene.Ad, RouteScene.Ad with { NextHop = I("10.0.0.3") }])));
        Assert.Equal(I("10.0.0.3"), verdict.Route!.NextHop);
    }

    [Fact]
    public void The_higher_epoch_wins_whoever_speaks_first()
    {
        // two networks of the catalogue with the same prefix: what no registry should say
        foreach (var (low, high) in new[] { ('b', 'c'), ('c', 'b') })
        {
            var (scene, second) = (new RouteScene(), Network('2'));
            var entry = scene.Catalogue.Networks[Network('1')];
            var catalogue = scene.Catalogue with
            {
                Networks = scene.Catalogue.Networks
                    .SetItem(Network('1'), entry with { Blocks = entry.Blocks.SetItem(RouteScene.PeerBlock, new(Host(low), 2)) })
                    .Add(second, entry with { Blocks = entry.Blocks.SetItem(RouteScene.PeerBlock, new(Host(high), 7)) }),
            };
            var view = scene.View.Apply(PersistenceIds.HostNetwork(HostA, second), new NetworkAttached(At(), second, scene.Spec, ParentLink.Given(Link("eth0")), Noon));

            var table = new RouteTable(new(catalogue, view, scene.Kernel.Observe([]), 10));
            table.Hear(Host(low), whole: true, [RouteScene.Ad], []);
            table.Hear(Host(high), whole: true, [new(second, RouteScene.PeerBlock, 7, I("10.0.0.3"))], []);
            var verdicts = table.Verdicts.Values.SelectMany(v => v.Values).ToList();

            var winner = Assert.Single(verdicts, v => v.IsAccepted);
            Assert.Equal((Host(high), I("10.0.0.3")), (winner.Origin, winner.Ad.NextHop));
            Assert.Contains($"host {Host(high)} holds the prefix at epoch 7", verdicts.Single(v => !v.IsAccepted).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_host_tells_of_so_many_prefixes_and_no_more()
    {
        var ads = Enumerable.Range(0, 64).Select(n => RouteScene.Ad with { Prefix = Prefix.Single(RouteScene.PeerBlock.First.Offset((ulong)n)) }).ToList();
        var table = new RouteTable(_scene.Basis(maxPrefixes: 60));
        Assert.Equal(60, table.Hear(HostB, whole: false, ads, []).Adds.Length);
        Assert.Equal(4, table.Verdicts[HostB].Values.Count(v => v.Reason == "host tells of more than 60 prefixes"));
        Assert.Equal(2, table.Hear(HostB, whole: false, [], [ads[0].Key, ads[1].Key]).Adds.Length);
        Assert.Equal(2, table.Verdicts[HostB].Values.Count(v => v.Code == RejectCodes.TooMany));
        Assert.Equal(62, table.Verdicts[HostB].Count);
    }

    [Fact]
    public void Whatever_peers_say_no_prefix_has_two_next_hops_and_nothing_of_ours_is_taken()
    {
        var prefix = Gen.OneOf(
            AnyPrefix,
            Gen.Select(Gen.Int[0, 255], Gen.Int[24, 32], (n, length) => Prefix.Of(I("10.1.0.0").Offset((ulong)n), length)),
            OneOf(RouteScene.OwnBlock, RouteScene.PeerBlock, RouteScene.PeerBlock6));
        var hop = Gen.OneOf(AnyIp, OneOf(I("10.0.0.1"), I("10.0.0.2"), I("10.0.0.3"), I("2001:db8:1::2")));
        var ad = Gen.Select(OneOf(Network('1'), Network('2')), prefix, Gen.Long[0, 4], hop, (n, p, e, h) => new RouteAd(n, p, e, h));
        var set = Gen.Select(OneOf(HostA, HostB, Host('c')), ad.Array[0, 8], (host, ads) => (host, ads));
        set.Array[0, 4].Sample(sets =>
        {
            var verdicts = _scene.Judge(sets);
            Assert.Equal(sets.SelectMany(s => s.ads.Select(a => (s.host, a.Key))).Distinct().Count(), verdicts.Length);
            var accepted = verdicts.Where(v => v.IsAccepted).ToList();
            Assert.Equal(accepted.Count, accepted.Select(v => v.Ad.Prefix).Distinct().Count());
            Assert.All(accepted, v => Assert.True(v.Origin == HostB && !v.Ad.Prefix.Overlaps(RouteScene.OwnBlock) && !v.Ad.Prefix.IsDefault));
            Assert.All(verdicts, v => Assert.Equal(v.IsAccepted, v.Reason.Length == 0));
        }, iter: 2000);
    }

    private void Rejected(string reason, RouteAd ad)
    {
        var verdict = _scene.Judge(ad);
        Assert.False(verdict.IsAccepted);
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
    }
}
