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
    /// <summary>The link of the namespace itself that is the parent; none: the network's on the host.</summary>
    public LinkName? Parent { get; init; }

    /// <summary>None: those of its network.</summary>
    public GivenRoutes? Routes { get; init; }
}

/// <summary>Creates the endpoint without joining it to anything. The addresses have been allocated.</summary>
/// <param name="BringsDefault">Whether the container's default route is to lead by it; null: as the network says.</param>
public sealed record CreateEndpoint(
    Stamp Stamp, EndpointId Endpoint, NetworkId Network, string Name, ImmutableArray<InterfaceAddress> Addresses, bool? BringsDefault)
    : EndpointCommand(Stamp);

/// <summary>A container runtime gets its link in the host's own namespace, and moves, names and addresses it by itself.</summary>
/// <param name="Sandbox">Where the runtime will take it; it need not be there yet, so its inode is 0.</param>
/// <param name="Link">What the link is called until it is moved.</param>
/// <param name="HasDefault">The container's default route leads by it.</param>
public sealed record HandOverEndpoint(Stamp Stamp, Sandbox Sandbox, LinkName Link, bool HasDefault) : EndpointCommand(Stamp);

public sealed record FailJoin(Stamp Stamp, string Reason) : EndpointCommand(Stamp);

/// <summary>Asked when the kernel holds no link of it any more.</summary>
public sealed record LeaveEndpoint(Stamp Stamp, LeaveReason Reason) : EndpointCommand(Stamp);

/// <summary>Asked when the kernel holds no link of it any more.</summary>
public sealed record RemoveEndpoint(Stamp Stamp, LeaveReason Reason) : EndpointCommand(Stamp);
