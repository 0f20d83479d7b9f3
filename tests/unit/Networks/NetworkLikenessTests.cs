using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

/// <summary>Whether a network is the one that somebody means, and whether it has something to give.</summary>
public class NetworkLikenessTests
{
    private static readonly NetworkSpec Web = Spec("10.1.0.0/16 2001:db8::/64", "parent=eth0 parent@h2=ens5 ipvlan_mode=l3 mtu=1400");

    [Theory]
    [InlineData("h1", "", "")]
    [InlineData("h1", "10.1.0.0/16", "parent=eth0 ipvlan_mode=l3 mtu=1400 ipvlan_flag=bridge")]
    [InlineData("h1", "2001:db8::/64", "parent=auto")]
    [InlineData("h2", "", "parent=ens5")]
    public void What_is_not_said_may_be_anything_and_what_is_said_is_so(string host, string subnets, string options) =>
        Assert.Empty(NetworkLikeness.Differences(Request(subnets, options), Web, host));

    [Theory]
    [InlineData("h1", "", "ipvlan_mode=l2", "is in mode l3, not l2")]
    [InlineData("h1", "", "ipvlan_flag=vepa", "has the flag bridge, not vepa")]
    [InlineData("h1", "", "mtu=1500", "has mtu 1400, not mtu 1500")]
    [InlineData("h1", "", "parent=ens5", "is on eth0 on host h1, not on ens5")]
    [InlineData("h2", "", "parent=eth0", "is on ens5 on host h2, not on eth0")]
    [InlineData("h1", "", "parent=eth0 parent_in=container", "has its parent on the host, not in each container")]
    [InlineData("h1", "10.1.0.0/24", "", "not the subnet 10.1.0.0/24")]
    [InlineData("h1", "2001:db9::/64", "", "not the subnet 2001:db9::/64")]
    public void A_difference_is_told_with_the_way_out(string host, string subnets, string options, string words)
    {
        var refusal = Assert.Single(NetworkLikeness.Differences(Request(subnets, options), Web, host));
        Assert.Equal(RefusalCodes.NetworkDiffers, refusal.Code);
        Assert.Contains(words, refusal.Text, StringComparison.Ordinal);
        Assert.Contains("take another name", refusal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gateway_counts_if_it_is_said()
    {
        Assert.Empty(NetworkLikeness.Differences(Request("10.1.0.0/16") with { Gateways = ["10.1.0.1"] }, Web, "h1"));
        Assert.Contains("has the gateway 10.1.0.1 in 10.1.0.0/16, not 10.1.0.9",
            Assert.Single(NetworkLikeness.Differences(Request("10.1.0.0/16") with { Gateways = ["10.1.0.9"] }, Web, "h1")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wish_that_cannot_be_is_told_as_such() =>
        Assert.Equal(RefusalCodes.OptionInvalid, Assert.Single(NetworkLikeness.Differences(Request("", "ipvlan_mode=l4"), Web, "h1")).Code);

    [Fact]
    public void A_host_has_something_to_give_while_a_block_of_its_own_or_of_nobody_has()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/29", "parent=eth0 block_size=30"));
        Assert.Null(FreeAddresses.Exhausted(scene.State, []));
        Assert.Equal(Domain.Addressing.IpFamily.V4, FreeAddresses.Exhausted(scene.State, [P("10.1.0.0/30"), P("10.1.0.4/30")]));
        scene.With("10.1.0.0/30");
        Assert.Null(FreeAddresses.Exhausted(scene.State, [P("10.1.0.0/30"), P("10.1.0.4/30")]));
        scene.Allocate('1');
        scene.Allocate('2');
        Assert.Equal(Domain.Addressing.IpFamily.V4, FreeAddresses.Exhausted(scene.State, [P("10.1.0.0/30"), P("10.1.0.4/30")]));
        Assert.Null(FreeAddresses.Exhausted(scene.State, [P("10.1.0.0/30")]));
    }

    [Fact]
    public void Whoever_wants_a_new_endpoint_does_not_get_an_old_one()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24", "parent=eth0")).WithAllBlocks();
        scene.Allocate('1');
        Assert.Empty(scene.Do(scene.Asked('1')));
        Refused(RefusalCodes.EndpointExists, scene.Try(scene.Asked('1') with { MustBeNew = true }), "web-1 exists already", "10.1.0.2", "remove it first");
    }

    [Fact]
    public void A_name_is_free_again_once_its_addresses_are()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24 2001:db8::/64", "parent=eth0")).WithAllBlocks();
        scene.Allocate('1');
        Assert.Equal(Endpoint('1'), scene.State.HolderNamed("web-1"));
        scene.Release('1');
        Assert.Null(scene.State.HolderNamed("web-1"));
        Assert.Empty(scene.State.Holders);
    }
}
