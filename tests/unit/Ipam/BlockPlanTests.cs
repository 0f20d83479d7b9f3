using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Ipam;

public class BlockPlanTests
{
    [Theory]
    [InlineData("10.1.0.0/16", "", 26)]
    [InlineData("10.1.0.0/22", "", 26)]
    [InlineData("10.1.0.0/24", "", 28)]
    [InlineData("10.1.0.0/29", "", 32)]
    [InlineData("10.1.0.0/31", "", 32)]
    [InlineData("10.1.0.1/32", "", 32)]
    [InlineData("2001:db8::/64", "", 122)]
    [InlineData("2001:db8::/120", "", 124)]
    [InlineData("2001:db8::/127", "", 128)]
    [InlineData("10.1.0.0/16", "block_size=20", 20)]
    [InlineData("10.1.0.0/16", "block_size=16", 16)]
    [InlineData("10.1.0.0/16", "block_size6=100", 26)]
    [InlineData("2001:db8::/64", "block_size6=100 block_size=20", 100)]
    public void Blocks_have_the_length_that_was_asked_for_or_suits_the_subnet(string subnet, string options, int length)
    {
        var spec = Spec(subnet, options);
        Assert.Equal(length, BlockPlan.Length(spec.Subnets[0], spec.Settings));
    }

    [Fact]
    public void A_block_size_larger_than_a_default_subnet_is_the_subnet()
    {
        var spec = Spec("", "block_size=8").WithDefaultSubnet(P("172.18.0.0/16"));
        Assert.Equal(P("172.18.0.0/16"), BlockPlan.FirstFree(spec.Subnets[0], spec.Settings, _ => false));
    }

    [Fact]
    public void The_block_of_an_address_is_the_one_that_holds_it()
    {
        var spec = Spec("10.1.0.0/16");
        Assert.Equal(P("10.1.7.64/26"), BlockPlan.BlockOf(I("10.1.7.99"), spec.Subnets[0], spec.Settings));
    }

    [Theory]
    [InlineData("10.1.0.0/30", "10.1.0.2/32", 1)]
    [InlineData("10.1.0.0/29", "10.1.0.2/32 10.1.0.3/32 10.1.0.4/32 10.1.0.5/32 10.1.0.6/32", 5)]
    [InlineData("10.1.0.0/31", "10.1.0.0/32 10.1.0.1/32", 2)]
    [InlineData("10.1.0.0/32", "10.1.0.0/32", 1)]
    [InlineData("2001:db8::/127", "2001:db8::/128 2001:db8::1/128", 2)]
    [InlineData("2001:db8::/126", "2001:db8::2/128 2001:db8::3/128", 2)]
    public void Blocks_that_could_give_nothing_are_left_out(string subnet, string blocks, int count)
    {
        var all = All(Request(subnet));
        Assert.Equal(blocks, string.Join(' ', all));
        Assert.Equal(count, all.Count);
    }

    [Fact]
    public void A_range_bounds_the_blocks()
    {
        Assert.Equal("10.1.0.64/28 10.1.0.80/28", string.Join(' ', All(Request("10.1.0.0/24") with { Ranges = ["10.1.0.64/27"] })));
        Assert.Equal("10.1.0.64/28", string.Join(' ', All(Request("10.1.0.0/24") with { Ranges = ["10.1.0.68/30"] })));
        Assert.Equal("", string.Join(' ', All(Request("10.1.0.0/24") with { Ranges = ["10.1.0.255/32"] })));
        Assert.Equal("", string.Join(' ', All(Request("10.1.0.0/24", gateways: "10.1.0.9") with { Ranges = ["10.1.0.9/32"] })));
    }

    [Fact]
    public void Sixteen_hosts_can_share_a_small_subnet() => Assert.Equal(16, All(Request("10.1.0.0/24")).Count);

    [Fact]
    public void The_end_of_all_addresses_is_no_end_of_the_program()
    {
        var last = new SubnetSpec(P("255.255.255.252/30"), null, null, Spec("10.1.0.0/24").Subnets[0].Reserved, false);
        Assert.Equal(2, All(last, NetworkSettings.Default).Count);
        var last6 = last with { Prefix = P("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffc/126") };
        Assert.Equal(3, All(last6, NetworkSettings.Default).Count);
    }

    [Fact]
    public void Blocks_lie_side_by_side_in_their_subnet_and_each_can_give_something() =>
        Gen.Select(Gen.Int[20, 32], Gen.Int[0, 8], Gen.Int[20, 32], Gen.UInt).Sample((length, bits, range, any) =>
        {
            var subnet = Prefix.Of(Ip.FromBits(0, 0x0A000000u | (any & 0xFFFFFF), IpFamily.V4), length);
            var within = Prefix.Of(subnet.First, Math.Max(range, length));
            var request = Request(subnet.ToString(), $"block_size={Math.Min(length + bits, 32)}") with { Ranges = [within.ToString()] };
            var spec = Spec(request);
            var blocks = All(request);
            Assert.Equal(blocks.Order().Distinct(), blocks);
            foreach (var block in blocks)
            {
                Assert.True(subnet.Contains(block) && block.Overlaps(within));
                var scene = new Networks.HostNetworkScene(spec).With(block.ToString());
                Assert.Single(scene.Allocate('1'));
            }
        }, iter: 200);

    private static List<Prefix> All(NetworkRequest request)
    {
        var spec = Spec(request);
        return All(spec.Subnets[0], spec.Settings);
    }

    private static List<Prefix> All(SubnetSpec subnet, NetworkSettings settings)
    {
        var owned = new List<Prefix>();
        while (BlockPlan.FirstFree(subnet, settings, owned.Contains) is { } block && owned.Count < 300)
            owned.Add(block);
        return owned;
    }
}
