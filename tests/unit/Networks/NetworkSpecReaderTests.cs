using System.Collections.Immutable;
using CsCheck;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

public class NetworkSpecReaderTests
{
    [Theory]
    [InlineData("", "l2", "bridge")]
    [InlineData("ipvlan_mode=", "l2", "bridge")]
    [InlineData("ipvlan_mode=l3", "l3", "bridge")]
    [InlineData("ipvlan_mode=l3s ipvlan_flag=vepa", "l3s", "vepa")]
    [InlineData("ipvlan_flag=private", "l2", "private")]
    [InlineData("ipvlan_flag=bridge", "l2", "bridge")]
    public void Modes_and_flags(string options, string mode, string flag)
    {
        var spec = Spec("10.1.0.0/16", options);
        Assert.Equal((mode, flag), (spec.Mode.ToString().ToLowerInvariant(), spec.Flag.ToString().ToLowerInvariant()));
    }

    [Theory]
    [InlineData("192.168.1.0/24", "192.168.1.1")]
    [InlineData("10.1.100.0/16", "10.1.0.1")]
    [InlineData("10.0.0.0/30", "10.0.0.1")]
    [InlineData("10.0.0.0/31", null)]
    [InlineData("10.0.0.1/32", null)]
    [InlineData("2001:db8::/64", "2001:db8::1")]
    [InlineData("2001:db8::/126", "2001:db8::1")]
    [InlineData("2001:db8::/127", null)]
    [InlineData("2001:db8::1/128", null)]
    public void The_first_usable_address_becomes_the_gateway_unless_there_is_none_to_spare(string subnet, string? gateway)
    {
        foreach (var mode in new[] { "l2", "l3", "l3s" })
        {
            Assert.Equal(gateway is null ? null : I(gateway), Spec(subnet, $"ipvlan_mode={mode} parent=eth0").Subnets[0].Gateway);
            Assert.Null(Spec(subnet, $"ipvlan_mode={mode} parent=eth0 gateway=none").Subnets[0].Gateway);
        }
    }

    [Fact]
    public void A_tiny_subnet_may_have_a_gateway_that_is_asked_for()
    {
        Assert.Equal(I("10.0.0.0"), Spec("10.0.0.0/31", gateways: "10.0.0.0").Subnets[0].Gateway);
        Assert.Equal(I("2001:db8::"), Spec("2001:db8::/127", gateways: "2001:db8::").Subnets[0].Gateway);
    }

    [Fact]
    public void The_default_gateway_makes_way_for_auxiliary_addresses()
    {
        Assert.Equal(I("10.1.0.3"), Spec(Request("10.1.0.0/24") with { AuxAddresses = Aux(("a", "10.1.0.1"), ("b", "10.1.0.2")) }).Subnets[0].Gateway);
        Assert.Null(Spec(Request("10.1.0.0/30") with { AuxAddresses = Aux(("a", "10.1.0.1"), ("b", "10.1.0.2")) }).Subnets[0].Gateway);
        Assert.Equal(I("2001:db8::2"), Spec(Request("2001:db8::/64") with { AuxAddresses = Aux(("a", "2001:db8::1")) }).Subnets[0].Gateway);
    }

    [Fact]
    public void A_default_subnet_obeys_gateway_none()
    {
        Assert.Null(Spec("", "gateway=none").WithDefaultSubnet(P("172.18.0.0/16")).Subnets[0].Gateway);
        Assert.Equal(I("172.18.0.1"), Spec("").WithDefaultSubnet(P("172.18.0.0/16")).Subnets[0].Gateway);
    }

    [Fact]
    public void Ranges_and_auxiliary_addresses_go_to_the_subnet_that_holds_them()
    {
        var spec = Spec(Request("10.1.0.0/16 2001:db8::/64") with
        {
            Ranges = ["2001:db8::100/120", "10.1.128.0/17"],
            AuxAddresses = Aux(("router", "10.1.0.9"), ("v6", "2001:db8::9")),
        });
        Assert.Equal(["10.1.128.0/17", "2001:db8::100/120"], spec.Subnets.Select(s => s.Range.ToString()));
        Assert.Equal(["router", "v6"], spec.Subnets.Select(s => Assert.Single(s.Reserved).Key));
        Assert.Equal("auxiliary address 'router'", spec.Subnets[0].ReservedFor(I("10.1.0.9")));
        Assert.Null(spec.Subnets[0].ReservedFor(I("10.1.0.10")));
    }

    [Fact]
    public void A_range_may_be_the_whole_subnet() =>
        Assert.Equal(P("10.1.0.0/16"), Spec(Request("10.1.0.0/16") with { Ranges = ["10.1.0.0/16"] }).Subnets[0].Range);

    [Fact]
    public void Parents_are_named_for_all_hosts_or_host_by_host()
    {
        var parents = Spec("10.1.0.0/16", "parent=eth0 parent@h2=ens5.10 parent@h3=auto").Parents;
        Assert.Equal(("eth0", "ens5.10", "auto"), (parents.For("h1"), parents.For("h2"), parents.For("h3")));
        Assert.False(parents.IsNone);
        var few = Spec("10.1.0.0/16", "parent@h2=ens5").Parents;
        Assert.Equal(("", "ens5", false), (few.For("h1"), few.For("h2"), few.IsNone));
        Assert.True(Spec("10.1.0.0/16", "parent=").Parents.IsNone);
    }

    [Fact]
    public void Numbers_and_the_rest_of_the_options()
    {
        Assert.Equal(new(9000, 28, 120, OriginateAlways: true),
            Spec("10.1.0.0/16 2001:db8::/64", "mtu=9000 block_size=28 block_size6=120 originate=always").Settings);
        Assert.Equal(NetworkSettings.Default, Spec("10.1.0.0/16", "originate=active").Settings);
        Assert.Equal(68, Spec("10.1.0.0/16", "mtu=68").Settings.Mtu);
        Assert.Equal(1280, Spec("2001:db8::/64", "mtu=1280").Settings.Mtu);
    }

    [Theory]
    [InlineData("parent=eth1", false, true)]
    [InlineData("parent=eth1 parent_in=host", false, true)]
    [InlineData("parent=eth1 parent_in=container", true, false)]
    [InlineData("parent=eth1 parent_in=container default_route=yes", true, true)]
    [InlineData("parent@h1=eth1 parent_in=container default_route=no", true, false)]
    public void A_parent_in_the_container_is_routed_to_nobody_and_leaves_the_default_route_to_others(string options, bool inContainer, bool wantsDefault)
    {
        var spec = Spec("10.1.0.0/16", options + " ipvlan_mode=l3");
        Assert.Equal((inContainer, !inContainer, wantsDefault), (spec.Parents.InContainer, spec.IsRouted, spec.WantsDefaultRoute));
        Assert.False(spec.IsIsolated);
    }

    [Fact]
    public void Internal_and_a_parent_in_the_container_exclude_each_other() =>
        Refused(RefusalCodes.OptionInvalid, Request("10.1.0.0/16", "parent=eth1 parent_in=container") with { Internal = true }, "--internal", "exclude each other", "leave one of them out");

    [Fact]
    public void Options_and_labels_are_kept_as_typed()
    {
        var spec = Spec(Request("10.1.0.0/16", "parent=eth0 ipvlan_mode=l3") with { Labels = Texts(("owner", "")) });
        Assert.Equal(Texts(("parent", "eth0"), ("ipvlan_mode", "l3")), spec.Options);
        Assert.Equal(Texts(("owner", "")), spec.Labels);
    }

    /// <summary>The rule, the input that breaks it, and what the text must name: input, rule, way out.</summary>
    [Theory]
    [InlineData(RefusalCodes.OptionInvalid, "ipvlan_mode=l4", "'l4'", "'l2' mode is the ipvlan driver default", "say l2, l3 or l3s")]
    [InlineData(RefusalCodes.OptionInvalid, "ipvlan_mode=L2", "'L2'", "not valid", "say l2")]
    [InlineData(RefusalCodes.OptionInvalid, "ipvlan_flag=x", "'x'", "'bridge' is the ipvlan driver default", "say bridge, private or vepa")]
    [InlineData(RefusalCodes.OptionUnknown, "mode=l3", "'mode'", "not an option", "ipvlan_mode")]
    [InlineData(RefusalCodes.ParentInvalid, "parent=lo", "parent=lo", "loopback interface is not a valid ipvlan parent link", "name an Ethernet link")]
    [InlineData(RefusalCodes.ParentInvalid, "parent@h2=lo", "parent@h2=lo", "loopback", "name an Ethernet link")]
    [InlineData(RefusalCodes.ParentInvalid, "parent=a/b", "parent=a/b", "not a link name", "1 to 15 bytes")]
    [InlineData(RefusalCodes.ParentInvalid, "parent=1234567890123456", "1234567890123456", "not a link name", "1 to 15 bytes")]
    [InlineData(RefusalCodes.OptionInvalid, "parent@=eth0", "parent@=eth0", "not valid", "say parent@HOST=LINK")]
    [InlineData(RefusalCodes.OptionInvalid, "parent@h2=", "parent@h2=", "not valid", "say parent@HOST=LINK")]
    [InlineData(RefusalCodes.OptionInvalid, "parent_in=pod", "parent_in=pod", "not valid", "say host (the default) or container")]
    [InlineData(RefusalCodes.ParentMissing, "parent_in=container", "parent_in=container", "needs a parent", "parent=auto for that of their default route")]
    [InlineData(RefusalCodes.ParentInvalid, "parent=lo parent_in=container", "parent=lo", "loopback", "name an Ethernet link")]
    [InlineData(RefusalCodes.OptionInvalid, "parent=eth0 parent_in=container originate=always", "originate=always", "no routes are told to other hosts", "leave originate out")]
    [InlineData(RefusalCodes.OptionInvalid, "mtu=67", "mtu=67", "not valid", "from 68 to 65535")]
    [InlineData(RefusalCodes.OptionInvalid, "mtu=65536", "mtu=65536", "not valid", "from 68 to 65535")]
    [InlineData(RefusalCodes.OptionInvalid, "mtu=", "mtu=", "not valid", "from 68 to 65535")]
    [InlineData(RefusalCodes.OptionInvalid, "mtu=1e3", "mtu=1e3", "not valid", "say a number")]
    [InlineData(RefusalCodes.OptionInvalid, "block_size=33", "block_size=33", "not valid", "from 1 to 32")]
    [InlineData(RefusalCodes.OptionInvalid, "block_size=-1", "block_size=-1", "not valid", "from 1 to 32")]
    [InlineData(RefusalCodes.OptionInvalid, "block_size6=129", "block_size6=129", "not valid", "from 1 to 128")]
    [InlineData(RefusalCodes.OptionInvalid, "block_size=15", "block_size=15", "larger than the subnet 10.1.0.0/16", "say 16 or more")]
    [InlineData(RefusalCodes.OptionInvalid, "block_size6=63", "block_size6=63", "larger than the subnet 2001:db8::/64", "say 64 or more")]
    [InlineData(RefusalCodes.OptionInvalid, "gateway=10.1.0.1", "gateway=10.1.0.1", "the only value is none", "--gateway")]
    [InlineData(RefusalCodes.OptionInvalid, "originate=never", "originate=never", "not valid", "say active")]
    [InlineData(RefusalCodes.OptionInvalid, "mtu=1279", "mtu=1279", "IPv6 needs", "1280 or more")]
    public void An_option_that_breaks_a_rule_is_refused(string code, string option, string input, string rule, string wayOut) =>
        Refused(code, Request("10.1.0.0/16 2001:db8::/64", option), input, rule, wayOut);

    [Theory]
    [InlineData(RefusalCodes.SubnetInvalid, "10.1", "--subnet 10.1", "not a prefix", "write it like")]
    [InlineData(RefusalCodes.SubnetInvalid, "10.1.0.0", "--subnet 10.1.0.0", "not a prefix", "write it like")]
    [InlineData(RefusalCodes.SubnetInvalid, "0.0.0.0/0", "--subnet 0.0.0.0/0", "no container can have", "take a unicast prefix")]
    [InlineData(RefusalCodes.SubnetInvalid, "::/0", "--subnet ::/0", "no container can have", "take a unicast prefix")]
    [InlineData(RefusalCodes.SubnetInvalid, "127.1.0.0/16", "127.1.0.0/16", "loopback", "take a unicast prefix")]
    [InlineData(RefusalCodes.SubnetInvalid, "0.1.0.0/16", "0.1.0.0/16", "unspecified", "take a unicast prefix")]
    [InlineData(RefusalCodes.SubnetInvalid, "169.254.7.0/24", "169.254.7.0/24", "link-local", "take a unicast prefix")]
    [InlineData(RefusalCodes.SubnetInvalid, "224.0.0.0/8", "224.0.0.0/8", "multicast", "take a unicast prefix")]
    [InlineData(RefusalCodes.SubnetInvalid, "128.0.0.0/1", "128.0.0.0/1", "multicast", "take a unicast prefix")]
    [InlineData(RefusalCodes.SubnetInvalid, "fe80::/64", "fe80::/64", "link-local", "take a unicast prefix")]
    [InlineData(RefusalCodes.SubnetInvalid, "ff02::/64", "ff02::/64", "multicast", "take a unicast prefix")]
    [InlineData(RefusalCodes.SubnetInvalid, "::/127", "::/127", "loopback", "take a unicast prefix")]
    [InlineData(RefusalCodes.SubnetsOverlap, "10.1.0.0/16 10.1.2.0/24", "--subnet 10.1.2.0/24 overlaps 10.1.0.0/16", "multiple overlapping subnet configuration is not supported", "take prefixes apart")]
    [InlineData(RefusalCodes.SubnetsOverlap, "10.1.2.0/24 10.1.2.0/24", "10.1.2.0/24", "not supported", "take prefixes apart")]
    public void A_subnet_that_breaks_a_rule_is_refused(string code, string subnets, string input, string rule, string wayOut) =>
        Refused(code, Request(subnets), input, rule, wayOut);

    [Theory]
    [InlineData("10.1", "--gateway 10.1", "not an IP address", "like 192.168.1.1")]
    [InlineData("10.1.0.1/16", "--gateway 10.1.0.1/16", "not an IP address", "like 192.168.1.1")]
    [InlineData("10.2.0.1", "--gateway 10.2.0.1", "no matching subnet", "give that subnet too")]
    [InlineData("2001:db8::1", "--gateway 2001:db8::1", "no matching subnet", "give that subnet too")]
    [InlineData("10.1.0.1 10.1.0.2", "--gateway 10.1.0.2", "10.1.0.0/16 has one already (10.1.0.1)", "one per subnet")]
    [InlineData("10.1.0.0", "--gateway 10.1.0.0", "the network address of 10.1.0.0/16", "from 10.1.0.1 to 10.1.255.254")]
    [InlineData("10.1.255.255", "--gateway 10.1.255.255", "the broadcast address of 10.1.0.0/16", "from 10.1.0.1 to 10.1.255.254")]
    public void A_gateway_that_breaks_a_rule_is_refused(string gateways, string input, string rule, string wayOut) =>
        Refused(RefusalCodes.GatewayInvalid, Request("10.1.0.0/16", gateways: gateways), input, rule, wayOut);

    [Fact]
    public void A_gateway_and_gateway_none_exclude_each_other() => Refused(
        RefusalCodes.GatewayInvalid, Request("10.1.0.0/16", "gateway=none", "10.1.0.1"), "gateway=none and --gateway 10.1.0.1", "exclude each other", "leave one of them out");

    [Theory]
    [InlineData("x", "--ip-range x", "not a prefix", "like 192.168.1.128/25")]
    [InlineData("10.1.128.1/17", "--ip-range 10.1.128.1/17", "host bits set", "it should be 10.1.128.0/17")]
    [InlineData("10.0.0.0/8", "--ip-range 10.0.0.0/8", "CIDR block is bigger than its parent subnet 10.1.0.0/16", "10.1.0.0/16")]
    [InlineData("10.2.0.0/24", "--ip-range 10.2.0.0/24", "no matching subnet", "give that subnet too")]
    [InlineData("10.1.1.0/24 10.1.2.0/24", "--ip-range 10.1.2.0/24", "has one already (10.1.1.0/24)", "one per subnet")]
    public void A_range_that_breaks_a_rule_is_refused(string ranges, string input, string rule, string wayOut) =>
        Refused(RefusalCodes.RangeInvalid, Request("10.1.0.0/16") with { Ranges = [.. ranges.Split(' ')] }, input, rule, wayOut);

    [Theory]
    [InlineData("a=x", "--aux-address a=x", "not an IP address", "")]
    [InlineData("a=10.2.0.1", "--aux-address a=10.2.0.1", "no matching subnet", "must lie in a --subnet")]
    [InlineData("=10.1.0.9", "--aux-address =10.1.0.9", "a name of its own", "give another")]
    [InlineData("a=10.1.0.9 a=10.1.0.8", "--aux-address a=10.1.0.8", "a name of its own", "give another")]
    [InlineData("a=10.1.0.9 b=10.1.0.9", "--aux-address b=10.1.0.9", "reserved under another name", "")]
    [InlineData("a=10.1.0.7", "--aux-address a=10.1.0.7", "gateway", "leave it out")]
    [InlineData("a=10.1.0.0", "--aux-address a=10.1.0.0", "network", "leave it out")]
    [InlineData("a=10.1.255.255", "--aux-address a=10.1.255.255", "broadcast", "leave it out")]
    public void An_auxiliary_address_that_breaks_a_rule_is_refused(string aux, string input, string rule, string wayOut) =>
        Refused(RefusalCodes.AuxAddressInvalid, Request("10.1.0.0/16", gateways: "10.1.0.7") with
        {
            AuxAddresses = [.. aux.Split(' ').Select(a => KeyValuePair.Create(a.Split('=')[0], a.Split('=')[1]))],
        }, input, rule, wayOut);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123456789")]
    public void A_name_that_breaks_the_rule_is_refused(string name) =>
        Refused(RefusalCodes.NameInvalid, Request("10.1.0.0/16", name: name), $"'{name}'", "not a network name", "1 to 64 letters");

    [Fact]
    public void A_network_has_addresses_of_some_family()
    {
        Refused(RefusalCodes.NoFamily, Request() with { Ipv4 = false }, "--ipv4=false", "no addresses at all", "add --subnet");
        Refused(RefusalCodes.NoFamily, Request("10.1.0.0/16") with { Ipv4 = false }, "the IPv4 subnet 10.1.0.0/16", "exclude each other", "leave one");
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var (spec, refusals) = NetworkSpecReader.Read(Request(
            "10.1 10.1.0.0/16 10.1.1.0/24", "mode=l3 ipvlan_mode=l4 parent=lo mtu=x gateway=1", "10.2.0.1", "-") with
        {
            Ranges = ["x"],
            AuxAddresses = Aux(("", "10.1.0.9")),
            Ipv4 = false,
        });
        Assert.Null(spec);
        string[] all =
        [
            RefusalCodes.AuxAddressInvalid, RefusalCodes.GatewayInvalid, RefusalCodes.NameInvalid, RefusalCodes.NoFamily,
            RefusalCodes.OptionInvalid, RefusalCodes.OptionUnknown, RefusalCodes.ParentInvalid, RefusalCodes.RangeInvalid,
            RefusalCodes.SubnetInvalid, RefusalCodes.SubnetsOverlap,
        ];
        Assert.Equal(all.Order(StringComparer.Ordinal), refusals.Select(r => r.Code).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(3, refusals.Count(r => r.Code == RefusalCodes.OptionInvalid));
    }

    [Fact]
    public void Whatever_is_typed_there_is_a_spec_or_a_reason()
    {
        var text = Gen.OneOf(
            Gen.String[0, 12], AnyPrefix.Select(p => p.ToString()), AnyIp.Select(i => i.ToString()),
            OneOf("", "10.1.0.0/16", "10.1.0.9", "2001:db8::/64", "none", "auto", "eth0", "l3"));
        var key = Gen.OneOf(text, OneOf("parent", "parent@h", "ipvlan_mode", "ipvlan_flag", "mtu", "gateway", "block_size", "block_size6", "originate", "parent_in"));
        var texts = text.Array[0, 3];
        Gen.Select(texts, texts, texts, texts, Gen.Select(key, text).Array[0, 3], Gen.Bool).Sample((subnets, gateways, ranges, aux, options, ipv4) =>
        {
            var (spec, refusals) = NetworkSpecReader.Read(new NetworkRequest
            {
                Name = subnets.Length > 2 ? subnets[0] : "n",
                Subnets = [.. subnets],
                Gateways = [.. gateways],
                Ranges = [.. ranges],
                AuxAddresses = [.. aux.Select((a, n) => KeyValuePair.Create($"a{n}", a))],
                Options = options.DistinctBy(o => o.Item1).ToImmutableSortedDictionary(o => o.Item1, o => o.Item2),
                Ipv4 = ipv4,
            });
            Assert.Equal(spec is null, refusals.Length > 0);
            Assert.All(refusals, r => Assert.EndsWith(".", r.Text, StringComparison.Ordinal));
            foreach (var subnet in spec?.Subnets ?? [])
            {
                Assert.True(subnet.Gateway is not { } gateway || subnet.IsUsable(gateway));
                Assert.True(subnet.Range is not { } range || subnet.Prefix.Contains(range));
                Assert.All(subnet.Reserved.Values, r => Assert.True(subnet.IsUsable(r) && r != subnet.Gateway));
            }
        }, iter: 3000);
    }

    private static void Refused(string code, NetworkRequest request, params string[] words)
    {
        var (spec, refusals) = NetworkSpecReader.Read(request);
        Assert.Null(spec);
        Support.Domains.Refused(code, Assert.Single(refusals), words);
    }

    private static ImmutableArray<KeyValuePair<string, string>> Aux(params (string Name, string Address)[] pairs) =>
        [.. pairs.Select(p => KeyValuePair.Create(p.Name, p.Address))];
}
