using System.Globalization;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Addresses;
using IpvlanActors.Netlink.Neighbours;
using IpvlanActors.Netlink.Routes;
using Xunit;

namespace IpvlanActors.Tests.Unit.Netlink;

public class AddressAndRouteRequestTests
{
    private static readonly LinkName Eth0 = LinkName.Parse("eth0");

    [Theory]
    [InlineData("192.168.110.2/24", "021800000500000008000200c0a86e0208000100c0a86e0208000400c0a86eff")]
    [InlineData("2001:db8:abc6::2/64", "0a400200050000001400020020010db8abc6000000000000000000021400010020010db8abc600000000000000000002")]
    public void An_address_has_the_bytes_that_Docker_sends(string address, string body)
    {
        var ours = Hex.Of((ref w, s) => AddressMessages.Add(ref w, s, 5, InterfaceAddress.Parse(address)));
        Assert.Equal(body, ours[32..]);
        Assert.Equal("14000106", ours[8..16]);
    }

    [Theory]
    [InlineData("10.1.0.8/31", "021f000005000000 08000200 0a010008 08000100 0a010008")]
    [InlineData("10.1.0.8/32", "0220000005000000 08000200 0a010008 08000100 0a010008")]
    public void A_narrow_prefix_has_no_broadcast(string address, string body) => Assert.Equal(
        Hex.Golden(body), Hex.Of((ref w, s) => AddressMessages.Add(ref w, s, 5, InterfaceAddress.Parse(address)))[32..]);

    [Fact]
    public void A_default_route_has_the_bytes_that_Docker_sends()
    {
        Assert.Equal(
            "02000000fe03fd010000000008000100000000000800040005000000",
            Body(Route.Default(IpFamily.V4, null, Eth0), 5));
        // Docker leaves the metric out, which the kernel turns into 1024
        Assert.Equal(
            "0a000000fe03fd010000000014000100000000000000000000000000000000000800040005000000" + "0800060000040000",
            Body(Route.Default(IpFamily.V6, null, Eth0), 5));
    }

    [Fact]
    public void A_route_to_a_peer() => Assert.Equal(
        Hex.Golden("""
            3c000000 1800 0106 07000000 00000000   # NEWROUTE, REQUEST|EXCL|CREATE
            02 1a 00 00 fe d5 00 01 00000000       # inet /26 main 213 universe unicast
            0800 0100 0a020000                     # DST
            0800 0500 0a000002                     # GATEWAY
            0800 0400 05000000                     # OIF
            0800 0600 75100000                     # PRIORITY 4213
            """),
        Hex.Of((ref w, s) => RouteMessages.Add(ref w, s, Peer("10.2.0.0/26", "10.0.0.2"), 5)));

    [Fact]
    public void An_ipv4_route_by_an_ipv6_next_hop() => Assert.Equal(
        Hex.Golden("""
            02 1a 00 00 fe d5 00 01 00000000
            0800 0100 0a020000
            1600 1200 0a00 fe800000000000000000000000000002 0000   # VIA inet6
            0800 0400 05000000
            0800 0600 75100000
            """),
        Body(Peer("10.2.0.0/26", "fe80::2"), 5));

    [Theory]
    [InlineData(RouteKind.Unreachable, "07")]
    [InlineData(RouteKind.Blackhole, "06")]
    public void A_route_that_leads_nowhere(RouteKind kind, string type) => Assert.Equal(
        Hex.Golden($"021a0000fed500{type}00000000 0800 0100 0a010000 0800 0600 76100000"),
        Body(Route.Unreachable(Prefix.Parse("10.1.0.0/26", CultureInfo.InvariantCulture), Ownership.BlockGuardMetric) with { Kind = kind }, 0));

    [Fact]
    public void A_deletion_names_all_but_the_next_hop() => Assert.Equal(
        Hex.Golden("""
            2c000000 1900 0100 07000000 00000000
            02 1a 00 00 fe d5 ff 01 00000000       # scope nowhere: any
            0800 0100 0a020000
            0800 0600 75100000
            """),
        Hex.Of((ref w, s) => RouteMessages.Delete(ref w, s, Peer("10.2.0.0/26", "10.0.0.2"))));

    [Fact]
    public void Questions()
    {
        Assert.Equal(
            Hex.Golden("1c000000 1a00 0103 07000000 00000000 \n 0a000000fed5000000000000"),
            Hex.Of((ref w, s) => RouteMessages.Dump(ref w, s, IpFamily.V6, 213, 0)));
        Assert.Equal(
            Hex.Golden("24000000 1a00 0103 07000000 00000000 \n 02000000fe00000000000000 \n 0800 0400 05000000"),
            Hex.Of((ref w, s) => RouteMessages.Dump(ref w, s, IpFamily.V4, 0, 5)));
        Assert.Equal(
            Hex.Golden("18000000 1600 0103 07000000 00000000 \n 0000000005000000"),
            Hex.Of((ref w, s) => AddressMessages.Dump(ref w, s, 5)));
    }

    [Fact]
    public void A_neighbour_is_asked_for_by_address_and_link() => Assert.Equal(
        Hex.Golden("""
            24000000 1e00 0100 07000000 00000000
            02 00 0000 05000000 0000 00 00
            0800 0100 0a000002                     # DST
            """),
        Hex.Of((ref w, s) => NeighbourMessages.Get(ref w, s, 5, Ip.Parse("10.0.0.2"))));

    /// <summary>As <c>ip neigh change fe80::2 dev eth0 nud probe</c>, but for NLM_F_REPLACE: nothing else may change.</summary>
    [Fact]
    public void The_kernel_is_made_to_ask_a_neighbour_again() => Assert.Equal(
        Hex.Golden("""
            30000000 1c00 0100 07000000 00000000   # NEWNEIGH, REQUEST
            0a 00 0000 05000000 1000 00 00         # inet6, index 5, PROBE
            1400 0100 fe800000000000000000000000000002
            """),
        Hex.Of((ref w, s) => NeighbourMessages.Verify(ref w, s, 5, Ip.Parse("fe80::2"))));

    private static string Body(Route route, int index) => Hex.Of((ref w, s) => RouteMessages.Add(ref w, s, route, index))[32..];

    private static Route Peer(string prefix, string hop) =>
        Route.ToPeer(Prefix.Parse(prefix, CultureInfo.InvariantCulture), Ip.Parse(hop), Eth0);
}
