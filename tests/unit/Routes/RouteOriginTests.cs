using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Routes;

public class RouteOriginTests
{
    private static readonly RouteAd Own = new(Network('1'), RouteScene.OwnBlock, 1, I("10.0.0.1"));

    [Theory]
    [InlineData("parent=eth0 ipvlan_mode=l3", true)]
    [InlineData("parent=eth0 ipvlan_mode=l3s", true)]
    [InlineData("parent=eth0", false)]
    [InlineData("ipvlan_mode=l3", false)]
    public void Only_routed_networks_are_told_of(string options, bool told)
    {
        var scene = new RouteScene(options);
        scene.Hold('1', "10.1.0.2");
        Assert.Equal(told ? [Own] : [], Of(scene));
    }

    [Fact]
    public void A_block_is_told_of_while_an_endpoint_is_there_or_always()
    {
        var scene = new RouteScene();
        Assert.Empty(Of(scene));
        scene.Hold('1', "10.1.0.2");
        Assert.Equal([Own], Of(scene));
        scene.Tell(new AddressReleased(At(), I("10.1.0.2"), Endpoint('1')));
        Assert.Empty(Of(scene));
        Assert.Equal([Own], Of(new("parent=eth0 ipvlan_mode=l3 originate=always")));
    }

    [Fact]
    public void Each_family_has_a_next_hop_of_its_own_on_the_parent_link()
    {
        var scene = new RouteScene();
        scene.Hold('1', "10.1.0.2");
        scene.Tell(new BlockReceived(At(), P("2001:db8::/122"), 5));
        Assert.Equal([Own, new(Network('1'), P("2001:db8::/122"), 5, I("2001:db8:1::1"))], Of(scene));

        // an address of another link is no next hop
        scene.Kernel.RemoveAddress("eth0", "2001:db8:1::1/64");
        scene.Kernel.RemoveAddress("eth0", "fe80::1/64");
        scene.Kernel.AddLink("eth1", "2001:db8:2::1/64", "fe80::1/64");
        Assert.Equal([Own], Of(scene));
    }

    [Fact]
    public void A_parent_without_addresses_is_reached_by_its_link_local_one_in_both_families()
    {
        var scene = new RouteScene();
        scene.Hold('1', "10.1.0.2");
        scene.Tell(new BlockReceived(At(), P("2001:db8::/122"), 5));
        scene.Kernel.RemoveAddress("eth0", "10.0.0.1/24");
        scene.Kernel.RemoveAddress("eth0", "2001:db8:1::1/64");
        scene.Kernel.AddAddress("eth0", "169.254.0.1/16"); // nobody else could say which link it is of
        RouteAd[] told = [Own with { NextHop = I("fe80::1") }, new(Network('1'), P("2001:db8::/122"), 5, I("fe80::1"))];
        Assert.Equal(told, Of(scene));
    }

    [Fact]
    public void An_address_that_another_may_hold_is_no_next_hop()
    {
        var scene = new RouteScene();
        scene.Hold('1', "10.1.0.2");
        scene.Kernel.RemoveAddress("eth0", "10.0.0.1/24");
        var kernel = scene.Kernel.Observe([]);
        kernel = kernel with { Addresses = [.. kernel.Addresses.Select(a => a with { Tentative = true })] };
        Assert.Empty(RouteOrigin.Of(scene.View, kernel));
    }

    [Fact]
    public void A_parent_that_is_down_or_gone_originates_nothing()
    {
        var scene = new RouteScene("parent=eth0 ipvlan_mode=l3 originate=always");
        scene.Kernel.SetLink("eth0", up: false);
        Assert.Empty(Of(scene));
        scene.Kernel.RemoveLink("eth0");
        Assert.Empty(Of(scene));
    }

    private static RouteAd[] Of(RouteScene scene) => [.. RouteOrigin.Of(scene.View, scene.Kernel.Observe([]))];
}
