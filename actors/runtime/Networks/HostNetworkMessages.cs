using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime.Networks;

/// <summary>To this host's part of one network.</summary>
public interface IToNetwork : INoSerializationVerificationNeeded
{
    NetworkId Network { get; }
}

/// <summary>On the event stream: this host has taken in a catalogue, and what its journal says against it is journaled.</summary>
public sealed record CatalogueCompared(long Version) : INoSerializationVerificationNeeded;

/// <summary>Bring the network to this host; answered by <see cref="AttachResult"/> once its parent link stands.</summary>
public sealed record Attach(NetworkId Network, NetworkSpec Spec, DateTimeOffset Created) : IToNetwork;

/// <param name="Refusal">Why not; null if it is attached and the kernel has what it needs.</param>
public sealed record AttachResult(NetworkId Network, Refusal? Refusal) : INoSerializationVerificationNeeded;

/// <summary>The network is gone from the cluster; take it off this host. Answered by <see cref="DetachResult"/>.</summary>
public sealed record Detach(NetworkId Network) : IToNetwork;

/// <summary>Nothing of the network is left in this host's kernel.</summary>
public sealed record DetachResult(NetworkId Network) : INoSerializationVerificationNeeded;

/// <summary>Give up all blocks, or say why not; answered by a <see cref="Refusal"/> or <see cref="BlocksGivenUp"/>.</summary>
public sealed record Surrender(NetworkId Network) : IToNetwork;

public sealed record BlocksGivenUp(ImmutableArray<Claim> Claims) : INoSerializationVerificationNeeded;

/// <summary>Another host wants an address of a block of ours; answered by a <see cref="Refusal"/> or <see cref="Done"/>.</summary>
public sealed record Lend(NetworkId Network, Ip Address, HostId To, long Epoch) : IToNetwork;

/// <summary>There is a new catalogue on the board: see what it says of this host's blocks. Not answered.</summary>
public sealed record CompareBlocks(NetworkId Network) : IToNetwork;

/// <summary>This host leaves the cluster: give up all blocks and detach, or say why not; answered by a <see cref="Refusal"/> or <see cref="Done"/>.</summary>
public sealed record Depart(NetworkId Network) : IToNetwork;

/// <summary>An address of the endpoint is this host's no more: it loses its link. Not answered.</summary>
public sealed record FenceEndpoint(NetworkId Network, EndpointId Endpoint) : IToNetwork;

/// <summary>Answered by an <see cref="EndpointState"/> or a <see cref="Refusal"/>.</summary>
/// <param name="Endpoint">A new id, used if no endpoint has that name.</param>
/// <param name="Wishes">One address for each: see <see cref="Domain.Ipam.AddressWishes"/>.</param>
public sealed record Join(
    NetworkId Network, EndpointId Endpoint, string Name, ImmutableArray<Prefix> Wishes, Sandbox Sandbox, LinkName Interface) : IToNetwork
{
    public GivenRoutes? Routes { get; init; }

    /// <summary>The link of the sandbox itself that is the parent, once it was looked up; none: the network's on this host.</summary>
    public LinkName? Parent { get; init; }

    /// <summary>An endpoint that has the name already is a refusal.</summary>
    public bool MustBeNew { get; init; }

    public ActivityContext Trace { get; init; }
}

/// <summary>Answered by an <see cref="EndpointState"/> or a <see cref="Refusal"/>.</summary>
public sealed record Leave(NetworkId Network, EndpointId Endpoint) : IToNetwork;

/// <summary>Answered by an <see cref="EndpointState"/> or a <see cref="Refusal"/>.</summary>
public sealed record Remove(NetworkId Network, EndpointId Endpoint) : IToNetwork;

/// <summary>What a container runtime on this host calls the network; answered by a <see cref="Refusal"/> or <see cref="Done"/>.</summary>
public sealed record Bind(NetworkId Network, string Key, bool IsMaker) : IToNetwork;

/// <summary>Answered by <see cref="Done"/>.</summary>
public sealed record Unbind(NetworkId Network) : IToNetwork;

/// <summary>An address for an endpoint that is still to come; answered by an <see cref="InterfaceAddress"/> or a <see cref="Refusal"/>.</summary>
public sealed record Reserve(NetworkId Network, IpFamily Family, Ip? Wanted) : IToNetwork;

/// <summary>Answered by <see cref="Done"/>.</summary>
public sealed record FreeReservation(NetworkId Network, Ip Address) : IToNetwork;

/// <summary>With exactly these addresses; answered by an <see cref="EndpointState"/> or a <see cref="Refusal"/>.</summary>
public sealed record Create(NetworkId Network, EndpointId Endpoint, Ip? Ip4, Ip? Ip6, bool? BringsDefault) : IToNetwork;

/// <summary>Answered by an <see cref="EndpointState"/> or a <see cref="Refusal"/>.</summary>
public sealed record HandOver(NetworkId Network, EndpointId Endpoint, Sandbox Sandbox) : IToNetwork;

/// <summary>Its runtime knows it no more; answered by an <see cref="EndpointState"/> or a <see cref="Refusal"/>.</summary>
public sealed record Forget(NetworkId Network, EndpointId Endpoint) : IToNetwork;

/// <summary>The endpoint's namespace is no more. Not answered.</summary>
public sealed record SandboxGone(NetworkId Network, EndpointId Endpoint) : IToNetwork;
