using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>What there is to be done about the registry's word on a network.</summary>
public delegate ImmutableArray<HostNetworkCommand> BlockJudge(Stamp now, HostNetworkState own, CatalogueEntry entry);

/// <summary>
/// What the registry's word means for this host's part of a network. A catalogue may be older than a claim: that it lacks
/// one means something only if it knows of the claim's epoch.
/// </summary>
public static class BlockCheck
{
    /// <summary>What there is to be done about it: take over a higher epoch, give up what is another's or nobody's, take back what was lent.</summary>
    public static ImmutableArray<HostNetworkCommand> Of(Stamp now, HostNetworkState own, CatalogueEntry entry)
    {
        var commands = ImmutableArray.CreateBuilder<HostNetworkCommand>();
        foreach (var (block, held) in own.Blocks)
        {
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
    public static ImmutableArray<Claim> Unheld(HostId self, HostNetworkState own, CatalogueEntry entry) =>
    [
        .. entry.Blocks.Where(b => b.Value.Host == self && !own.Blocks.ContainsKey(b.Key)).Select(b => new Claim(b.Key, b.Value.Epoch)),
    ];

    private static bool IsBack(Ip address, LentAddress lent, CatalogueEntry entry) =>
        entry.LastEpoch >= lent.Epoch && !entry.Blocks.ContainsKey(Prefix.Single(address));
}
