using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>What can be asked of one network, cluster-wide.</summary>
public abstract record NetworkCommand
{
    private protected NetworkCommand(Stamp stamp) => Stamp = stamp;

    public Stamp Stamp { get; }
}

public sealed record CreateNetwork(Stamp Stamp, NetworkId Network, NetworkSpec Spec) : NetworkCommand(Stamp);

/// <summary>The asking host wants a block to give addresses out of.</summary>
/// <param name="Subnet">Which subnet it ran short of.</param>
/// <param name="Wanted">An address that the block must hold; none: any.</param>
/// <param name="Held">The blocks that the host knows to be its own. One that it owns without knowing is the answer to an
/// earlier claim that got lost, and is given again.</param>
public sealed record ClaimBlock(Stamp Stamp, Prefix Subnet, Ip? Wanted, ImmutableArray<Prefix> Held) : NetworkCommand(Stamp);

/// <summary>The asking host has no use for these blocks any more and has journaled so.</summary>
public sealed record ReleaseBlocks(Stamp Stamp, ImmutableArray<Prefix> Blocks) : NetworkCommand(Stamp);

/// <summary>What a host has seen, or holds, and a registry that was restored from a copy may lack.</summary>
/// <param name="Blocks">Owners as it saw them.</param>
/// <param name="LastEpoch">It knows of every claim up to this one.</param>
/// <param name="IsLater">It has seen more than this network's journal has: what that has and it has not is over.</param>
public sealed record AdoptBlocks(
    Stamp Stamp, ImmutableSortedDictionary<Prefix, BlockOwner> Blocks, long LastEpoch, bool IsLater) : NetworkCommand(Stamp);

/// <summary>Asked when every owner has surrendered its blocks.</summary>
public sealed record RemoveNetwork(Stamp Stamp) : NetworkCommand(Stamp);
