using CsCheck;
using IpvlanActors.Domain.Addressing;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Addressing;

public class IpTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("2001:db8::9")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void An_address_reads_as_it_is_written(string text)
    {
        Assert.True(Ip.TryParse(text, out var ip));
        Assert.Equal(text, ip.ToString());
        Assert.Equal(text.Contains(':', StringComparison.Ordinal) ? IpFamily.V6 : IpFamily.V4, ip.Family);
    }

    [Theory]
    [InlineData("2001:DB8:0:0:0:0:0:9", "2001:db8::9")]
    [InlineData("2001:0db8::0009", "2001:db8::9")]
    [InlineData("64:ff9b::1.2.3.4", "64:ff9b::102:304")]
    public void IPv6_is_shown_in_one_form_only(string text, string shown) => Assert.Equal(shown, Ip.Parse(text).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("10.1")]
    [InlineData("10.1.2")]
    [InlineData("010.1.2.3")]
    [InlineData("10.1.2.03")]
    [InlineData("0x0a.1.2.3")]
    [InlineData("167838211")]
    [InlineData("10.1.2.256")]
    [InlineData("10.1.2.3.4")]
    [InlineData(" 10.1.2.3")]
    [InlineData("10.1.2.3 ")]
    [InlineData("10.1.2.3/24")]
    [InlineData("::1/64")]
    [InlineData(" ::1")]
    [InlineData("::1 ")]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%2")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("::ffff:a01:203")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1::2::3")]
    [InlineData("g::1")]
    [InlineData("12345::1")]
    [InlineData("eth0")]
    public void What_is_no_address_to_the_letter_is_refused(string? text)
    {
        Assert.False(Ip.TryParse(text, out var ip));
        Assert.Equal(default, ip);
        if (text is not null)
            Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => Ip.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_stand_in_numeric_order_and_IPv4_before_IPv6()
    {
        string[] ordered = ["0.0.0.0", "9.255.255.255", "10.0.0.2", "10.0.0.10", "255.255.255.255", "::", "::2", "::10", "2001:db8::1", "ff02::1"];
        Assert.Equal(ordered, ordered.Reverse().Select(t => Ip.Parse(t)).Order().Select(i => i.ToString()));
        Assert.True(Ip.Parse("10.0.0.2") < Ip.Parse("10.0.0.10"));
        Assert.True(Ip.Parse("255.255.255.255") < Ip.Parse("::"));
        Assert.True(Ip.Parse("::1") >= Ip.Parse("::1"));
        Assert.True(Ip.Parse("::1") <= Ip.Parse("::1"));
        Assert.True(Ip.Parse("::2") > Ip.Parse("::1"));
        Assert.NotEqual(Ip.Parse("0.0.0.1"), Ip.Parse("::1"));
    }

    [Fact]
    public void Text_bytes_and_number_are_three_forms_of_one_address() => AnyIp.Sample(ip =>
    {
        Assert.Equal(ip, Ip.Parse(ip.ToString()));
        Assert.Equal(ip, Ip.FromBits(ip.High, ip.Low, ip.Family));
        Span<byte> bytes = stackalloc byte[16];
        var length = ip.WriteNetworkBytes(bytes);
        Assert.Equal(ip.BitWidth / 8, length);
        Assert.Equal(ip, Ip.FromNetworkBytes(bytes[..length]));
    });

    [Fact]
    public void Arithmetic_is_that_of_a_number_of_128_bits() => Gen.Select(AnyIp, Gen.ULong, Gen.Int[0, 128], Gen.Int[0, 127]).Sample((ip, by, count, shift) =>
    {
        var number = Number(ip);
        var end = ip.Offset(by, ip.IsV6 ? shift : 0);
        Assert.Equal(number + ((UInt128)by << (ip.IsV6 ? shift : 0)), Number(end));
        Assert.Equal(number - 1, Number(ip.Previous()));
        Assert.Equal(UInt128.Min(Number(end) - number, ulong.MaxValue), ip.DistanceTo(end));
        var mask = count == 128 ? UInt128.MaxValue : (UInt128.One << count) - 1;
        Assert.Equal((number | mask, number & ~mask), (Number(ip.WithBits(count)), Number(ip.WithoutBits(count))));
    });

    [Fact]
    public void The_order_is_total() => Gen.Select(AnyIp, AnyIp, AnyIp).Sample((a, b, c) =>
    {
        Assert.Equal(a.CompareTo(b) == 0, a == b);
        Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
        Assert.True(!(a <= b && b <= c) || a <= c);
        Assert.Equal(a < b, b > a);
    });

    [Fact]
    public void Bytes_are_in_network_order()
    {
        Assert.Equal(Ip.Parse("10.1.2.3"), Ip.FromNetworkBytes([10, 1, 2, 3]));
        Assert.Equal(Ip.Parse("2001:db8::9"), Ip.FromNetworkBytes([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]));
        Assert.Throws<ArgumentException>(() => Ip.FromNetworkBytes([1, 2, 3]));
    }

    [Theory]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("::", "unspecified")]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.255.255.254", "loopback")]
    [InlineData("::1", "loopback")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("239.255.255.255", "multicast")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("169.254.1.1", "link-local")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("febf::1", "link-local")]
    [InlineData("fec0::1", "")]
    [InlineData("223.255.255.255", "")]
    [InlineData("240.0.0.1", "")]
    [InlineData("128.0.0.1", "")]
    [InlineData("::2", "")]
    [InlineData("fe00::1", "")]
    public void An_address_is_of_one_kind_at_most(string text, string kind)
    {
        var ip = Ip.Parse(text);
        Assert.Equal(kind, string.Join(' ', new[]
        {
            ip.IsUnspecified ? "unspecified" : null, ip.IsLoopback ? "loopback" : null,
            ip.IsMulticast ? "multicast" : null, ip.IsLinkLocal ? "link-local" : null,
        }.OfType<string>()));
    }

    [Fact]
    public void No_address_at_all_says_so() => Assert.Equal("none", default(Ip).ToString());

    [Fact]
    public void Families_have_the_kernel_s_numbers_and_people_s_names()
    {
        Assert.Equal((2, 10), ((int)IpFamily.V4, (int)IpFamily.V6));
        Assert.Equal(("IPv4", "IPv6"), (IpFamily.V4.Name(), IpFamily.V6.Name()));
        Assert.Equal((32, 128), (IpFamily.V4.BitWidth(), IpFamily.V6.BitWidth()));
    }

    private static UInt128 Number(Ip ip) => new(ip.High, ip.Low);
}
