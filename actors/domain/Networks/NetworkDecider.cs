using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Ipam;

namespace IpvlanActors.Domain.Networks;

/// <summary>Block ownership. The one place where it is decided which host gives out which addresses.</summary>
public sealed class NetworkDecider : IDecider<NetworkCommand, NetworkEvent, NetworkState>
{
    private NetworkDecider()
    {
    }

    public static NetworkState Initial { get; } = new(
        null, default, PrefixMap<BlockOwner>.Empty, ImmutableSortedDictionary<Ip, Loan>.Empty,
        ImmutableSortedDictionary<Prefix, BlockRest>.Empty, 0, Removed: false);

    /// <summary>A claim is not idempotent: asked again, its answer was lost, and the block is granted anew.</summary>
    public static Decision<NetworkEvent> Decide(NetworkCommand command, NetworkState state) => (command, state) switch
    {
        (CreateNetwork, { Spec: not null }) => Accept(),
        (CreateNetwork c, _) => Accept(new NetworkCreated(c.Stamp, c.Network, c.Spec)),

        (RemoveNetwork or ReleaseBlocks or TakeBlocks or ReturnAddress or CloseOffers or AdoptBlocks, { Exists: false }) => Accept(),
        (_, { Exists: false }) => Refuse(RefusalCodes.NetworkUnknown, "the network has been removed."),

        (ClaimBlock c, _) => Claim(c, state),
        (ReleaseBlocks c, _) => Accept([.. c.Claims.Distinct().Select(claim => Released(claim, c.Stamp, state)).OfType<NetworkEvent>()]),
        (TakeBlocks c, _) => Accept([.. Taken(c, state)]),

        (AdoptBlocks c, _) => Accept([.. Testimony.Adopt(c, state)]),

        (OfferAddress c, _) => Offer(c, state),
        (LendAddress c, _) => Lend(c, state),
        (ReturnAddress c, _) => state.Loans.TryGetValue(c.Address, out var loan) && loan.Epoch == c.Epoch
            ? Accept(new AddressReturned(c.Stamp, c.Address, c.Epoch))
            : Accept(),
        (CloseOffers c, _) => Accept([.. state.Loans.Values.Where(l => !l.Agreed).Select(NetworkEvent (l) => new AddressReturned(c.Stamp, l.Address, l.Epoch))]),

        (RemoveNetwork, { Owners.IsEmpty: false }) => Refuse(RefusalCodes.NetworkInUse,
            $"network {state.Spec!.Name} still has blocks with {state.Owners.Values.Select(b => b.Host).Distinct().Count()} host(s)."),
        (RemoveNetwork c, _) => Accept(new NetworkRemoved(c.Stamp)),

        _ => throw new UnreachableException($"{command.GetType().Name} has no rule."),
    };

    public static NetworkState Evolve(NetworkState state, NetworkEvent @event) => @event switch
    {
        NetworkCreated e => state with { Spec = e.Spec, Created = e.Stamp },
        BlockClaimed e => Seen(state, e.Epoch) with
        {
            Blocks = state.Blocks.SetItem(e.Block, new(e.Owner, e.Epoch)),
            Resting = state.Resting.Remove(e.Block),
        },
        BlockReleased e => Freed(state, e.Block, e.Stamp, byForce: false),
        EpochsSkipped e => Seen(state, e.To),
        BlockFenced e => Freed(Seen(state, e.Epoch), e.Block, e.Stamp, byForce: true),
        LoanOffered e => Lent(state, new(e.Address, e.From, e.To, e.Epoch, Agreed: false)),
        AddressLent e => Lent(state, new(e.Address, e.From, e.To, e.Epoch, Agreed: true)),
        AddressReturned e => state with { Loans = state.Loans.Remove(e.Address) },
        NetworkRemoved => state with { Removed = true, Blocks = PrefixMap<BlockOwner>.Empty, Loans = state.Loans.Clear(), Resting = state.Resting.Clear() },
        _ => state,
    };

    private static Decision<NetworkEvent> Claim(ClaimBlock claim, NetworkState state)
    {
        if (claim.Seen > state.LastEpoch)
            return Refuse(RefusalCodes.Fenced, Behind(claim, state));
        if (state.UnknownTo(claim) is { } lost)
            return Accept(Claimed(claim, lost, state));
        if (state.Spec!.Subnets.FirstOrDefault(s => s.Prefix == claim.Subnet) is not { } subnet)
            return Refuse(RefusalCodes.SubnetInvalid, $"{claim.Subnet} is not a subnet of network {state.Spec.Name}.");
        if (claim.Wanted is { } outside && !subnet.Prefix.Contains(outside))
            return Refuse(RefusalCodes.AddressInvalid, $"address {outside} is not in subnet {subnet.Prefix} of network {state.Spec.Name}: name the subnet that holds it.");
        if (claim.Wanted is not { } wanted)
            return ClaimAny(subnet, claim, state);
        return state.Loans.TryGetValue(wanted, out var loan) ? ClaimLoan(loan, claim, state.LastEpoch + 1) : ClaimAround(wanted, subnet, claim, state);
    }

    private static Decision<NetworkEvent> ClaimLoan(Loan loan, ClaimBlock claim, long next)
    {
        if (loan.To != claim.Stamp.Host)
            return Refuse(RefusalCodes.AddressElsewhere, $"address {loan.Address} is lent to host {loan.To}: take another, or remove the endpoint that holds it there.");
        if (!loan.Agreed)
            return Refuse(RefusalCodes.NotReady, $"host {loan.From} is being asked to lend {loan.Address}: ask again in a few seconds.");
        return claim.Held.Contains(loan.Prefix)
            ? Accept()
            : Accept(new AddressLent(claim.Stamp, loan.Address, loan.From, loan.To, next));
    }

    private static Decision<NetworkEvent> ClaimAround(Ip wanted, SubnetSpec subnet, ClaimBlock claim, NetworkState state)
    {
        var block = BlockPlan.BlockOf(wanted, subnet, state.Spec!.Settings);
        if (state.Blocks.TryGetValue(block, out var owner))
            return owner.Host == claim.Stamp.Host ? Accept() : Refuse(RefusalCodes.AddressElsewhere, Elsewhere(wanted, block, owner.Host));
        if (state.Loans.Values.FirstOrDefault(l => block.Contains(l.Address)) is { } loan)
        {
            return Refuse(RefusalCodes.AddressElsewhere,
                $"address {wanted} lies in block {block}, of which host {loan.To} still holds {loan.Address}: take an address outside that block, or remove the endpoint that holds it.");
        }

        return state.RestsUntil(block, claim) is { } until
            ? Refuse(RefusalCodes.NotReady, $"address {wanted} lies in block {block}, which was taken from host {state.Resting[block].Last} by force and may be claimed from {Time(until)} on: ask again then, or take an address outside that block.")
            : Accept(Claimed(claim, block, state));
    }

    private static Decision<NetworkEvent> ClaimAny(SubnetSpec subnet, ClaimBlock claim, NetworkState state)
    {
        bool IsTaken(Prefix block) => state.Blocks.ContainsKey(block) || state.IsLentFrom(block);
        if (BlockPlan.FirstFree(subnet, state.Spec!.Settings, b => IsTaken(b) || state.RestsUntil(b, claim) is not null) is { } block)
            return Accept(Claimed(claim, block, state));
        var soonest = state.Resting.Keys.Where(b => subnet.Prefix.Contains(b) && !IsTaken(b)).Select(b => state.RestsUntil(b, claim)).Min();
        return Refuse(RefusalCodes.AddressesExhausted, Exhausted(subnet, soonest, state));
    }

    private static NetworkEvent? Released(Claim claim, Stamp stamp, NetworkState state)
    {
        if (state.Blocks.TryGetValue(claim.Block, out var owner) && owner == new BlockOwner(stamp.Host, claim.Epoch))
            return new BlockReleased(stamp, claim.Block, claim.Epoch);
        return claim.Block.IsSingle && state.Loans.TryGetValue(claim.Block.First, out var loan)
            && loan.Agreed && loan.To == stamp.Host && loan.Epoch == claim.Epoch
                ? new AddressReturned(stamp, loan.Address, loan.Epoch)
                : null;
    }

    /// <summary>
    /// All that the host has: given back if it says so itself, else taken by force. What it lent to others stays with them
    /// until they are done, since their containers use it and its block is claimed by nobody until then.
    /// </summary>
    private static IEnumerable<NetworkEvent> Taken(TakeBlocks c, NetworkState state)
    {
        var epoch = state.LastEpoch;
        foreach (var (block, owner) in state.Blocks.Where(b => b.Value.Host == c.Host))
            yield return c.Stamp.Host == c.Host ? new BlockReleased(c.Stamp, block, owner.Epoch) : new BlockFenced(c.Stamp, block, c.Host, ++epoch);
        foreach (var loan in state.Loans.Values.Where(l => l.To == c.Host))
            yield return new AddressReturned(c.Stamp, loan.Address, loan.Epoch);
    }

    private static Decision<NetworkEvent> Offer(OfferAddress c, NetworkState state)
    {
        var claim = c.Claim;
        if (state.LenderFor(claim) is { } owner)
            return Accept(new LoanOffered(c.Stamp, claim.Wanted!.Value, owner, c.Stamp.Host, state.LastEpoch + 1));
        return state.Loans.TryGetValue(claim.Wanted ?? default, out var loan)
            ? ClaimLoan(loan, claim, state.LastEpoch + 1)
            : Refuse(RefusalCodes.NotReady, $"who owns the block around {claim.Wanted} has just changed: ask again.");
    }

    private static Decision<NetworkEvent> Lend(LendAddress c, NetworkState state)
    {
        if (!state.Loans.TryGetValue(c.Address, out var loan) || loan.Epoch != c.Epoch)
            return Refuse(RefusalCodes.NotReady, $"the loan of {c.Address} came to nothing: ask again.");
        return loan.Agreed ? Accept() : Accept(new AddressLent(c.Stamp, loan.Address, loan.From, loan.To, loan.Epoch));
    }

    private static string Behind(ClaimBlock claim, NetworkState state) =>
        $"the registry knows of claims up to epoch {state.LastEpoch} in network {state.Spec!.Name}, and host {claim.Stamp.Host} holds one of epoch {claim.Seen}: " +
        "it was restored from an older copy, so it grants nothing here; restore its newest journal.";

    private static string Elsewhere(Ip wanted, Prefix block, HostId owner) =>
        $"address {wanted} lies in block {block}, which host {owner} owns: take an address outside that block, or start the container there.";

    private static string Exhausted(SubnetSpec subnet, DateTimeOffset? soonest, NetworkState state)
    {
        var perBlock = Prefix.Of(subnet.Prefix.First, BlockPlan.Length(subnet, state.Spec!.Settings)).HostBits;
        var owners = state.Blocks.Where(b => subnet.Prefix.Contains(b.Key)).GroupBy(b => b.Value.Host).OrderByDescending(g => g.Count())
            .Select(g => $"host {g.Key} owns {g.Count()} ({(BigInteger)g.Count() << perBlock} addresses)");
        var resting = soonest is { } until ? $"; one that rests may be claimed from {Time(until)} on" : "";
        return $"no block of subnet {subnet.Prefix} of network {state.Spec.Name} is free ({string.Join(", ", owners)}{resting}): remove endpoints there, " +
            "since a host gives an empty block back by itself; ipvlanctl cluster forget a host that is dead; or create a network with a larger subnet.";
    }

    private static BlockClaimed Claimed(ClaimBlock claim, Prefix block, NetworkState state) =>
        new(claim.Stamp, block, claim.Stamp.Host, state.LastEpoch + 1);

    private static NetworkState Seen(NetworkState state, long epoch) => state with { LastEpoch = Math.Max(state.LastEpoch, epoch) };

    private static NetworkState Freed(NetworkState state, Prefix block, Stamp stamp, bool byForce) => state.Blocks.TryGetValue(block, out var owner)
        ? state with { Blocks = state.Blocks.Remove(block), Resting = state.Resting.SetItem(block, new(owner.Host, stamp.At, byForce)) }
        : state;

    private static NetworkState Lent(NetworkState state, Loan loan) =>
        Seen(state, loan.Epoch) with { Loans = state.Loans.SetItem(loan.Address, loan) };

    private static string Time(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z";

    private static Decision<NetworkEvent> Accept(params ReadOnlySpan<NetworkEvent> events) => Outcome.Accept(events);

    private static Decision<NetworkEvent> Refuse(string code, string text) => Outcome.Refuse<NetworkEvent>(code, text);
}
