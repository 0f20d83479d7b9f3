using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Netlink.Addresses;
using IpvlanActors.Netlink.Links;
using IpvlanActors.Netlink.Neighbours;
using IpvlanActors.Netlink.Routes;
using IpvlanActors.Netlink.Sockets;
using IpvlanActors.Netlink.Uapi;
using IpvlanActors.Netlink.Wire;
using Xunit;

namespace IpvlanActors.Tests.Unit.Netlink;

public class ReaderTests
{
    private const string Slave = """
        74000000 1000 0200 07000000 00000000
        00 00 0100 05000000 43100100 00000000        # index 5, UP|BROADCAST|RUNNING|MULTICAST|LOWER_UP
        0900 0300 6574683000 000000                  # eth0
        0800 0400 78050000                           # MTU 1400
        0800 0500 04000000                           # LINK 4
        0c00 1400 6970766c616e6400                   # alias
        2400 1280                                    # LINKINFO
        0b00 0100 6970766c616e00 00                  #   KIND ipvlan, with a zero byte as the kernel sends it
        1400 0200                                    #   DATA, not marked as nested
        0600 0100 0200 0000                          #     MODE l3s
        0600 0200 0100 0000                          #     FLAGS private
        0800 2500 00000000                           # something that we do not know
        """;

    private const string Blackhole6 = """
        48000000 1800 0200 07000000 00000000
        0a 40 00 00 fe d5 00 06 00000000
        0800 0f00 fe000000                           # TABLE
        1400 0100 20010db8000100000000000000000000   # DST
        0800 0600 76100000                           # PRIORITY
        0800 0400 01000000                           # OIF: lo
        """;

    private const string Refusal = """
        4c000000 0200 0003 07000000 00000000         # ERROR, CAPPED|ACK_TLVS
        efffffff 30000000 1000 0506 07000000 00000000
        2700 0100 38303231713a20564c414e2064657669636520616c7265616479206578697374732e00 00
        """;

    private const string Neighbour = """
        40000000 1c00 0000 07000000 00000000
        02 00 0000 05000000 2000 00 01               # inet, index 5, FAILED, unicast
        0800 0100 0a000002                           # DST
        0800 0400 03000000                           # PROBES 3
        1400 0300 64000000 64000000 64000000 01000000
        """;

    private static readonly Gen<string> Golden = Gen.Int[0, 3].Select(i => new[] { Slave, Blackhole6, Refusal, Neighbour }[i]);
    private static readonly Gen<ushort> Types = Gen.Int[0, 5].Select(i => new ushort[] { 2, 3, 16, 20, 24, 28 }[i]);

    [Fact]
    public void A_slave_is_read()
    {
        var link = One<LinkReply>(Slave, LinkReplies.TryParse).Link;
        Assert.Equal((5, "eth0", "ipvlan", "ipvland", 4, 1400), (link.Index, link.Name.Value, link.Kind, link.Alias, link.ParentIndex, link.Mtu));
        Assert.Equal((true, true, false), (link.Up, link.Running, link.IsLoopback));
        Assert.Equal((IpvlanMode.L3S, IpvlanFlag.Private), (link.Mode, link.Flag));
    }

    [Fact]
    public void An_ipv6_route_that_leads_nowhere_has_no_device()
    {
        var route = One<RouteReply>(Blackhole6, RouteMessages.TryParse).ToRoute(null);
        Assert.Equal("blackhole 2001:db8:1::/64 proto 213 metric 4214", route.ToString());
    }

    [Fact]
    public void A_neighbour_that_did_not_answer_is_read()
    {
        var neighbour = One<NeighbourReply>(Neighbour, NeighbourMessages.TryParse);
        Assert.Equal(new NeighbourReply(5, Ip.Parse("10.0.0.2"), Neigh.NUD_FAILED), neighbour);
        Assert.Equal(NeighbourState.Failed, neighbour.State);
    }

    [Theory]
    [InlineData("1400 0100 fe800000000000000000000000000002")] // an address that is not of the header's family
    [InlineData("0600 0100 0a00 0000")]
    [InlineData("0800 0200 0a000002")]
    public void A_neighbour_without_an_address_of_its_family_is_none(string attribute)
    {
        var bytes = Hex.Bytes($"00000000 1c00 0000 07000000 00000000 02 00 0000 05000000 2000 00 01 {attribute}");
        BitConverter.TryWriteBytes(bytes, bytes.Length);
        var reader = new NetlinkReader(bytes);
        Assert.True(reader.Next(out var message));
        Assert.False(NeighbourMessages.TryParse(message, out _));
    }

    [Fact]
    public void What_was_written_reads_the_same()
    {
        var peer = Route.ToPeer(Prefix.Parse("10.2.0.0/26"), Ip.Parse("fe80::2"), LinkName.Parse("eth0"));
        var bytes = Convert.FromHexString(Hex.Of((ref w, s) => RouteMessages.Add(ref w, s, peer, 5)));
        Assert.Equal(peer, One<RouteReply>(bytes, RouteMessages.TryParse).ToRoute(peer.Device));
        var address = InterfaceAddress.Parse("10.1.0.2/16");
        bytes = Convert.FromHexString(Hex.Of((ref w, s) => AddressMessages.Add(ref w, s, 5, address)));
        Assert.Equal(new ObservedAddress(5, address), One<ObservedAddress>(bytes, AddressMessages.TryParse));
        bytes[18] |= IfAddr.IFA_F_TENTATIVE;
        Assert.Equal(new ObservedAddress(5, address) { Tentative = true }, One<ObservedAddress>(bytes, AddressMessages.TryParse));
    }

    [Fact]
    public void A_refusal_gives_errno_and_the_kernels_words()
    {
        var reader = new NetlinkReader(Hex.Bytes(Refusal));
        Assert.True(reader.Next(out var message));
        Assert.True(message.TryError(out var errno, out var text));
        Assert.Equal((Errno.EEXIST, "8021q: VLAN device already exists."), (errno, text));
        Assert.Equal(
            "ip link add link eth0 name eth0.10 type vlan id 10: EEXIST File exists: 8021q: VLAN device already exists.",
            new NetlinkFailure(errno, text).ToFault("ip link add link eth0 name eth0.10 type vlan id 10").Text);
    }

    [Theory]
    [InlineData("1000 0006 0000 0100 07000000 00000000 000000")]
    [InlineData("0f000000 1000 0000 07000000 00000000")]
    [InlineData("11000000 1000 0000 07000000 00000000")]
    [InlineData("ffffffff 1000 0000 07000000 00000000")]
    public void A_length_that_cannot_be_ends_the_reading(string hex)
    {
        var reader = new NetlinkReader(Hex.Bytes(hex));
        Assert.False(reader.Next(out _));
    }

    [Theory]
    [InlineData("0300 0100")]
    [InlineData("0000 0100")]
    [InlineData("0900 0100 00000000")]
    public void An_attribute_that_cannot_be_ends_the_reading(string hex)
    {
        var reader = new AttributeReader(Hex.Bytes(hex));
        Assert.False(reader.Next(out _));
    }

    [Fact]
    public void Whatever_is_cut_off_nothing_is_thrown()
    {
        foreach (var whole in (byte[][])[Hex.Bytes(Slave), Hex.Bytes(Blackhole6), Hex.Bytes(Refusal), Hex.Bytes(Neighbour)])
        {
            for (var length = 0; length < whole.Length; length++)
            {
                // a buffer of just that length: a read beyond it would throw; and a header that fits what is left
                var cut = whole[..length];
                ReadAll(cut);
                if (length >= 16)
                    BitConverter.TryWriteBytes(cut, length);
                ReadAll(cut);
            }
        }
    }

    [Fact]
    public void Whatever_is_altered_nothing_is_thrown() => Gen.Select(
            Golden, Gen.Select(Gen.Int[0, 200], Gen.Byte).Array[1, 8])
        .Sample((golden, changes) =>
        {
            var bytes = Hex.Bytes(golden);
            foreach (var (at, value) in changes)
                bytes[at % bytes.Length] = value;
            ReadAll(bytes);
        });

    [Fact]
    public void Noise_throws_nothing() => Gen.Byte.Array[0, 400].Sample(ReadAll);

    [Fact]
    public void Noise_behind_a_good_header_throws_nothing() => Gen.Select(
            Types, Gen.UShort, Gen.Byte.Array[0, 300])
        .Sample((type, flags, body) =>
        {
            var bytes = new byte[16 + body.Length];
            BitConverter.TryWriteBytes(bytes, bytes.Length);
            BitConverter.TryWriteBytes(bytes.AsSpan(4), type);
            BitConverter.TryWriteBytes(bytes.AsSpan(6), flags);
            body.CopyTo(bytes, 16);
            ReadAll(bytes);
        });

    [Fact]
    public void Only_routes_of_ours_and_the_default_route_are_changes_of_routes()
    {
        var bytes = Hex.Bytes(Blackhole6);
        var reader = new ChangeReader();
        Assert.Equal(KernelChanges.Routes, reader.Read(bytes));
        bytes[16 + 5] = 3;
        Assert.Equal((KernelChanges)0, reader.Read(bytes));
        (bytes[16 + 1], bytes[16 + 7]) = (0, Rtnetlink.RTN_UNICAST);
        Assert.Equal(KernelChanges.Routes, reader.Read(bytes));
        bytes[16 + 4] = 100; // of another table
        Assert.Equal((KernelChanges)0, reader.Read(bytes));
    }

    [Fact]
    public void A_link_that_is_told_of_as_it_was_has_a_slave_that_came_or_went()
    {
        var reader = new ChangeReader();
        Assert.Equal(KernelChanges.Links, reader.Read(Hex.Bytes(Slave)));
        Assert.Equal(KernelChanges.Slaves, reader.Read(Hex.Bytes(Slave)));
        var down = Hex.Bytes(Slave);
        down[16 + 8] ^= 1; // IFF_UP
        Assert.Equal(KernelChanges.Links, reader.Read(down));
        Assert.Equal(KernelChanges.Links, reader.Read(Hex.Bytes(Slave)));
        var gone = Hex.Bytes(Slave);
        gone[4] = (byte)Rtnetlink.RTM_DELLINK;
        Assert.Equal(KernelChanges.Links, reader.Read(gone));
        Assert.Equal(KernelChanges.Links, reader.Read(Hex.Bytes(Slave)));
        Assert.Equal(KernelChanges.All, reader.Overrun());
        Assert.Equal(KernelChanges.Links, reader.Read(Hex.Bytes(Slave)));
    }

    [Fact]
    public void Messages_are_printed_one_per_line()
    {
        Assert.Equal(
            "< NEWROUTE flags 2 seq 7 0a400000fed5000600000000 15=fe000000 1=20010db8000100000000000000000000 6=76100000 4=01000000\n",
            NetlinkText.Describe("<", Hex.Bytes(Blackhole6)));
        Assert.Equal("< ERROR flags 300 seq 7 errno 17 8021q: VLAN device already exists.\n", NetlinkText.Describe("<", Hex.Bytes(Refusal)));
    }

    private static void ReadAll(byte[] bytes)
    {
        var reader = new NetlinkReader(bytes);
        var count = 0;
        while (reader.Next(out var message))
        {
            count++;
            _ = LinkReplies.TryParse(message, out _);
            _ = AddressMessages.TryParse(message, out _);
            _ = RouteMessages.TryParse(message, out _);
            _ = NeighbourMessages.TryParse(message, out _);
            _ = message.TryError(out _, out _);
        }

        Assert.InRange(count, 0, bytes.Length / 16);
        new ChangeReader().Read(bytes);
        NetlinkText.Describe("<", bytes);
    }

    private static T One<T>(string hex, Parse<T> parse) => One(Hex.Bytes(hex), parse);

    private static T One<T>(byte[] bytes, Parse<T> parse)
    {
        var reader = new NetlinkReader(bytes);
        Assert.True(reader.Next(out var message));
        Assert.True(parse(message, out var item));
        return item;
    }
}
