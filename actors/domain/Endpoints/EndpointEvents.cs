using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Domain.Endpoints;

/// <summary>What has happened to one endpoint. Stored for ever: cases are added, never changed.</summary>
public abstract record EndpointEvent
{
    private protected EndpointEvent(Stamp stamp) => Stamp = stamp;

    public Stamp Stamp { get; }
}

/// <param name="Addresses">With the lengths of their subnets, IPv4 first.</param>
public sealed record EndpointCreated(
    Stamp Stamp, EndpointId Endpoint, NetworkId Network, string Name, ImmutableArray<InterfaceAddress> Addresses)
    : EndpointEvent(Stamp)
{
    /// <summary>Whether the container's default route is to lead by it; null: as the network says.</summary>
    public bool? BringsDefault { get; init; }

    public bool Equals(EndpointCreated? other) =>
        other is not null && Stamp == other.Stamp && Endpoint == other.Endpoint && Network == other.Network
        && Name == other.Name && BringsDefault == other.BringsDefault && Addresses.SequenceEqual(other.Addresses);

    public override int GetHashCode() => Endpoint.GetHashCode();
}

/// <summary>It is to have a link in this namespace. Written before the kernel is asked.</summary>
/// <param name="Interface">What the container calls the link.</param>
public sealed record EndpointJoined(Stamp Stamp, Sandbox Sandbox, LinkName Interface) : EndpointEvent(Stamp)
{
    /// <summary>The link of the namespace itself that is the parent, so that it stays that one; none: the network's on the host.</summary>
    public LinkName? Parent { get; init; }

    /// <summary>None: those of its network.</summary>
    public GivenRoutes? Routes { get; init; }
}

/// <summary>
/// It is to have a link in the host's own namespace, which a container runtime moves into this one, names and addresses.
/// Written before the kernel is asked.
/// </summary>
/// <param name="Sandbox">Of an inode that is not known yet: 0.</param>
/// <param name="Link">What the link is called until it is moved.</param>
/// <param name="HasDefault">The container's default route leads by it.</param>
public sealed record EndpointHandedOver(Stamp Stamp, Sandbox Sandbox, LinkName Link, bool HasDefault) : EndpointEvent(Stamp);

/// <summary>The kernel would not have it; nothing is left of the attempt.</summary>
public sealed record EndpointJoinFailed(Stamp Stamp, string Reason) : EndpointEvent(Stamp);

/// <summary>It has no link any more. Written after the kernel agreed, so that no link is ever forgotten.</summary>
public sealed record EndpointLeft(Stamp Stamp, LeaveReason Reason) : EndpointEvent(Stamp);

public sealed record EndpointRemoved(Stamp Stamp) : EndpointEvent(Stamp);

public enum LeaveReason : byte
{
    Asked = 1,

    /// <summary>Its namespace is gone, and the link with it: the container died, or the machine was started anew.</summary>
    SandboxGone = 2,

    /// <summary>The registry took an address of it from this host, and may give it to another.</summary>
    Fenced = 3,

    /// <summary>The container runtime that it was handed over to knows it no more.</summary>
    Forgotten = 4,
}
