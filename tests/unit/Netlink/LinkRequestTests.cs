using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Netlink.Links;
using Xunit;

namespace IpvlanActors.Tests.Unit.Netlink;

/// <summary>Little-endian machines only, as all that run .NET on Linux but s390x.</summary>
public class LinkRequestTests
{
    private static readonly LinkName Eth0 = LinkName.Parse("eth0");

    [Fact]
    public void A_dummy() => Assert.Equal(
        Hex.Golden("""
            44000000 1000 0106 07000000 00000000   # NEWLINK, REQUEST|EXCL|CREATE
            00 00 0000 00000040 00000000 00000000  # ifinfomsg: index 0x40000000
            1400 0300 64692d64333564303130333939333100
            1000 1280                              # LINKINFO
            0900 0100 64756d6d79 000000            #   KIND dummy, without a zero byte
            """),
        Hex.Of((ref w, s) => LinkRequests.CreateDummy(ref w, s, 1 << 30, LinkName.Parse("di-d35d01039931"))));

    [Fact]
    public void A_vlan()
    {
        Assert.True(VlanId.TryCreate(10, out var id));
        Assert.Equal(
            Hex.Golden("""
                4c000000 1000 0106 07000000 00000000
                00 00 0000 00000040 00000000 00000000
                0c00 0300 657468302e313000   # eth0.10
                0800 0500 03000000           # LINK 3
                1800 1280                    # LINKINFO
                0800 0100 766c616e           #   KIND vlan
                0c00 0280                    #   DATA
                0600 0100 0a000000           #     ID 10
                """),
            Hex.Of((ref w, s) => LinkRequests.CreateVlan(ref w, s, 1 << 30, 3, (LinkName.Parse("eth0.10"), id))));
    }

    [Theory]
    [InlineData(IpvlanMode.L2, IpvlanFlag.Bridge, "0000", "0000")]
    [InlineData(IpvlanMode.L3, IpvlanFlag.Private, "0100", "0100")]
    [InlineData(IpvlanMode.L3S, IpvlanFlag.Vepa, "0200", "0200")]
    public void A_slave_straight_in_its_namespace(IpvlanMode mode, IpvlanFlag flag, string modeHex, string flagHex) => Assert.Equal(
        Hex.Golden($"""
            68000000 1000 0106 07000000 00000000
            00 00 0000 00000000 00000000 00000000
            1400 0300 69762d62626262626262626262626200   # iv-bbbbbbbbbbbb
            0800 0500 04000000                           # LINK 4
            0800 1c00 1d000000                           # NET_NS_FD 29
            2400 1280                                    # LINKINFO
            0a00 0100 6970766c616e 0000                  #   KIND ipvlan
            1400 0280                                    #   DATA
            0600 0100 {modeHex} 0000                     #     MODE
            0600 0200 {flagHex} 0000                     #     FLAGS
            """),
        Hex.Of((ref w, s) => LinkRequests.CreateSlave(ref w, s, 4, 29, Slave(mode, flag))));

    [Fact]
    public void A_change_of_everything() => Assert.Equal(
        Hex.Golden("""
            44000000 1300 0100 07000000 00000000   # SETLINK
            00 00 0000 05000000 01000000 01000000  # index 5, IFF_UP
            0800 0400 78050000                     # MTU 1400
            0800 1b00 2a000000                     # GROUP 42
            0900 0300 6574683000 000000            # eth0
            0800 1400 613a6200                     # alias a:b
            """),
        Hex.Of((ref w, s) => LinkRequests.Change(ref w, s, 5, new LinkChange(Eth0, "a:b", 1400, 42, true))));

    [Fact]
    public void Up_by_name() => Assert.Equal(
        Hex.Golden("""
            2c000000 1300 0100 07000000 00000000
            00 00 0000 00000000 01000000 01000000
            0900 0300 6574683000 000000
            """),
        Hex.Of((ref w, s) => LinkRequests.SetUp(ref w, s, Eth0)));

    [Fact]
    public void Deletion_by_index_and_by_group()
    {
        Assert.Equal(
            Hex.Golden("20000000 1100 0100 07000000 00000000 \n 00 00 0000 05000000 00000000 00000000"),
            Hex.Of((ref w, s) => LinkRequests.Delete(ref w, s, 5)));
        Assert.Equal(
            Hex.Golden("28000000 1100 0100 07000000 00000000 \n 00 00 0000 00000000 00000000 00000000 \n 0800 1b00 2a000000"),
            Hex.Of((ref w, s) => LinkRequests.DeleteGroup(ref w, s, 42)));
    }

    [Fact]
    public void Questions()
    {
        Assert.Equal(
            Hex.Golden("""
                34000000 1200 0100 07000000 00000000
                00 00 0000 00000000 00000000 00000000
                0800 1d00 08000000           # EXT_MASK: no statistics
                0900 0300 6574683000 000000
                """),
            Hex.Of((ref w, s) => LinkRequests.Get(ref w, s, Eth0)));
        Assert.Equal(
            Hex.Golden("28000000 1200 0103 07000000 00000000 \n 00 00 0000 00000000 00000000 00000000 \n 0800 1d00 08000000"),
            Hex.Of(LinkRequests.Dump));
    }

    /// <summary>
    /// fixtures/docker-builtin/netlink-{create,dummy,run}.txt, the hex bodies. Docker puts IFLA_LINK before the name
    /// and asks for a queue of 0; the rest must be equal, attribute by attribute.
    /// </summary>
    [Theory]
    [InlineData("vlan", "0000000000000000000000000000000008000500030000000c000300657468302e31300008000d0000000000" + "1800120008000100766c616e0c000200060001000a000000")]
    [InlineData("dummy", "000000000000000000000000000000001400030064692d6433356430313033393933310008000d0000000000100012000900010064756d6d79000000")]
    [InlineData("ipvlan", "0000000000000000000000000000000008000500040000001000030076657468613036623862360008000d0000000000240012000a0001006970766c616e00001400020006000100010000000600020000000000")]
    public void Links_are_made_of_what_Docker_makes_them_of(string kind, string docker)
    {
        Assert.True(VlanId.TryCreate(10, out var id));
        var ours = kind switch
        {
            "vlan" => Hex.Of((ref w, s) => LinkRequests.CreateVlan(ref w, s, 0, 3, (LinkName.Parse("eth0.10"), id))),
            "dummy" => Hex.Of((ref w, s) => LinkRequests.CreateDummy(ref w, s, 0, LinkName.Parse("di-d35d01039931"))),
            _ => Hex.Of((ref w, s) => LinkRequests.CreateSlave(ref w, s, 4, 29, Slave(IpvlanMode.L3, IpvlanFlag.Bridge))),
        };
        string[] apart = kind == "ipvlan" ? ["3=", "13=", "28="] : ["13="];
        Assert.Equal(Attributes(docker, 16, apart), Attributes(ours, 32, apart));
    }

    /// <summary>Attributes as <c>type=hex</c>, in order of type, NLA_F_NESTED left out of account.</summary>
    private static string[] Attributes(string hex, int header, string[] apart)
    {
        var found = new List<string>();
        var reader = new IpvlanActors.Netlink.Wire.AttributeReader(Convert.FromHexString(hex).AsSpan(header));
        while (reader.Next(out var attribute))
            found.Add($"{attribute.Type}={Convert.ToHexStringLower(attribute.Value).Replace("0280", "0200", StringComparison.Ordinal)}");
        return [.. found.Where(f => !apart.Any(a => f.StartsWith(a, StringComparison.Ordinal))).Order(StringComparer.Ordinal)];
    }

    private static Slave Slave(IpvlanMode mode, IpvlanFlag flag) => new(
        NetworkId.Parse(new string('a', 32)), EndpointId.Parse(new string('b', 32)), new("/run/netns/web", 1, "boot"),
        Eth0, Eth0, mode, flag, null, [], []);
}
