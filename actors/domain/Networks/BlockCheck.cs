using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>What there is to be done about the registry's word on a network.</summary>
/// <param name="blocks">Those to look at; others are as they were.</param>
public delegate ImmutableArray<HostNetworkCommand> BlockJudge(Stamp now, HostNetworkState own, CatalogueEntry entry, IEnumerable<Prefix> blocks);

/// <summary>
/// A host's blocks and the registry's word on them as they were last compared: what is as it was then, and was in order, need not
/// be looked at again, however many blocks there are.
/// </summary>
public sealed record ComparedBlocks(PrefixMap<OwnBlock> Own, PrefixMap<BlockOwner> Registered, ImmutableSortedSet<Prefix> Open)
{
    public static ComparedBlocks Never { get; } = new(PrefixMap<OwnBlock>.Empty, PrefixMap<BlockOwner>.Empty, []);

    /// <summary>Those about which there may be something to be done.</summary>
    public ImmutableSortedSet<Prefix> Doubtful(HostNetworkState own, CatalogueEntry entry) =>
        Open.Union(own.Blocks.ChangedSince(Own)).Union(entry.Blocks.ChangedSince(Registered));

    public static ComparedBlocks After(HostId self, HostNetworkState own, CatalogueEntry entry, ImmutableSortedSet<Prefix> doubtful) =>
        new(own.Blocks, entry.Blocks, [.. doubtful.Where(b => BlockCheck.IsOpen(self, own, entry, b))]);
}

/// <summary>
/// What the registry's word means for this host's part of a network. A catalogue may be older than a claim: that it lacks
/// one means something only if it knows of the claim's epoch.
/// </summary>
public static class BlockCheck
{
    /// <summary>What there is to be done about it: take over a higher epoch, give up what is another's or nobody's, take back what was lent.</summary>
    public static ImmutableArray<HostNetworkCommand> Of(Stamp now, HostNetworkState own, CatalogueEntry entry, IEnumerable<Prefix> blocks)
    {
        var commands = ImmutableArray.CreateBuilder<HostNetworkCommand>();
        foreach (var block in blocks)
        {
            if (!own.Blocks.TryGetValue(block, out var held))
                continue;
            var owner = entry.Blocks.GetValueOrDefault(block);
            if (owner.Epoch > held.Epoch && owner.Host == now.Host)
                commands.Add(new ReceiveBlock(now, block, owner.Epoch));
            else if (owner.Host != now.Host && entry.LastEpoch >= held.Epoch)
                commands.Add(new LoseBlock(now, block, held.Epoch));
            else
                commands.AddRange(held.Lent.Where(l => IsBack(l.Key, l.Value, entry)).Select(l => new TakeBackAddress(now, l.Key, l.Value.Epoch)));
        }

        return commands.ToImmutable();
    }

    /// <summary>
    /// What the registry has for this host and the host does not hold: surrendered, and the registry has not heard; or an
    /// answer that got lost. To be released, if no claim is under way whose answer it could be.
    /// </summary>
    public static ImmutableArray<Claim> Unheld(HostId self, HostNetworkState own, CatalogueEntry entry, IEnumerable<Prefix> blocks) =>
    [
        .. blocks.Where(b => IsUnheld(self, own, entry, b)).Select(b => new Claim(b, entry.Blocks[b].Epoch)),
    ];

    /// <summary>Whether the next word of the registry may mean something else for this block though it says the same of it, or it is not done with.</summary>
    internal static bool IsOpen(HostId self, HostNetworkState own, CatalogueEntry entry, Prefix block) =>
        IsUnheld(self, own, entry, block)
        || (own.Blocks.TryGetValue(block, out var held)
            && (!held.Lent.IsEmpty || held.Epoch > entry.LastEpoch || entry.Blocks.GetValueOrDefault(block) != new BlockOwner(self, held.Epoch)));

    private static bool IsUnheld(HostId self, HostNetworkState own, CatalogueEntry entry, Prefix block) =>
        entry.Blocks.TryGetValue(block, out var owner) && owner.Host == self && !own.Blocks.ContainsKey(block);

    private static bool IsBack(Ip address, LentAddress lent, CatalogueEntry entry) =>
        entry.LastEpoch >= lent.Epoch && !entry.Blocks.ContainsKey(Prefix.Single(address));
}
