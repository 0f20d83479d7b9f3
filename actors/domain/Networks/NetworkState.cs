using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Ipam;

namespace IpvlanActors.Domain.Networks;

/// <summary>Who owns a block, and by which claim.</summary>
public readonly record struct BlockOwner(HostId Host, long Epoch);

/// <summary>One claim: epochs rise with every claim in a network, so the two name it for ever.</summary>
public readonly record struct Claim(Prefix Block, long Epoch);

/// <summary>A single address of one host's block in the hands of another.</summary>
/// <param name="Agreed">The owner has journaled that it does not give the address out; before that it is only offered.</param>
public sealed record Loan(Ip Address, HostId From, HostId To, long Epoch, bool Agreed)
{
    public Prefix Prefix => Prefix.Single(Address);
}

/// <summary>A block that cools down after its last owner.</summary>
/// <param name="Since">By the registry's clock.</param>
/// <param name="ByForce">Its last owner was given up for dead, and may not know.</param>
public sealed record BlockRest(HostId Last, DateTimeOffset Since, bool ByForce)
{
    /// <summary>
    /// An answer to a claim lives no longer than this. A block that was taken by force rests at least so long: its last
    /// owner may have been about to hear that it is its own.
    /// </summary>
    public static TimeSpan AnswerLife { get; } = TimeSpan.FromSeconds(30);

    public DateTimeOffset Until(TimeSpan rest) => Since + (ByForce && rest < AnswerLife ? AnswerLife : rest);
}

/// <summary>One network, cluster-wide: what it is, and which host owns which block.</summary>
/// <param name="Spec">None: it was never created.</param>
/// <param name="Loans">By address. While one lasts nobody can claim the block around it, whoever owned that.</param>
/// <param name="Resting">Blocks that nobody owns, and that were somebody's.</param>
/// <param name="LastEpoch">Never goes back, so that (block, epoch) names one claim for ever.</param>
public sealed record NetworkState(
    NetworkSpec? Spec,
    Stamp Created,
    PrefixMap<BlockOwner> Blocks,
    ImmutableSortedDictionary<Ip, Loan> Loans,
    ImmutableSortedDictionary<Prefix, BlockRest> Resting,
    long LastEpoch,
    bool Removed)
{
    public bool Exists => Spec is not null && !Removed;

    /// <summary>
    /// Blocks and loans as the catalogue shows them, a loan being a longer prefix. One that is only offered is among them:
    /// from a catalogue that knows its epoch and lacks the address the owner concludes that it is back.
    /// </summary>
    public PrefixMap<BlockOwner> Owners => Loans.IsEmpty
        ? Blocks
        : Blocks.SetItems(Loans.Values.Select(l => KeyValuePair.Create(l.Prefix, new BlockOwner(l.To, l.Epoch))));

    /// <summary>The block of a host that it does not know it has, if any that would do.</summary>
    public Prefix? UnknownTo(ClaimBlock claim)
    {
        var held = claim.Held.ToHashSet();
        foreach (var (block, owner) in Blocks)
        {
            if (owner.Host == claim.Stamp.Host && claim.Subnet.Contains(block) && !held.Contains(block) && !IsLentFrom(block)
                && (claim.Wanted is not { } wanted || block.Contains(wanted)))
            {
                return block;
            }
        }

        return null;
    }

    /// <summary>What a claim that was accepted came to.</summary>
    public Claim? GrantFor(ClaimBlock claim)
    {
        if (claim.Wanted is { } address && Loans.TryGetValue(address, out var loan))
            return loan.Agreed && loan.To == claim.Stamp.Host ? new(loan.Prefix, loan.Epoch) : null;
        var block = UnknownTo(claim) ?? (claim.Wanted is { } wanted ? BlockAround(wanted) : null);
        return block is { } granted && Blocks.TryGetValue(granted, out var owner) && owner.Host == claim.Stamp.Host
            ? new(granted, owner.Epoch)
            : null;
    }

    /// <summary>Who could lend the address that is wanted: the owner of the block around it, if that is another host and holds more than it.</summary>
    public HostId? LenderFor(ClaimBlock claim) =>
        claim.Wanted is { } wanted && claim.Subnet.Contains(wanted) && !Loans.ContainsKey(wanted)
        && BlockAround(wanted) is { IsSingle: false } block && Blocks.TryGetValue(block, out var owner) && owner.Host != claim.Stamp.Host
            ? owner.Host
            : null;

    public IEnumerable<Claim> OwnedBy(HostId host) =>
        Owners.Where(b => b.Value.Host == host).Select(b => new Claim(b.Key, b.Value.Epoch));

    public bool IsLentFrom(Prefix block) => !Loans.IsEmpty && Loans.Keys.Any(block.Contains);

    /// <summary>When a block that nobody owns may be claimed; none: now.</summary>
    public DateTimeOffset? RestsUntil(Prefix block, ClaimBlock claim)
    {
        if (!Resting.TryGetValue(block, out var rest) || rest.Until(claim.Rest) <= claim.Stamp.At)
            return null;
        var excepted = !rest.ByForce && (claim.Wanted is not null || rest.Last == claim.Stamp.Host);
        return excepted ? null : rest.Until(claim.Rest);
    }

    private Prefix? BlockAround(Ip address) =>
        Spec?.SubnetOf(address) is { } subnet ? BlockPlan.BlockOf(address, subnet, Spec.Settings) : null;
}
