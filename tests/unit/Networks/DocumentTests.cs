using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

/// <summary>Every <c>docker network create</c> of the document that our user gave, in its order.</summary>
public class DocumentTests
{
    [Theory]
    [InlineData("db_net", "192.168.1.0/24", "192.168.1.1", "ipvlan_mode=l2 parent=eth0", "192.168.1.0/24 via 192.168.1.1")]
    [InlineData("db_net_ipv", "192.168.1.0/24", "", "parent=eth0", "192.168.1.0/24 via 192.168.1.1")]
    [InlineData("ipvlan20", "192.168.20.0/24", "192.168.20.1", "parent=eth0.20", "192.168.20.0/24 via 192.168.20.1")]
    [InlineData("ipvlan30", "192.168.30.0/24", "192.168.30.1", "parent=eth0.30 ipvlan_mode=l2", "192.168.30.0/24 via 192.168.30.1")]
    [InlineData("ipvlan114", "192.168.114.0/24 192.168.116.0/24", "192.168.114.254 192.168.116.254", "parent=eth0.114 ipvlan_mode=l2",
        "192.168.114.0/24 via 192.168.114.254, 192.168.116.0/24 via 192.168.116.254")]
    [InlineData("vlan10", "172.16.80.0/24", "172.16.80.1", "parent=eth0.10", "172.16.80.0/24 via 172.16.80.1")]
    [InlineData("vlan20", "172.16.50.0/22", "172.16.50.1", "parent=eth0.20", "172.16.48.0/22 via 172.16.50.1")]
    [InlineData("vlan30", "10.1.100.0/16", "10.1.100.1", "parent=eth0.30", "10.1.0.0/16 via 10.1.100.1")]
    [InlineData("v6ipvlan139", "2001:db8:abc2::/64", "2001:db8:abc2::22", "parent=eth0.139", "2001:db8:abc2::/64 via 2001:db8:abc2::22")]
    [InlineData("ipvlan140", "192.168.140.0/24 192.168.142.0/24 2001:db8:abc9::/64", "192.168.140.1 192.168.142.1 2001:db8:abc9::22", "parent=eth0.140 ipvlan_mode=l2",
        "192.168.140.0/24 via 192.168.140.1, 192.168.142.0/24 via 192.168.142.1, 2001:db8:abc9::/64 via 2001:db8:abc9::22")]
    [InlineData("ipvlan40", "192.168.40.0/24", "192.168.40.1", "parent=eth0.40", "192.168.40.0/24 via 192.168.40.1")]
    [InlineData("ipvlan40", "192.168.40.0/24", "192.168.40.1", "parent=foo", "192.168.40.0/24 via 192.168.40.1")]
    public void An_L2_network_with_a_parent(string name, string subnets, string gateways, string options, string expected)
    {
        var spec = Spec(subnets, options, gateways, name);
        Assert.Equal(name, spec.Name);
        Assert.Equal((IpvlanMode.L2, IpvlanFlag.Bridge, false, false), (spec.Mode, spec.Flag, spec.IsIsolated, spec.IsRouted));
        Assert.Contains($"parent={spec.Parents.Name}", options, StringComparison.Ordinal);
        Assert.Equal(expected, string.Join(", ", spec.Subnets.Select(s => $"{s.Prefix} via {s.Gateway}")));
    }

    [Fact]
    public void Gateways_may_stand_in_any_order_and_go_to_the_subnet_that_holds_them() =>
        Assert.Equal(
            Spec("192.168.114.0/24 192.168.116.0/24", "parent=eth0.114", "192.168.114.254 192.168.116.254"),
            Spec("192.168.114.0/24 192.168.116.0/24", "parent=eth0.114", "192.168.116.254 192.168.114.254"));

    [Fact]
    public void The_same_network_with_the_defaults_left_out()
    {
        var (full, brief) = (
            Spec("192.168.1.0/24", "ipvlan_mode=l2 parent=eth0", "192.168.1.1"), Spec("192.168.1.0/24", "parent=eth0"));
        Assert.Equal(full, brief with { Options = full.Options });
    }

    [Fact]
    public void No_parent_and_internal_make_the_same_isolated_network()
    {
        var isolated1 = Spec("192.168.10.0/24", name: "isolated1");
        var isolated2 = Spec(Request("192.168.11.0/24", name: "isolated2") with { Internal = true });
        var underParent = Spec(Request("192.168.11.0/24", "parent=eth0 ipvlan_mode=l3") with { Internal = true });
        Assert.All([isolated1, isolated2, underParent], s => Assert.Equal((true, false), (s.IsIsolated, s.IsRouted)));
        Assert.Equal(I("192.168.10.1"), isolated1.Subnets[0].Gateway);
    }

    [Fact]
    public void Even_the_subnet_can_be_left_out_and_172_18_will_be_assigned()
    {
        var isolated3 = Spec("", name: "isolated3");
        Assert.True(isolated3.WantsDefaultSubnet);
        Assert.Empty(isolated3.Subnets);

        var reserved = Accepted(RegistryDecider.Decide(new ReserveNetwork(At(), Network('1'), isolated3, []), RegistryDecider.Initial));

        var spec = Assert.IsType<NetworkNameReserved>(Assert.Single(reserved)).Spec;
        var subnet = Assert.Single(spec.Subnets);
        Assert.Equal(("172.18.0.0/16", "172.18.0.1", true), (subnet.Prefix.ToString(), subnet.Gateway.ToString(), subnet.IsDefault));
        Assert.False(spec.WantsDefaultSubnet);
    }

    [Fact]
    public void An_IPv6_network_gets_a_default_IPv4_subnet_in_front()
    {
        var asked = Spec("2001:db8:abc2::/64", "parent=eth0.139", "2001:db8:abc2::22", "v6ipvlan139");
        var reserved = Accepted(RegistryDecider.Decide(new ReserveNetwork(At(), Network('1'), asked, []), RegistryDecider.Initial));
        Assert.Equal(
            ["172.18.0.0/16", "2001:db8:abc2::/64"],
            Assert.IsType<NetworkNameReserved>(Assert.Single(reserved)).Spec.Subnets.Select(s => s.Prefix.ToString()));
        Assert.False(Spec(Request("2001:db8:abc2::/64", "parent=eth0.139") with { Ipv4 = false }).WantsDefaultSubnet);
    }

    [Fact]
    public void L3_without_a_parent_is_isolated_and_its_subnets_reach_each_other()
    {
        var ipnet210 = Spec("192.168.214.0/24 10.1.214.0/24", "ipvlan_mode=l3", name: "ipnet210");
        Assert.Equal((IpvlanMode.L3, true, false), (ipnet210.Mode, ipnet210.IsIsolated, ipnet210.IsRouted));
        Assert.Equal(["192.168.214.1", "10.1.214.1"], ipnet210.Subnets.Select(s => s.Gateway.ToString()));
    }

    [Fact]
    public void L3_with_a_parent_is_routed()
    {
        var ipnet110 = Spec("192.168.110.0/24 192.168.112.0/24 2001:db8:abc6::/64", "parent=eth0 ipvlan_mode=l3", name: "ipnet110");
        Assert.Equal((IpvlanMode.L3, false, true), (ipnet110.Mode, ipnet110.IsIsolated, ipnet110.IsRouted));
        Assert.Equal(2, ipnet110.SubnetsOf(IpFamily.V4).Count());
        Assert.Single(ipnet110.SubnetsOf(IpFamily.V6));
        Assert.False(ipnet110.WantsDefaultSubnet);
    }

    [Fact]
    public void A_gateway_in_L3_is_taken_and_reserved_though_it_is_no_next_hop()
    {
        var spec = Spec("192.168.214.0/24", "ipvlan_mode=l3 parent=eth0", "192.168.214.9");
        Assert.Equal("the gateway", spec.Subnets[0].ReservedFor(I("192.168.214.9")));
    }

    [Fact]
    public void The_containers_of_the_document_get_its_addresses()
    {
        // db_net: the gateway is .1, so the first container has .2; --ip=192.168.140.10 is itself
        var spec = Spec("192.168.140.0/24 192.168.142.0/24 2001:db8:abc9::/64", "parent=eth0.140", "192.168.140.1 192.168.142.1 2001:db8:abc9::22");
        var host = new HostNetworkScene(spec).WithAllBlocks();
        Assert.Equal(["192.168.140.2/24", "2001:db8:abc9::1/64"], host.Allocate('1'));
        Assert.Equal(["192.168.140.10/24", "2001:db8:abc9::2/64"], host.Allocate('2', "192.168.140.10"));
        Assert.Equal(["192.168.142.50/24", "2001:db8:abc9::51/64"], host.Allocate('3', "192.168.142.50", "2001:db8:abc9::51"));
    }
}
