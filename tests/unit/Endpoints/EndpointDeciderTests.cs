using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Endpoints;

public class EndpointDeciderTests
{
    private static readonly Sandbox Web = new("/run/netns/web", 7, "boot");
    private static readonly ImmutableArray<InterfaceAddress> Addresses = [InterfaceAddress.Parse("10.1.0.2/16")];
    private EndpointState _state = EndpointDecider.Initial;

    [Fact]
    public void A_join_creates_the_endpoint_and_is_asked_once()
    {
        Assert.Equal(
            [new EndpointCreated(At(), Endpoint('1'), Network('1'), "web", Addresses), new EndpointJoined(At(), Web, Link("eth0"))],
            Do(Join()));
        Assert.True(_state is { Exists: true, IsJoined: true });
        Assert.Equal((Endpoint('1'), Network('1'), "web", Web, Link("eth0"), Noon), (_state.Endpoint, _state.Network, _state.Name, _state.Sandbox, _state.Interface, _state.Created));
        Assert.Empty(Do(Join(9)));
    }

    [Fact]
    public void A_joined_endpoint_joins_nowhere_else()
    {
        Do(Join());
        Refused(RefusalCodes.EndpointExists, Try(Join() with { Sandbox = Web with { Inode = 8 } }), "endpoint web", "joined to /run/netns/web as eth0", "let it leave first");
        Refused(RefusalCodes.EndpointExists, Try(Join() with { Interface = Link("eth1") }), "take another name");
    }

    [Fact]
    public void Given_routes_are_kept_and_are_the_same_when_asked_again()
    {
        var given = new GivenRoutes([new(P("10.9.0.0/16"), null)]);
        Assert.Equal(given, Assert.IsType<EndpointJoined>(Do(Join() with { Routes = given })[1]).Routes);
        Assert.Equal(given, _state.Routes);
        Assert.Empty(Do(Join() with { Routes = new([new(P("10.9.0.0/16"), null)]) }));
        Refused(RefusalCodes.EndpointExists, Try(Join()), "joined with other routes");
        Do(new LeaveEndpoint(At(), LeaveReason.Asked));
        Do(Join());
        Assert.Null(_state.Routes);
    }

    [Fact]
    public void A_route_of_a_family_without_an_address_is_refused()
    {
        var join = Join() with { Routes = new([new(P("10.9.0.0/16"), null), new(P("2001:db8::/64"), null)]) };
        Refused(RefusalCodes.RouteInvalid, Try(join), "route 2001:db8::/64", "has no IPv6 address");
        Assert.Equal(EndpointDecider.Initial, _state);
    }

    [Fact]
    public void An_endpoint_that_left_may_join_again_elsewhere()
    {
        Do(Join());
        Assert.Equal([new EndpointLeft(At(), LeaveReason.SandboxGone)], Do(new LeaveEndpoint(At(), LeaveReason.SandboxGone)));
        Assert.True(_state is { Exists: true, IsJoined: false });
        Assert.Empty(Do(new LeaveEndpoint(At(), LeaveReason.Asked)));
        var elsewhere = Join() with { Sandbox = Web with { Inode = 8 } };
        Assert.Equal([new EndpointJoined(At(), elsewhere.Sandbox, Link("eth0"))], Do(elsewhere));
    }

    [Fact]
    public void A_failed_join_says_why_until_one_succeeds()
    {
        Do(Join());
        Assert.Equal([new EndpointJoinFailed(At(), "File exists")], Do(new FailJoin(At(), "File exists")));
        Assert.Equal((EndpointStage.Failed, "File exists", true), (_state.Stage, _state.Reason, _state.Exists));
        Assert.Empty(Do(new FailJoin(At(), "again")));
        Assert.Single(Do(Join()));
        Assert.Equal((EndpointStage.Joined, ""), (_state.Stage, _state.Reason));
    }

    [Fact]
    public void A_joined_endpoint_leaves_before_it_is_removed()
    {
        Do(Join());
        Assert.Equal([new EndpointLeft(At(), LeaveReason.Asked), new EndpointRemoved(At())], Do(new RemoveEndpoint(At(), LeaveReason.Asked)));
        Assert.False(_state.Exists);
        Assert.Empty(Do(new RemoveEndpoint(At(), LeaveReason.Asked)));
        Refused(RefusalCodes.EndpointUnknown, Try(Join()), "has been removed");
    }

    [Theory]
    [InlineData(EndpointStage.Created)]
    [InlineData(EndpointStage.Left)]
    [InlineData(EndpointStage.Failed)]
    public void One_that_is_not_joined_is_just_removed(EndpointStage stage)
    {
        Do(Join());
        _state = _state with { Stage = stage };
        Assert.Equal([new EndpointRemoved(At())], Do(new RemoveEndpoint(At(), LeaveReason.Asked)));
    }

    [Fact]
    public void Nothing_is_asked_of_one_that_never_was()
    {
        foreach (var command in new EndpointCommand[] { new FailJoin(At(), ""), new LeaveEndpoint(At(), LeaveReason.Asked), new RemoveEndpoint(At(), LeaveReason.Asked) })
            Assert.Empty(Do(command));
        Assert.Equal(EndpointDecider.Initial, _state);
    }

    private static JoinEndpoint Join(double at = 0) => new(At(at), Endpoint('1'), Network('1'), "web", Addresses, Web, Link("eth0"));

    private Decision<EndpointEvent> Try(EndpointCommand command) => EndpointDecider.Decide(command, _state);

    private EndpointEvent[] Do(EndpointCommand command)
    {
        var events = Accepted(Try(command));
        _state = events.Aggregate(_state, EndpointDecider.Evolve);
        return events;
    }
}
