using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

/// <summary>Which address an endpoint gets, and which none.</summary>
public class AllocationTests
{
    [Fact]
    public void The_lowest_free_address_is_given_and_the_gateway_is_not()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24 2001:db8::/64", "parent=eth0")).WithAllBlocks();
        Assert.Equal(["10.1.0.2/24", "2001:db8::2/64"], scene.Allocate('1'));
        Assert.Equal(["10.1.0.3/24", "2001:db8::3/64"], scene.Allocate('2'));
    }

    [Fact]
    public void An_event_says_who_got_what_and_whether_it_was_asked_for()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24 2001:db8::/64")).WithAllBlocks();
        Assert.Equal(
            [
                new AddressAllocated(At(), I("10.1.0.9"), Endpoint('1'), "web-1", AddressKind.Explicit),
                new AddressAllocated(At(), I("2001:db8::2"), Endpoint('1'), "web-1", AddressKind.Dynamic),
            ],
            scene.Do(scene.Asked('1', "10.1.0.9")));
        Assert.Equal(
            [new AddressReleased(At(), I("10.1.0.9"), Endpoint('1')), new AddressReleased(At(), I("2001:db8::2"), Endpoint('1'))],
            scene.Do(new ReleaseAddresses(At(), Endpoint('1'))));
        Assert.Empty(scene.Do(new ReleaseAddresses(At(), Endpoint('1'))));
    }

    [Theory]
    [InlineData("0.0.0.0/0 0.0.0.0/0 ::/0", "10.1.0.2/24 10.1.0.3/24 2001:db8::2/64")]
    [InlineData("10.2.0.0/24 10.1.0.0/24", "10.2.0.2/24 10.1.0.2/24")]
    [InlineData("10.1.0.0/24 10.1.0.2/32", "10.1.0.3/24 10.1.0.2/24")]
    [InlineData("::/0 10.1.0.9/32 10.1.0.8/32", "10.1.0.9/24 10.1.0.8/24 2001:db8::2/64")]
    public void Each_wish_gets_an_address_of_its_own_IPv4_first_in_the_order_asked_for(string wishes, string addresses)
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24 10.2.0.0/24 2001:db8::/64", "parent=eth0")).WithAllBlocks();
        var asked = scene.Asked('1') with { Wishes = [.. wishes.Split(' ').Select(P)] };
        Assert.Null(AddressChoice.Need(asked, scene.State));
        scene.Do(asked);
        Assert.Equal(addresses.Split(' '), scene.State.AddressesOf(Endpoint('1')).Select(a => a.ToString()));
        Assert.Empty(scene.Do(asked));
    }

    [Fact]
    public void A_second_wish_of_a_subnet_claims_a_block_if_the_first_takes_the_last_address_here()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/28", "parent=eth0 block_size=30")).With("10.1.0.0/30");
        var two = scene.Asked('1') with { Wishes = [P("0.0.0.0/0"), P("0.0.0.0/0")] };
        Assert.Null(AddressChoice.Need(two with { Wishes = [P("0.0.0.0/0")] }, scene.State));
        scene.Do(scene.Asked('2')); // 10.1.0.2: of .0 to .3 only .3 is left
        Assert.Equal(new BlockNeed(P("10.1.0.0/28"), null), AddressChoice.Need(two, scene.State));
        scene.With("10.1.0.4/30");
        scene.Do(two);
        Assert.Equal(["10.1.0.3/28", "10.1.0.4/28"], scene.State.AddressesOf(Endpoint('1')).Select(a => a.ToString()));
    }

    [Fact]
    public void A_wish_of_what_is_no_subnet_is_refused_and_none_of_the_others_is_fulfilled()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24")).WithAllBlocks();
        var asked = scene.Asked('1') with { Wishes = [P("10.1.0.0/24"), P("10.2.0.0/24")] };
        Refused(RefusalCodes.AddressInvalid, scene.Try(asked), "10.2.0.0/24 is no subnet of network n", "which has 10.1.0.0/24", "ask for one of these");
    }

    [Fact]
    public void Who_has_addresses_gets_no_others()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24")).WithAllBlocks();
        scene.Allocate('1');
        Assert.Empty(scene.Do(scene.Asked('1')));
        Assert.Empty(scene.Do(scene.Asked('1', "10.1.0.9")));
    }

    [Fact]
    public void A_name_is_taken_until_its_holder_is_gone()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24")).WithAllBlocks();
        scene.Allocate('1');
        Refused(RefusalCodes.EndpointExists, scene.TryAllocate('2', name: "web-1"), "endpoint web-1 exists already in network n", "111111111111", "take another name");
        scene.Release('1');
        Assert.Single(Accepted(scene.TryAllocate('2', name: "web-1")));
    }

    [Fact]
    public void Reserved_addresses_and_the_host_s_own_are_passed_over()
    {
        var request = Request("10.1.0.0/24") with { AuxAddresses = [new("a", "10.1.0.2"), new("b", "10.1.0.4")] };
        var scene = new HostNetworkScene(Spec(request)) { Avoid = [I("10.1.0.3")] }.WithAllBlocks();
        Assert.Equal(["10.1.0.5/24"], scene.Allocate('1'));
    }

    [Theory]
    [InlineData("10.1.0.0", "", RefusalCodes.AddressReserved, "the network address of 10.1.0.0/24", "from 10.1.0.1 to 10.1.0.254")]
    [InlineData("10.1.0.255", "", RefusalCodes.AddressReserved, "the broadcast address of 10.1.0.0/24", "from 10.1.0.1 to 10.1.0.254")]
    [InlineData("", "2001:db8::", RefusalCodes.AddressReserved, "the subnet-router anycast address of 2001:db8::/64", "from 2001:db8::1")]
    [InlineData("10.1.0.1", "", RefusalCodes.AddressReserved, "the gateway of network n", "take another")]
    [InlineData("10.1.0.9", "", RefusalCodes.AddressReserved, "auxiliary address 'router' of network n", "take another")]
    [InlineData("10.1.0.7", "", RefusalCodes.AddressInUse, "an address of this host itself", "take another")]
    [InlineData("10.2.0.7", "", RefusalCodes.AddressInvalid, "no configured subnet contains IP address 10.2.0.7", "10.1.0.0/24, 2001:db8::/64")]
    [InlineData("", "2001:db9::1", RefusalCodes.AddressInvalid, "no configured subnet contains IP address 2001:db9::1", "2001:db8::/64")]
    [InlineData("10.1.0.2", "", RefusalCodes.AddressInUse, "Address already in use: 10.1.0.2 is held by endpoint web-1", "take another")]
    [InlineData("10.1.0.99", "", RefusalCodes.AddressElsewhere, "address 10.1.0.99", "no block of this host")]
    public void A_wanted_address_that_cannot_be_had_is_refused(string wanted4, string wanted6, string code, string rule, string wayOut)
    {
        var scene = new HostNetworkScene(Spec(Request("10.1.0.0/24 2001:db8::/64") with { AuxAddresses = [new("router", "10.1.0.9")] })) { Avoid = [I("10.1.0.7")] }
            .WithAllBlocks();
        scene.Allocate('1');
        Refused(code, scene.TryAllocate('2', wanted4, wanted6), wanted4 + wanted6, rule, wayOut);
        Assert.Equal(code == RefusalCodes.AddressElsewhere, scene.Need('2', wanted4, wanted6) is not null);
    }

    [Fact]
    public void An_address_of_a_family_that_the_network_lacks_is_refused() => Refused(
        RefusalCodes.AddressInvalid, new HostNetworkScene(Spec("10.1.0.0/24")).WithAllBlocks().TryAllocate('1', "", "2001:db8::9"), "no configured subnet contains IP address 2001:db8::9");

    [Fact]
    public void A_released_address_rests()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24")).WithAllBlocks();
        scene.Allocate('1');
        scene.Now = 10;
        scene.Release('1');
        scene.Now = 39.999;
        Assert.Equal(["10.1.0.3/24"], scene.Allocate('2'));
        scene.Now = 40;
        Assert.Equal(["10.1.0.2/24"], scene.Allocate('3'));
        Assert.Empty(scene.State.Blocks.Values.Single().Resting);
    }

    [Fact]
    public void A_resting_address_may_be_asked_for()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24")).WithAllBlocks();
        scene.Allocate('1');
        scene.Release('1');
        Assert.Equal(["10.1.0.2/24"], scene.Allocate('2', "10.1.0.2"));
    }

    [Fact]
    public void When_nothing_else_is_left_the_longest_resting_address_is_given()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/29", "block_size=29")).WithAllBlocks();
        foreach (var endpoint in "12345")
            scene.Allocate(endpoint);
        foreach (var endpoint in "42")
        {
            scene.Now++;
            scene.Release(endpoint);
        }

        scene.Exhausted = [P("10.1.0.0/29")];
        Assert.Equal(["10.1.0.5/29"], scene.Allocate('6'));
        Assert.Equal(["10.1.0.3/29"], scene.Allocate('7'));
        Refused(RefusalCodes.AddressesExhausted, scene.TryAllocate('8'), "no available IPv4 addresses in network n (10.1.0.0/29)", "remove endpoints", "larger subnet");
    }

    [Fact]
    public void Resting_gives_way_to_another_block_first()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24", "block_size=30")).With("10.1.0.0/30");
        scene.Allocate('1');
        scene.Allocate('2');
        scene.Release('1');
        Assert.Equal(new BlockNeed(P("10.1.0.0/24"), null), scene.Need('3'));
        scene.With("10.1.0.4/30");
        Assert.Equal(["10.1.0.4/24"], scene.Allocate('3'));
    }

    [Fact]
    public void The_next_subnet_comes_when_the_first_has_no_block_left()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/30 10.2.0.0/30")).With("10.1.0.0/30");
        Assert.Equal(["10.1.0.2/30"], scene.Allocate('1'));
        Assert.Equal(new BlockNeed(P("10.1.0.0/30"), null), scene.Need('2'));
        scene.Exhausted = [P("10.1.0.0/30")];
        Assert.Equal(new BlockNeed(P("10.2.0.0/30"), null), scene.Need('2'));
        scene.With("10.2.0.0/30");
        Assert.Equal(["10.2.0.2/30"], scene.Allocate('2'));
        scene.Exhausted = [P("10.1.0.0/30"), P("10.2.0.0/30")];
        Assert.Null(scene.Need('3'));
        Refused(RefusalCodes.AddressesExhausted, scene.TryAllocate('3'), "10.1.0.0/30, 10.2.0.0/30");
    }

    [Fact]
    public void An_ip_range_bounds_what_is_given_but_not_what_is_asked_for()
    {
        var scene = new HostNetworkScene(Spec(Request("10.1.0.0/24") with { Ranges = ["10.1.0.128/30"] })).With("10.1.0.128/28", "10.1.0.0/28");
        Assert.Equal(["10.1.0.128/24"], scene.Allocate('1'));
        Assert.Equal(["10.1.0.5/24"], scene.Allocate('2', "10.1.0.5"));
        foreach (var endpoint in "345")
            scene.Allocate(endpoint);
        scene.Exhausted = [P("10.1.0.0/24")];
        Refused(RefusalCodes.AddressesExhausted, scene.TryAllocate('6'));
    }

    [Theory]
    [InlineData("10.0.0.0/31", "10.0.0.0/31 10.0.0.1/31")]
    [InlineData("10.0.0.7/32", "10.0.0.7/32")]
    [InlineData("2001:db8::/127", "2001:db8::/127 2001:db8::1/127")]
    [InlineData("2001:db8::7/128", "2001:db8::7/128")]
    public void Every_address_of_a_point_to_point_subnet_can_be_had(string subnet, string addresses)
    {
        var scene = new HostNetworkScene(Spec(Request(subnet) with { Ipv4 = !subnet.Contains(':', StringComparison.Ordinal) }));
        foreach (var block in P(subnet) is var p && p.HostBits == 1 ? new[] { p.Nth(p.First.BitWidth, 0), p.Nth(p.First.BitWidth, 1) } : [p])
            scene.With(block.ToString());
        var given = addresses.Split(' ').Select((_, n) => scene.Allocate((char)('1' + n)).Single()).ToArray();
        Assert.Equal(addresses, string.Join(' ', given));
        scene.Exhausted = [P(subnet)];
        Refused(RefusalCodes.AddressesExhausted, scene.TryAllocate('9'));
    }

    [Fact]
    public void One_family_refused_is_both_refused()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24 2001:db8::/64")).With("10.1.0.0/28");
        scene.Exhausted = [P("2001:db8::/64")];
        Refused(RefusalCodes.AddressesExhausted, scene.TryAllocate('1'), "no available IPv6 addresses");
        Assert.Empty(scene.State.Holders);
    }

    [Fact]
    public void The_first_need_is_a_block_of_each_family_in_turn()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24 2001:db8::/64"));
        Assert.Equal(new BlockNeed(P("10.1.0.0/24"), null), scene.Need('1'));
        scene.With("10.1.0.0/28");
        Assert.Equal(new BlockNeed(P("2001:db8::/64"), null), scene.Need('1'));
        Assert.Equal(new BlockNeed(P("2001:db8::/64"), I("2001:db8::9")), scene.Need('1', "", "2001:db8::9"));
        scene.With("2001:db8::/122");
        Assert.Null(scene.Need('1'));
        Assert.Equal(new BlockNeed(P("10.1.0.0/24"), I("10.1.0.99")), scene.Need('1', "10.1.0.99"));
    }

    [Fact]
    public void Whoever_is_answered_anyway_needs_no_block()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/30")).With("10.1.0.0/30");
        scene.Allocate('1');
        Assert.Null(scene.Need('1'));
        Assert.Null(AddressChoice.Need(scene.Asked('2', name: "web-1"), scene.State));
        Assert.Null(AddressChoice.Need(scene.Asked('2'), HostNetworkDecider.Initial));
    }
}
