using System.Collections.Immutable;
using System.Diagnostics;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Domain.Endpoints;

/// <summary>One endpoint's life.</summary>
/// <param name="Sandbox">Where it is, or last was.</param>
/// <param name="Reason">Why the last join failed, or why it lost its link unasked; empty otherwise.</param>
public sealed record EndpointState(
    EndpointId Endpoint,
    NetworkId Network,
    string Name,
    ImmutableArray<InterfaceAddress> Addresses,
    EndpointStage Stage,
    Sandbox? Sandbox,
    LinkName Interface,
    string Reason,
    DateTimeOffset Created)
{
    /// <summary>None: those of its network.</summary>
    public GivenRoutes? Routes { get; init; }

    /// <summary>The link of its own namespace that its link hangs on; none: the network's on the host.</summary>
    public LinkName? Parent { get; init; }

    public bool Exists => Stage is not (EndpointStage.None or EndpointStage.Removed);

    public bool IsJoined => Stage == EndpointStage.Joined;

    /// <summary>Its link is a container runtime's to move, to name and to address.</summary>
    public bool IsHandedOver { get; init; }

    /// <summary>A container runtime made it, and will remove it: whoever joins by itself creates and joins in one.</summary>
    public bool IsOfRuntime => IsHandedOver || Stage == EndpointStage.Created;

    /// <summary>What was said of the default route for this endpoint alone; null: nothing.</summary>
    public bool? BringsDefault { get; init; }

    /// <summary>Of one that is handed over: the container's default route leads by it.</summary>
    public bool HasDefault { get; init; }
}

public enum EndpointStage : byte
{
    None,
    Created,
    Joined,
    Left,
    Failed,
    Removed,
}

public sealed class EndpointDecider : IDecider<EndpointCommand, EndpointEvent, EndpointState>
{
    private EndpointDecider()
    {
    }

    public static EndpointState Initial { get; } =
        new(default, default, "", [], EndpointStage.None, null, default, "", default);

    public static Decision<EndpointEvent> Decide(EndpointCommand command, EndpointState state) => (command, state.Stage) switch
    {
        (JoinEndpoint c, not EndpointStage.Removed) when WithoutAddress(c) is { } route => Refuse(RefusalCodes.RouteInvalid,
            $"route {route}: endpoint {c.Name} has no {route.Destination.Family.Name()} address to send from; leave the route out, or take a network with a subnet of that family."),
        (JoinEndpoint c, EndpointStage.None) => Accept(
            new EndpointCreated(c.Stamp, c.Endpoint, c.Network, c.Name, c.Addresses), Joined(c)),
        (JoinEndpoint c, EndpointStage.Joined) when state.Sandbox == c.Sandbox && state.Interface == c.Interface && state.Routes == c.Routes => Accept(),
        (JoinEndpoint c, EndpointStage.Joined) when state.Sandbox == c.Sandbox && state.Interface == c.Interface => Refuse(RefusalCodes.EndpointExists,
            $"endpoint {state.Name} (id {state.Endpoint.Short}) is joined with other routes: let it leave first, or take another name."),
        (JoinEndpoint, EndpointStage.Joined) => Refuse(RefusalCodes.EndpointExists,
            $"endpoint {state.Name} (id {state.Endpoint.Short}) is joined to {state.Sandbox!.Path} as {state.Interface}: let it leave first, or take another name."),
        (JoinEndpoint, EndpointStage.Removed) => Refuse(RefusalCodes.EndpointUnknown, "the endpoint has been removed."),
        (JoinEndpoint c, _) => Accept(Joined(c)),

        (CreateEndpoint c, EndpointStage.None) => Accept(
            new EndpointCreated(c.Stamp, c.Endpoint, c.Network, c.Name, c.Addresses) { BringsDefault = c.BringsDefault }),
        (CreateEndpoint, EndpointStage.Removed) or (HandOverEndpoint, EndpointStage.None or EndpointStage.Removed) =>
            Refuse(RefusalCodes.EndpointUnknown, "the endpoint has been removed, or never was."),
        (CreateEndpoint, _) => Accept(),
        (HandOverEndpoint, EndpointStage.Joined) when !state.IsHandedOver => Refuse(RefusalCodes.EndpointExists,
            $"endpoint {state.Name} (id {state.Endpoint.Short}) is joined to {state.Sandbox!.Path} as {state.Interface}: let it leave first."),
        (HandOverEndpoint c, EndpointStage.Joined) when state.Sandbox == c.Sandbox => Accept(),
        (HandOverEndpoint c, _) => Accept(new EndpointHandedOver(c.Stamp, c.Sandbox, c.Link, c.HasDefault)),

        (FailJoin c, EndpointStage.Joined) => Accept(new EndpointJoinFailed(c.Stamp, c.Reason)),
        (LeaveEndpoint c, EndpointStage.Joined) => Accept(new EndpointLeft(c.Stamp, c.Reason)),
        (RemoveEndpoint c, EndpointStage.Joined) => Accept(new EndpointLeft(c.Stamp, c.Reason), new EndpointRemoved(c.Stamp)),
        (RemoveEndpoint c, EndpointStage.Created or EndpointStage.Left or EndpointStage.Failed) => Accept(new EndpointRemoved(c.Stamp)),
        (FailJoin or LeaveEndpoint or RemoveEndpoint, _) => Accept(),

        _ => throw new UnreachableException($"{command.GetType().Name} has no rule."),
    };

    public static EndpointState Evolve(EndpointState state, EndpointEvent @event) => @event switch
    {
        EndpointCreated e => state with
        {
            Endpoint = e.Endpoint,
            Network = e.Network,
            Name = e.Name,
            Addresses = e.Addresses,
            Stage = EndpointStage.Created,
            Created = e.Stamp.At,
            BringsDefault = e.BringsDefault,
        },
        EndpointJoined e => state with
        {
            Stage = EndpointStage.Joined,
            Sandbox = e.Sandbox,
            Interface = e.Interface,
            Routes = e.Routes,
            Parent = e.Parent,
            Reason = "",
            IsHandedOver = false,
            HasDefault = false,
        },
        EndpointHandedOver e => state with
        {
            Stage = EndpointStage.Joined,
            Sandbox = e.Sandbox,
            Interface = e.Link,
            Parent = null,
            Reason = "",
            IsHandedOver = true,
            HasDefault = e.HasDefault,
        },
        EndpointJoinFailed e => state with { Stage = EndpointStage.Failed, Reason = e.Reason },
        EndpointLeft e => state with
        {
            Stage = EndpointStage.Left,
            Reason = e.Reason == LeaveReason.Fenced ? "fenced: the registry took its address from this host; remove it, and join again" : "",
        },
        EndpointRemoved => state with { Stage = EndpointStage.Removed },
        _ => state,
    };

    private static EndpointJoined Joined(JoinEndpoint c) => new(c.Stamp, c.Sandbox, c.Interface) { Routes = c.Routes, Parent = c.Parent };

    private static GivenRoute? WithoutAddress(JoinEndpoint c)
    {
        foreach (var route in c.Routes?.All ?? [])
        {
            if (!c.Addresses.Any(a => a.Address.Family == route.Destination.Family))
                return route;
        }

        return null;
    }

    private static Decision<EndpointEvent> Accept(params ReadOnlySpan<EndpointEvent> events) => Outcome.Accept(events);

    private static Decision<EndpointEvent> Refuse(string code, string text) => Outcome.Refuse<EndpointEvent>(code, text);
}
