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
/// earlier claim that got lost, and is granted again at a new epoch, so that nothing said of the earlier one counts any more.</param>
/// <param name="Rest">How long a block that was another host's waits before it is claimed.</param>
/// <param name="Seen">The highest epoch that the host ever held: a registry that has not come so far was restored from an
/// older copy of its journal, and knows nothing of who owns what.</param>
public sealed record ClaimBlock(
    Stamp Stamp, Prefix Subnet, Ip? Wanted, ImmutableArray<Prefix> Held, TimeSpan Rest, long Seen = 0) : NetworkCommand(Stamp);

/// <summary>
/// The asking host has no use for these any more and has journaled so. One that was claimed again since, by whomever, has
/// another epoch and stays.
/// </summary>
public sealed record ReleaseBlocks(Stamp Stamp, ImmutableArray<Claim> Claims) : NetworkCommand(Stamp);

/// <summary>All blocks of a host: it leaves the cluster, if it is the asking one, or was given up for dead.</summary>
public sealed record TakeBlocks(Stamp Stamp, HostId Host) : NetworkCommand(Stamp);

/// <summary>A wanted address lies in another host's block: hold it for the asking host, and then ask that owner.</summary>
public sealed record OfferAddress(Stamp Stamp, ClaimBlock Claim) : NetworkCommand(Stamp);

/// <summary>The owner has journaled that it does not give the address out.</summary>
public sealed record LendAddress(Stamp Stamp, Ip Address, long Epoch) : NetworkCommand(Stamp);

/// <summary>The loan is over, or came to nothing.</summary>
public sealed record ReturnAddress(Stamp Stamp, Ip Address, long Epoch) : NetworkCommand(Stamp);

/// <summary>After a restart: who was being asked for these addresses has never heard of them.</summary>
public sealed record CloseOffers(Stamp Stamp) : NetworkCommand(Stamp);

/// <summary>What a host has seen, or holds, and a registry that was restored from a copy may lack.</summary>
/// <param name="Stamp">Of the host that tells.</param>
/// <param name="Blocks">Owners as it saw them.</param>
/// <param name="LastEpoch">It knows of every claim up to this one.</param>
/// <param name="IsLater">It has seen more than this network's journal has: what that has and it has not is over.</param>
public sealed record AdoptBlocks(
    Stamp Stamp, PrefixMap<BlockOwner> Blocks, long LastEpoch, bool IsLater) : NetworkCommand(Stamp);

/// <summary>Asked when every owner has surrendered its blocks.</summary>
public sealed record RemoveNetwork(Stamp Stamp) : NetworkCommand(Stamp);
