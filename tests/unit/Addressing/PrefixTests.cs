using CsCheck;
using IpvlanActors.Domain.Addressing;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Addressing;

public class PrefixTests
{
    [Theory]
    [InlineData("172.16.50.0/22", "172.16.48.0/22")]
    [InlineData("10.1.100.0/16", "10.1.0.0/16")]
    [InlineData("10.1.2.3/0", "0.0.0.0/0")]
    [InlineData("10.1.2.3/32", "10.1.2.3/32")]
    [InlineData("2001:db8::ffff/64", "2001:db8::/64")]
    [InlineData("2001:db8::ffff/128", "2001:db8::ffff/128")]
    [InlineData("ffff::1/0", "::/0")]
    public void Host_bits_are_masked_and_told_apart(string text, string masked)
    {
        var prefix = Prefix.Parse(text);
        Assert.Equal(masked, prefix.ToString());
        Assert.True(Prefix.TryParseExact(masked, out var exact));
        Assert.Equal(prefix, exact);
        Assert.Equal(text == masked, Prefix.TryParseExact(text, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.1.0.0")]
    [InlineData("10.1.0.0/")]
    [InlineData("/16")]
    [InlineData("10.1.0.0/33")]
    [InlineData("10.1.0.0/-1")]
    [InlineData("10.1.0.0/+1")]
    [InlineData("10.1.0.0/ 1")]
    [InlineData("10.1.0.0/1 ")]
    [InlineData("10.1.0.0/255.255.0.0")]
    [InlineData("10.1/16")]
    [InlineData("2001:db8::/129")]
    [InlineData("2001:db8::/4294967296")]
    [InlineData("2001:db8::/64/64")]
    public void What_is_no_prefix_is_refused(string? text)
    {
        Assert.False(Prefix.TryParse(text, out _));
        Assert.False(Prefix.TryParseExact(text, out _));
        if (text is not null)
            Assert.Throws<FormatException>(() => Prefix.Parse(text));
    }

    [Theory]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255", 32)]
    [InlineData("10.1.0.0/16", "10.1.0.0", "10.1.255.255", 16)]
    [InlineData("10.1.0.0/31", "10.1.0.0", "10.1.0.1", 1)]
    [InlineData("10.1.0.1/32", "10.1.0.1", "10.1.0.1", 0)]
    [InlineData("255.255.255.255/32", "255.255.255.255", "255.255.255.255", 0)]
    [InlineData("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 128)]
    [InlineData("2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff", 64)]
    [InlineData("2001:db8::/127", "2001:db8::", "2001:db8::1", 1)]
    [InlineData("2001:db8::1/128", "2001:db8::1", "2001:db8::1", 0)]
    public void A_prefix_has_a_first_and_a_last_address(string text, string first, string last, int hostBits)
    {
        var prefix = Prefix.Parse(text);
        Assert.Equal((first, last, hostBits), (prefix.First.ToString(), prefix.Last.ToString(), prefix.HostBits));
        Assert.Equal(hostBits == 0, prefix.IsSingle);
        Assert.Equal(prefix.Length == 0, prefix.IsDefault);
        Assert.True(prefix.Contains(prefix.First) && prefix.Contains(prefix.Last) && prefix.Contains(prefix));
    }

    [Theory]
    [InlineData("10.1.0.0/16", "10.1.2.0/24", true, true)]
    [InlineData("10.1.2.0/24", "10.1.0.0/16", false, true)]
    [InlineData("10.1.0.0/16", "10.1.0.0/16", true, true)]
    [InlineData("10.1.0.0/24", "10.1.1.0/24", false, false)]
    [InlineData("0.0.0.0/0", "255.255.255.255/32", true, true)]
    [InlineData("0.0.0.0/0", "::/0", false, false)]
    [InlineData("::/0", "2001:db8::1/128", true, true)]
    [InlineData("2001:db8::/127", "2001:db8::2/127", false, false)]
    public void Prefixes_lie_in_each_other_or_apart(string left, string right, bool contains, bool overlaps)
    {
        var (a, b) = (Prefix.Parse(left), Prefix.Parse(right));
        Assert.Equal((contains, overlaps, overlaps), (a.Contains(b), a.Overlaps(b), b.Overlaps(a)));
    }

    [Fact]
    public void Parts_are_counted_and_numbered()
    {
        Assert.Equal(1024UL, Prefix.Parse("10.1.0.0/16").CountOf(26));
        Assert.Equal(1UL, Prefix.Parse("10.1.0.0/16").CountOf(16));
        Assert.Equal(1UL << 58, Prefix.Parse("2001:db8::/64").CountOf(122));
        Assert.Equal(1UL << 63, Prefix.Parse("2001:db8::/64").CountOf(127));
        Assert.Equal(ulong.MaxValue, Prefix.Parse("2001:db8::/64").CountOf(128));
        Assert.Equal(ulong.MaxValue, Prefix.Parse("::/0").CountOf(128));
        Assert.Equal("10.1.0.64/26", Prefix.Parse("10.1.0.0/16").Nth(26, 1).ToString());
        Assert.Equal("10.1.255.192/26", Prefix.Parse("10.1.0.0/16").Nth(26, 1023).ToString());
        Assert.Equal("255.255.255.255/32", Prefix.Parse("0.0.0.0/0").Nth(32, uint.MaxValue).ToString());
        Assert.Equal("0.0.0.0/0", Prefix.Parse("0.0.0.0/0").Nth(0, 0).ToString());
        Assert.Equal("::/0", Prefix.Parse("::/0").Nth(0, 0).ToString());
        Assert.Equal("2001:db8::40/122", Prefix.Parse("2001:db8::/64").Nth(122, 1).ToString());
    }

    [Fact]
    public void A_length_outside_the_family_is_a_programming_error()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Prefix.Of(Ip.Parse("10.0.0.0"), 33));
        Assert.Throws<ArgumentOutOfRangeException>(() => Prefix.Of(Ip.Parse("::"), 129));
        Assert.Throws<ArgumentOutOfRangeException>(() => Prefix.Of(Ip.Parse("10.0.0.0"), -1));
    }

    [Fact]
    public void A_wider_prefix_stands_before_what_lies_in_it()
    {
        string[] ordered = ["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/32", "10.0.1.0/24", "::/0", "::/128"];
        Assert.Equal(ordered, ordered.Reverse().Select(t => Prefix.Parse(t)).Order().Select(p => p.ToString()));
        Assert.True(Prefix.Parse("10.0.0.0/8") < Prefix.Parse("10.0.0.0/9"));
        Assert.True(Prefix.Parse("10.0.0.0/9") > Prefix.Parse("10.0.0.0/8"));
        Assert.True(Prefix.Parse("10.0.0.0/8") <= Prefix.Parse("10.0.0.0/8"));
        Assert.True(Prefix.Parse("10.0.0.0/8") >= Prefix.Parse("10.0.0.0/8"));
    }

    [Fact]
    public void Text_round_trips() => AnyPrefix.Sample(prefix =>
    {
        Assert.Equal(prefix, Prefix.Parse(prefix.ToString()));
        Assert.True(Prefix.TryParseExact(prefix.ToString(), out _));
    });

    [Fact]
    public void Containing_is_being_masked_to_the_same() => Gen.Select(AnyPrefix, AnyIp).Sample((prefix, ip) =>
        Assert.Equal(ip.Family == prefix.Family && Prefix.Of(ip, prefix.Length) == prefix, prefix.Contains(ip)));

    [Fact]
    public void Two_prefixes_overlap_exactly_when_one_contains_the_other() => Gen.Select(AnyPrefix, AnyPrefix).Sample((a, b) =>
        Assert.Equal(a.Contains(b) || b.Contains(a), a.Overlaps(b)));

    [Fact]
    public void A_prefix_contains_its_own_wider_forms_only() => Gen.Select(AnyIp, Gen.Int[0, 128], Gen.Int[0, 128]).Sample((ip, a, b) =>
    {
        var (wide, narrow) = (Math.Min(a, b) % (ip.BitWidth + 1), Math.Max(a, b) % (ip.BitWidth + 1));
        (wide, narrow) = (Math.Min(wide, narrow), Math.Max(wide, narrow));
        Assert.True(Prefix.Of(ip, wide).Contains(Prefix.Of(ip, narrow)));
        Assert.Equal(wide == narrow, Prefix.Of(ip, narrow).Contains(Prefix.Of(ip, wide)));
    });

    [Fact]
    public void The_parts_of_a_prefix_lie_in_it_side_by_side() => Gen.Select(AnyPrefix, Gen.Int[0, 12], Gen.ULong).Sample((prefix, bits, any) =>
    {
        var length = Math.Min(prefix.Length + bits, prefix.First.BitWidth);
        var n = any % prefix.CountOf(length);
        var part = prefix.Nth(length, n);
        Assert.True(prefix.Contains(part));
        Assert.Equal(part, Prefix.Of(part.Last, length));
        if (n + 1 < prefix.CountOf(length))
            Assert.Equal(part.Last.Offset(1), prefix.Nth(length, n + 1).First);
        else
            Assert.Equal(prefix.Last, part.Last);
    });
}
