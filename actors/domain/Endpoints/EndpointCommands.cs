using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Domain.Endpoints;

/// <summary>What can be asked of one endpoint.</summary>
public abstract record EndpointCommand
{
    private protected EndpointCommand(Stamp stamp) => Stamp = stamp;

    public Stamp Stamp { get; }
}

/// <summary>Creates the endpoint if there is none, and joins it to a namespace. The addresses have been allocated.</summary>
public sealed record JoinEndpoint(
    Stamp Stamp,
    EndpointId Endpoint,
    NetworkId Network,
    string Name,
    ImmutableArray<InterfaceAddress> Addresses,
    Sandbox Sandbox,
    LinkName Interface) : EndpointCommand(Stamp)
{
    /// <summary>None: those of its network.</summary>
    public GivenRoutes? Routes { get; init; }
}

public sealed record FailJoin(Stamp Stamp, string Reason) : EndpointCommand(Stamp);

/// <summary>Asked when the kernel holds no link of it any more.</summary>
public sealed record LeaveEndpoint(Stamp Stamp, LeaveReason Reason) : EndpointCommand(Stamp);

/// <summary>Asked when the kernel holds no link of it any more.</summary>
public sealed record RemoveEndpoint(Stamp Stamp, LeaveReason Reason) : EndpointCommand(Stamp);
