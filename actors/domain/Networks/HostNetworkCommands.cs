using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>What can be asked of this host's part of a network.</summary>
public abstract record HostNetworkCommand
{
    private protected HostNetworkCommand(Stamp stamp) => Stamp = stamp;

    public Stamp Stamp { get; }
}

public sealed record AttachNetwork(
    Stamp Stamp, NetworkId Network, NetworkSpec Spec, ParentLink Parent, DateTimeOffset Created) : HostNetworkCommand(Stamp);

/// <summary>The registry says that the block is this host's.</summary>
public sealed record ReceiveBlock(Stamp Stamp, Prefix Block, long Epoch) : HostNetworkCommand(Stamp);

/// <summary>Addresses for one endpoint.</summary>
/// <param name="Wishes">One address for each: see <see cref="Ipam.AddressWishes"/>.</param>
/// <param name="Avoid">Addresses of the host itself: the kernel would let a container have them, and nobody would find out.</param>
/// <param name="Exhausted">Subnets without a free block, as the registry just said.</param>
/// <param name="Rest">How long a released address waits before it is given out again by itself, so that nobody's neighbour
/// cache sends a new container what was meant for an old one.</param>
public sealed record AllocateAddresses(
    Stamp Stamp,
    EndpointId Endpoint,
    string EndpointName,
    ImmutableArray<Prefix> Wishes,
    ImmutableArray<Ip> Avoid,
    ImmutableArray<Prefix> Exhausted,
    TimeSpan Rest) : HostNetworkCommand(Stamp)
{
    /// <summary>For an endpoint that does not exist yet: whoever creates one with the address takes it over.</summary>
    public bool IsReservation { get; init; }

    /// <summary>The addresses wanted may be reserved, and are taken over then.</summary>
    public bool TakesOver { get; init; }

    /// <summary>An endpoint that holds addresses already is a refusal; otherwise it keeps them.</summary>
    public bool MustBeNew { get; init; }

    /// <summary>More than one address of a family: what one wish gets, the next cannot have.</summary>
    public bool HasSeveralOfAFamily => Wishes.Length > 2 || (Wishes.Length == 2 && Wishes[0].Family == Wishes[1].Family);
}

/// <summary>Nobody will create an endpoint with this address. What an endpoint holds stays its own.</summary>
public sealed record ReleaseReservation(Stamp Stamp, Ip Address) : HostNetworkCommand(Stamp);

/// <summary>A container runtime has the network on this host too, and calls it so.</summary>
/// <param name="Key">Its own id of it.</param>
/// <param name="IsMaker">It made the network, and removes it from the cluster when it removes its own.</param>
public sealed record BindNetwork(Stamp Stamp, string Key, bool IsMaker) : HostNetworkCommand(Stamp);

/// <summary>The runtime has it no more.</summary>
public sealed record UnbindNetwork(Stamp Stamp) : HostNetworkCommand(Stamp);

/// <summary>Everything that the endpoint holds.</summary>
public sealed record ReleaseAddresses(Stamp Stamp, EndpointId Endpoint) : HostNetworkCommand(Stamp);

/// <summary>Those of these blocks that are of no use now.</summary>
/// <param name="Rest">See <see cref="AllocateAddresses"/>.</param>
public sealed record SurrenderIdle(Stamp Stamp, ImmutableArray<Prefix> Blocks, TimeSpan Rest) : HostNetworkCommand(Stamp);

/// <summary>The registry says that this claim is over, whatever this host thinks.</summary>
public sealed record LoseBlock(Stamp Stamp, Prefix Block, long Epoch) : HostNetworkCommand(Stamp);

/// <summary>Another host wants this address of ours: do not give it out until it is back.</summary>
/// <param name="Avoid">Addresses of the host itself.</param>
public sealed record LendOutAddress(Stamp Stamp, Ip Address, HostId To, long Epoch, ImmutableArray<Ip> Avoid) : HostNetworkCommand(Stamp);

/// <summary>The registry says that the loan is over.</summary>
public sealed record TakeBackAddress(Stamp Stamp, Ip Address, long Epoch) : HostNetworkCommand(Stamp);

/// <summary>All blocks; refused while an endpoint holds an address.</summary>
public sealed record SurrenderBlocks(Stamp Stamp) : HostNetworkCommand(Stamp);

public sealed record DetachNetwork(Stamp Stamp) : HostNetworkCommand(Stamp);
