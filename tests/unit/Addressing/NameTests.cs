using CsCheck;
using IpvlanActors.Domain.Addressing;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Addressing;

/// <summary>Addresses on links, VLAN ids, link names and ids: what is let in, and that it comes out as it went in.</summary>
public class NameTests
{
    [Theory]
    [InlineData("10.1.0.2/16", "10.1.0.0/16")]
    [InlineData("10.1.0.2/32", "10.1.0.2/32")]
    [InlineData("2001:db8::9/64", "2001:db8::/64")]
    public void An_interface_address_keeps_its_host_bits(string text, string prefix)
    {
        var address = InterfaceAddress.Parse(text);
        Assert.Equal(text, address.ToString());
        Assert.Equal(prefix, address.Prefix.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("10.1.0.2")]
    [InlineData("10.1.0.2/33")]
    [InlineData("10.1.0.2/x")]
    [InlineData("eth0/16")]
    public void What_is_no_interface_address_is_refused(string? text)
    {
        Assert.False(InterfaceAddress.TryParse(text, out _));
        Assert.Throws<FormatException>(() => InterfaceAddress.Parse(text!));
    }

    [Fact]
    public void An_interface_address_round_trips() => Gen.Select(AnyIp, Gen.Int[0, 128]).Sample((ip, length) =>
    {
        var address = new InterfaceAddress(ip, length % (ip.BitWidth + 1));
        Assert.Equal(address, InterfaceAddress.Parse(address.ToString()));
        Assert.True(address.Prefix.Contains(ip));
    });

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(4094, true)]
    [InlineData(4095, false)]
    [InlineData(-1, false)]
    [InlineData(65537, false)]
    public void A_vlan_id_is_1_to_4094(int number, bool valid)
    {
        Assert.Equal(valid, VlanId.TryCreate(number, out var id));
        Assert.Equal(valid ? number : 0, id.Value);
    }

    [Theory]
    [InlineData("eth0", true)]
    [InlineData("eth0.4094", true)]
    [InlineData("a", true)]
    [InlineData("...", true)]
    [InlineData("enp0s31f6@x", true)]
    [InlineData("fünfzehn-bytes", true)]
    [InlineData("123456789012345", true)]
    [InlineData("1234567890123456", false)]
    [InlineData("fünfzehn-bytes1", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a:b", false)]
    [InlineData("a b", false)]
    [InlineData("a\tb", false)]
    [InlineData("a\0b", false)]
    public void A_link_name_is_what_the_kernel_takes(string? text, bool valid)
    {
        Assert.Equal(valid, LinkName.TryParse(text, out var name));
        Assert.Equal(valid ? text : "", name.Value);
        if (!valid)
            Assert.Throws<FormatException>(() => LinkName.Parse(text!));
    }

    [Theory]
    [InlineData("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", true)]
    [InlineData("C0C1C2C3C4C5C6C7C8C9CACBCCCDCECF", false)]
    [InlineData("c0c1c2c3c4c5c6c7c8c9cacbcccdcec", false)]
    [InlineData("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf0", false)]
    [InlineData("c0c1c2c3-c4c5-c6c7-c8c9-cacbcccdce", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Ids_are_32_lower_case_hex_digits(string? text, bool valid)
    {
        Assert.Equal(valid, NetworkId.TryParse(text, out var network));
        Assert.Equal(valid, EndpointId.TryParse(text, out var endpoint));
        Assert.Equal(valid ? (text, text) : ("", ""), (network.Value, endpoint.Value));
        if (valid)
            Assert.Equal((text![..12], text[..12]), (network.Short, endpoint.Short));
        else
            Assert.Throws<FormatException>(() => NetworkId.Parse(text!));
    }

    [Fact]
    public void Ids_round_trip() => Gen.Guid.Sample(guid =>
    {
        Assert.Equal(NetworkId.From(guid), NetworkId.Parse(NetworkId.From(guid).ToString()));
        Assert.Equal(EndpointId.From(guid), EndpointId.Parse(EndpointId.From(guid).ToString()));
        Assert.Equal(new HostId(guid), HostId.Parse(new HostId(guid).ToString()));
    });
}
