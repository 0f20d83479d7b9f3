using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Endpoints;

/// <summary>What <c>ip route</c> shows in a container, beside what the kernel adds by itself.</summary>
public class ContainerRoutesTests
{
    [Theory]
    [InlineData("l2", "default via 10.1.0.1 dev eth0 proto 3; default via 2001:db8::1 dev eth0 proto 3 metric 1024")]
    [InlineData("l3", "default dev eth0 proto 3; default dev eth0 proto 3 metric 1024")]
    [InlineData("l3s", "default dev eth0 proto 3; default dev eth0 proto 3 metric 1024")]
    public void With_a_parent_each_family_has_a_default_route(string mode, string routes) =>
        Assert.Equal(routes, Routes(Spec("10.1.0.0/16 2001:db8::/64", $"parent=eth0 ipvlan_mode={mode}"), "10.1.0.2/16", "2001:db8::2/64"));

    [Fact]
    public void In_L2_the_gateway_is_that_of_the_address_s_own_subnet()
    {
        var spec = Spec("10.1.0.0/16 10.2.0.0/16", "parent=eth0", "10.2.0.254");
        Assert.Equal("default via 10.1.0.1 dev eth0 proto 3", Routes(spec, "10.1.0.2/16"));
        Assert.Equal("default via 10.2.0.254 dev eth0 proto 3", Routes(spec, "10.2.0.2/16"));
    }

    [Theory]
    [InlineData("parent=eth0", "default via 10.2.0.1 dev eth0 proto 3")]
    [InlineData("parent=eth0 default_route=no", "10.3.0.0/16 via 10.2.0.1 dev eth0 proto 3")]
    [InlineData("parent=eth0 ipvlan_mode=l3", "default dev eth0 proto 3")]
    [InlineData("ipvlan_mode=l3", "10.3.0.0/16 dev eth0 proto 3")]
    public void Of_several_addresses_of_a_family_the_first_brings_the_routes_once(string options, string routes)
    {
        var spec = Spec("10.1.0.0/16 10.2.0.0/16 10.3.0.0/16", options);
        ImmutableArray<InterfaceAddress> addresses = [.. new[] { "10.2.0.2/16", "10.1.0.2/16", "10.2.0.3/16" }.Select(InterfaceAddress.Parse)];
        Assert.Equal(routes, string.Join("; ", ContainerRoutes.For(spec, addresses, Link("eth0"), spec.WantsDefaultRoute)));
    }

    [Fact]
    public void Without_a_gateway_L2_has_no_default_route_and_L3_has_one()
    {
        Assert.Equal("", Routes(Spec("10.1.0.0/16", "parent=eth0 gateway=none"), "10.1.0.2/16"));
        Assert.Equal("", Routes(Spec("10.1.0.0/31", "parent=eth0"), "10.1.0.0/31"));
        Assert.Equal("default dev eth0 proto 3", Routes(Spec("10.1.0.0/16", "parent=eth0 gateway=none ipvlan_mode=l3"), "10.1.0.2/16"));
    }

    [Fact]
    public void Isolated_L2_has_none_at_all()
    {
        Assert.Equal("", Routes(Spec("10.1.0.0/16 10.2.0.0/16 2001:db8::/64"), "10.1.0.2/16", "2001:db8::2/64"));
        Assert.Equal("", Routes(Spec(Request("10.1.0.0/16", "parent=eth0") with { Internal = true }), "10.1.0.2/16"));
    }

    [Theory]
    [InlineData("l3")]
    [InlineData("l3s")]
    public void Isolated_L3_reaches_the_network_s_other_subnets(string mode)
    {
        var spec = Spec("192.168.214.0/24 10.1.214.0/24 10.2.0.0/16 2001:db8::/64 2001:db9::/64", $"ipvlan_mode={mode}");
        Assert.Equal(
            "192.168.214.0/24 dev eth0 proto 3; 10.2.0.0/16 dev eth0 proto 3; 2001:db9::/64 dev eth0 proto 3 metric 1024",
            Routes(spec, "10.1.214.10/24", "2001:db8::2/64"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("10.8.0.0/16", "10.8.0.0/16 via 10.1.0.1 dev eth0 proto 3")]
    [InlineData("10.8.0.0/16 via 10.1.0.9, default via 2001:db8::9", "10.8.0.0/16 via 10.1.0.9 dev eth0 proto 3; default via 2001:db8::9 dev eth0 proto 3 metric 1024")]
    public void In_L2_given_routes_are_all_there_are(string given, string routes) =>
        Assert.Equal(routes, Given(Spec("10.1.0.0/16 2001:db8::/64", "parent=eth0"), given, "10.1.0.2/16", "2001:db8::2/64"));

    [Theory]
    [InlineData("parent=eth0 gateway=none")]
    [InlineData("")]
    public void In_L2_without_a_gateway_they_go_to_the_device(string options) =>
        Assert.Equal("10.8.0.0/16 dev eth0 proto 3", Given(Spec("10.1.0.0/16", options), "10.8.0.0/16", "10.1.0.2/16"));

    [Theory]
    [InlineData("", "default dev eth0 proto 3")]
    [InlineData("default via 10.1.0.9", "default dev eth0 proto 3")]
    [InlineData("10.8.0.0/16 via 10.1.0.9", "default dev eth0 proto 3; 10.8.0.0/16 dev eth0 proto 3")]
    public void In_L3_they_are_beside_the_default_route_and_all_go_to_the_device(string given, string routes) =>
        Assert.Equal(routes, Given(Spec("10.1.0.0/16", "parent=eth0 ipvlan_mode=l3"), given, "10.1.0.2/16"));

    [Theory]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/8 via")]
    [InlineData("10.0.0.0/8 via ten")]
    [InlineData("10.0.0.0/8 via 2001:db8::1")]
    [InlineData("::/0 via 10.1.0.1")]
    [InlineData("")]
    public void What_is_no_route_is_not_read(string text) => Assert.False(GivenRoute.TryParse(text, out _));

    [Fact]
    public void No_address_no_route() => Assert.Equal("", Routes(Spec("10.1.0.0/16", "parent=eth0")));

    private static string Given(NetworkSpec spec, string given, params string[] addresses)
    {
        var routes = given.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(r => GivenRoute.TryParse(r, out var route) ? route : throw new FormatException(r));
        return string.Join("; ", ContainerRoutes.For(spec, [.. addresses.Select(InterfaceAddress.Parse)], Link("eth0"), given: new GivenRoutes([.. routes])));
    }

    private static string Routes(NetworkSpec spec, params string[] addresses) =>
        string.Join("; ", ContainerRoutes.For(spec, [.. addresses.Select(InterfaceAddress.Parse)], Link("eth0")));
}
