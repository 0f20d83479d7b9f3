using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Endpoints;

/// <summary>Endpoints whose link a container runtime moves, names and addresses.</summary>
public class HandOverTests
{
    private static readonly Sandbox Box = new("/run/docker/netns/fa4d20c213b4", 0, "boot");
    private static readonly ImmutableArray<InterfaceAddress> Addresses = [InterfaceAddress.Parse("10.1.0.2/16")];
    private EndpointState _state = EndpointDecider.Initial;

    [Fact]
    public void It_is_created_first_and_handed_over_later_each_once()
    {
        Assert.Equal([new EndpointCreated(At(), Endpoint('1'), Network('1'), "web", Addresses) { BringsDefault = false }], Do(Create() with { BringsDefault = false }));
        Assert.True(_state is { IsJoined: false, IsOfRuntime: true, BringsDefault: false });
        Assert.Empty(Do(Create()));
        Assert.Equal([new EndpointHandedOver(At(), Box, Link("iv-1"), true)], Do(HandOver()));
        Assert.True(_state is { IsJoined: true, IsHandedOver: true, HasDefault: true, IsOfRuntime: true });
        Assert.Equal((Box, Link("iv-1")), (_state.Sandbox, _state.Interface));
        Assert.Empty(Do(HandOver()));
    }

    [Fact]
    public void The_runtime_may_take_it_elsewhere()
    {
        Do(Create());
        Do(HandOver());
        Assert.Single(Do(HandOver() with { Sandbox = Box with { Path = "/run/docker/netns/other" } }));
    }

    [Fact]
    public void What_was_never_created_or_is_gone_is_not_handed_over()
    {
        Refused(RefusalCodes.EndpointUnknown, Try(HandOver()), "has been removed, or never was");
        Do(Create());
        Do(new RemoveEndpoint(At(), LeaveReason.Forgotten));
        Refused(RefusalCodes.EndpointUnknown, Try(HandOver()), "has been removed");
        Refused(RefusalCodes.EndpointUnknown, Try(Create()), "has been removed");
    }

    [Fact]
    public void One_that_joined_by_itself_is_not_handed_over()
    {
        Do(new JoinEndpoint(At(), Endpoint('1'), Network('1'), "web", Addresses, Box with { Inode = 7 }, Link("eth0")));
        Assert.False(_state.IsOfRuntime);
        Refused(RefusalCodes.EndpointExists, Try(HandOver()), "is joined to /run/docker/netns/fa4d20c213b4 as eth0", "let it leave first");
    }

    [Theory]
    [InlineData("l2", null, "", true)]
    [InlineData("l3", null, "", true)]
    [InlineData("l2", null, "l2", true)] // the runtime picks one of the gateways
    [InlineData("l2", null, "l3", false)]
    [InlineData("l3", null, "l2", false)]
    [InlineData("l3", null, "l3", false)]
    [InlineData("l3", true, "l3", false)] // a second one would be refused by the kernel, whoever wishes it
    [InlineData("l3", false, "", false)]
    [InlineData("l3 no", null, "", false)]
    [InlineData("l3 no", true, "", true)]
    public void Of_several_networks_one_brings_the_default_route(string mode, bool? wish, string other, bool brings)
    {
        var words = mode.Split(' ');
        var spec = Spec("10.1.0.0/16", $"parent=eth0 ipvlan_mode={words[0]} default_route={words.ElementAtOrDefault(1) ?? "yes"}");
        NetworkSpec[] others = other.Length == 0 ? [] : [Spec("10.2.0.0/16", $"parent=eth1 ipvlan_mode={other}")];
        Assert.Equal(brings, ContainerRoutes.MayBringDefault(spec, wish, others));
    }

    [Fact]
    public void An_isolated_network_never_brings_it() =>
        Assert.False(ContainerRoutes.MayBringDefault(Spec("10.1.0.0/16", "ipvlan_mode=l3"), true, []));

    [Theory]
    [InlineData("l3", "10.2.0.0/16 dev eth0 proto 3")]
    [InlineData("l2", "10.2.0.0/16 via 10.1.0.1 dev eth0 proto 3")]
    public void Without_the_default_route_a_network_brings_its_other_subnets(string mode, string routes)
    {
        var spec = Spec("10.1.0.0/16 10.2.0.0/16", $"parent=eth0 ipvlan_mode={mode}");
        Assert.Equal(routes, string.Join("; ", ContainerRoutes.For(spec, Addresses, Link("eth0"), withDefault: false)));
    }

    private static CreateEndpoint Create() => new(At(), Endpoint('1'), Network('1'), "web", Addresses, null);

    private static HandOverEndpoint HandOver() => new(At(), Box, Link("iv-1"), HasDefault: true);

    private Decision<EndpointEvent> Try(EndpointCommand command) => EndpointDecider.Decide(command, _state);

    private EndpointEvent[] Do(EndpointCommand command)
    {
        var events = Accepted(Try(command));
        _state = events.Aggregate(_state, EndpointDecider.Evolve);
        return events;
    }
}
