using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>What has happened to this host's part of a network. Stored for ever: cases are added, never changed.</summary>
public abstract record HostNetworkEvent
{
    private protected HostNetworkEvent(Stamp stamp) => Stamp = stamp;

    public Stamp Stamp { get; }
}

/// <param name="Parent">The link that this host's slaves hang on.</param>
/// <param name="Created">When the network was created in the cluster.</param>
public sealed record NetworkAttached(
    Stamp Stamp, NetworkId Network, NetworkSpec Spec, ParentLink Parent, DateTimeOffset Created) : HostNetworkEvent(Stamp);

/// <summary>
/// We make this parent link, or share one that we made, and may delete it. Written before the kernel is asked, so that a
/// crash between the two leaves a link that somebody answers for.
/// </summary>
public sealed record ParentLinkCreated(Stamp Stamp, ParentLink Link) : HostNetworkEvent(Stamp);

/// <summary>The block is ours by this claim; again, if the same block was granted anew.</summary>
public sealed record BlockReceived(Stamp Stamp, Prefix Block, long Epoch) : HostNetworkEvent(Stamp);

public sealed record AddressAllocated(
    Stamp Stamp, Ip Address, EndpointId Endpoint, string EndpointName, AddressKind Kind) : HostNetworkEvent(Stamp);

public sealed record AddressReleased(Stamp Stamp, Ip Address, EndpointId Endpoint) : HostNetworkEvent(Stamp);

/// <summary>This host gives out no address of the block any more; the registry may hear of it later.</summary>
public sealed record BlockSurrendered(Stamp Stamp, Prefix Block, long Epoch) : HostNetworkEvent(Stamp);

/// <summary>The registry took the block away: nothing of it is given out any more, and whoever holds an address of it loses its link.</summary>
/// <param name="Epoch">Of the claim that is over.</param>
public sealed record BlockLost(Stamp Stamp, Prefix Block, long Epoch) : HostNetworkEvent(Stamp);

/// <summary>Another host may use this address of ours. Written before anybody is told, so it is never given out here meanwhile.</summary>
public sealed record AddressLentOut(Stamp Stamp, Ip Address, HostId To, long Epoch) : HostNetworkEvent(Stamp);

public sealed record AddressCameBack(Stamp Stamp, Ip Address, long Epoch) : HostNetworkEvent(Stamp);

/// <summary>A container runtime on this host calls the network so.</summary>
/// <param name="IsMaker">It made the network, and removes it from the cluster when it removes its own.</param>
public sealed record NetworkBound(Stamp Stamp, string Key, bool IsMaker) : HostNetworkEvent(Stamp);

public sealed record NetworkUnbound(Stamp Stamp) : HostNetworkEvent(Stamp);

public sealed record NetworkDetached(Stamp Stamp) : HostNetworkEvent(Stamp);

public enum AddressKind : byte
{
    /// <summary>The lowest free one; rests a while after its release.</summary>
    Dynamic = 1,

    /// <summary>Asked for by --ip or --ip6.</summary>
    Explicit = 2,

    /// <summary>
    /// For an endpoint that does not exist yet, since some runtimes ask for addresses first. Whoever creates an endpoint
    /// with it takes it over (released and allocated in one write); if nobody does, it is released.
    /// </summary>
    Reserved = 3,
}
