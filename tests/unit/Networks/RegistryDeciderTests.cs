using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

public class RegistryDeciderTests
{
    private RegistryState _state = RegistryDecider.Initial;

    [Fact]
    public void A_host_is_registered_once_and_again_under_a_new_name()
    {
        Assert.Equal([new HostRegistered(At(), HostA, "h1")], Do(new RegisterHost(At(), "h1")));
        Assert.Empty(Do(new RegisterHost(At(9), "h1")));
        Assert.Equal([new HostRegistered(At(9), HostA, "h2")], Do(new RegisterHost(At(9), "h2")));
        Assert.Equal("h2", _state.Hosts[HostA].Name);
    }

    [Fact]
    public void A_host_s_starts_are_on_record_and_never_go_back()
    {
        Assert.Equal([new HostRegistered(At(), HostA, "h1", 3)], Do(new RegisterHost(At(), "h1", 3)));
        Assert.Empty(Do(new RegisterHost(At(1), "h1", 3)));
        Assert.Empty(Do(new RegisterHost(At(2), "h1", 2)));
        Assert.Equal([new HostRegistered(At(3), HostA, "h1", 4)], Do(new RegisterHost(At(3), "h1", 4)));
        Assert.Equal([new HostRegistered(At(4), HostA, "h9", 4)], Do(new RegisterHost(At(4), "h9", 1)));
        Assert.Equal((4, 0), (_state.IncarnationOf(HostA), _state.IncarnationOf(HostB)));
    }

    [Fact]
    public void A_host_is_forgotten_once_and_may_come_back()
    {
        Do(new RegisterHost(At(), "h1"));
        Assert.Equal([new HostForgotten(At(host: HostB), HostA)], Do(new ForgetHost(At(host: HostB), HostA)));
        Assert.Empty(Do(new ForgetHost(At(host: HostB), HostA)));
        Assert.Empty(_state.Hosts);
        Assert.Single(Do(new RegisterHost(At(), "h1")));
    }

    [Fact]
    public void A_name_is_unique_and_the_same_network_is_reserved_once()
    {
        Assert.Single(Do(Reserve('1', Spec("10.1.0.0/16"))));
        Assert.Empty(Do(Reserve('1', Spec("10.1.0.0/16"))));
        Refused(RefusalCodes.NetworkExists, Try(Reserve('2', Spec("10.2.0.0/16"))), "network with name n already exists", "111111111111", "take another name");
    }

    [Theory]
    [InlineData("10.1.0.0/16")]
    [InlineData("10.1.7.0/24")]
    [InlineData("10.0.0.0/8")]
    [InlineData("10.2.0.0/16 10.1.0.0/24")]
    [InlineData("2001:db8::/48")]
    public void Subnets_never_overlap_in_the_cluster(string subnets)
    {
        Do(Reserve('1', Spec("10.1.0.0/16 2001:db8::/64", name: "first")));
        Refused(RefusalCodes.SubnetTaken, Try(Reserve('2', Spec(subnets))), "overlaps", "of network first", "unique in the cluster", "take another prefix");
    }

    [Theory]
    [InlineData("parent=eth0", "parent=eth0 ipvlan_mode=l3 parent_in=container")]
    [InlineData("parent=eth0 parent_in=container", "parent=eth0 ipvlan_mode=l3")]
    [InlineData("parent=eth0 parent_in=container", "parent=eth0 ipvlan_mode=l3 parent_in=container")]
    public void Parents_in_containers_are_as_many_as_there_are_containers(string first, string second)
    {
        Do(Reserve('1', Spec("10.1.0.0/16", first, name: "first")));
        Assert.Single(Do(Reserve('2', Spec("10.2.0.0/16", second))));
    }

    [Theory]
    [InlineData("parent=eth0 ipvlan_mode=l3")]
    [InlineData("parent=eth0 ipvlan_flag=private")]
    public void One_parent_has_one_mode_and_flag(string options)
    {
        Do(Reserve('1', Spec("10.1.0.0/16", "parent=eth0", name: "first")));
        Refused(RefusalCodes.ParentInUse, Try(Reserve('2', Spec("10.2.0.0/16", options))), "parent eth0", "network first in mode l2/bridge", "l2/bridge here too", "eth0.10");
    }

    [Theory]
    [InlineData("parent=eth0")]
    [InlineData("parent=eth0.10 ipvlan_mode=l3")]
    [InlineData("parent=eth1 ipvlan_mode=l3")]
    [InlineData("ipvlan_mode=l3")]
    [InlineData("parent@h=eth0 ipvlan_mode=l3")]
    public void Networks_share_a_parent_or_have_their_own(string options)
    {
        Do(Reserve('1', Spec("10.1.0.0/16", "parent=eth0", name: "first")));
        Assert.Single(Do(Reserve('2', Spec("10.2.0.0/16", options))));
    }

    [Fact]
    public void An_isolated_network_is_in_nobody_s_way()
    {
        Do(Reserve('1', Spec(Request("10.1.0.0/16", "parent=eth0 ipvlan_mode=l3", name: "first") with { Internal = true })));
        Assert.Single(Do(Reserve('2', Spec("10.2.0.0/16", "parent=eth0"))));
    }

    [Fact]
    public void Default_subnets_go_round_what_is_taken()
    {
        Do(Reserve('1', Spec("172.18.0.0/24", name: "first")));
        Assert.Equal("172.20.0.0/16", DefaultOf('2', "", P("172.19.7.1/32")));
        Assert.Equal("172.19.0.0/16", DefaultOf('3', ""));
        Assert.Equal("172.21.0.0/16", DefaultOf('4', "2001:db8::/64"));
    }

    [Fact]
    public void A_default_subnet_goes_in_front_with_a_gateway_of_its_own()
    {
        var spec = Assert.IsType<NetworkNameReserved>(Assert.Single(Do(Reserve('1', Spec("2001:db8::/64", "parent=eth0"))))).Spec;
        Assert.Equal(["172.18.0.0/16", "2001:db8::/64"], spec.Subnets.Select(s => s.Prefix.ToString()));
        Assert.Equal((true, false), (spec.Subnets[0].IsDefault, spec.Subnets[1].IsDefault));
    }

    [Fact]
    public void When_the_pools_are_used_up_a_subnet_must_be_named()
    {
        ImmutableArray<Prefix> avoid = [P("172.16.0.0/12"), P("192.168.0.0/16")];
        Refused(RefusalCodes.PoolsExhausted, Try(new ReserveNetwork(At(), Network('1'), Spec(""), avoid)), "all predefined address pools", "name a --subnet");
        Assert.Single(Do(new ReserveNetwork(At(), Network('1'), Spec("10.1.0.0/16"), avoid)));
    }

    [Fact]
    public void A_freed_name_and_its_subnets_are_to_be_had_again()
    {
        Do(Reserve('1', Spec("10.1.0.0/16")));
        Assert.Equal([new NetworkNameFreed(At(), Network('1'), 7)], Do(new FreeNetworkName(At(), Network('1'), 7)));
        Assert.Empty(Do(new FreeNetworkName(At(), Network('1'), 7)));
        Assert.Equal(7, _state.RetiredEvents);
        Assert.Single(Do(Reserve('2', Spec("10.1.0.0/16"))));
        Do(new FreeNetworkName(At(), Network('2'), 5));
        Assert.Equal(12, _state.RetiredEvents);
    }

    [Fact]
    public void A_network_is_found_by_its_exact_name()
    {
        Do(Reserve('1', Spec("10.1.0.0/16", name: "web")));
        Assert.Equal(Network('1'), _state.Named("web")?.Key);
        Assert.Null(_state.Named("Web"));
    }

    private string DefaultOf(char network, string subnets, params Prefix[] avoid)
    {
        var reserve = new ReserveNetwork(At(), Network(network), Spec(subnets, name: $"n{network}"), [.. avoid]);
        return Assert.IsType<NetworkNameReserved>(Assert.Single(Do(reserve))).Spec.Subnets[0].Prefix.ToString();
    }

    private static ReserveNetwork Reserve(char network, NetworkSpec spec) => new(At(), Network(network), spec, []);

    private Decision<RegistryEvent> Try(RegistryCommand command) => RegistryDecider.Decide(command, _state);

    private RegistryEvent[] Do(RegistryCommand command)
    {
        var events = Accepted(Try(command));
        _state = events.Aggregate(_state, RegistryDecider.Evolve);
        return events;
    }
}
