using System.Collections.Immutable;
using System.Diagnostics;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Ipam;

namespace IpvlanActors.Domain.Networks;

/// <summary>Who owns a block, and by which claim.</summary>
public readonly record struct BlockOwner(HostId Host, long Epoch);

/// <summary>One network, cluster-wide: what it is, and which host owns which block.</summary>
/// <param name="Spec">None: it was never created.</param>
/// <param name="LastEpoch">Never goes back, so that (block, epoch) names one claim for ever.</param>
public sealed record NetworkState(
    NetworkSpec? Spec, Stamp Created, ImmutableSortedDictionary<Prefix, BlockOwner> Blocks, long LastEpoch, bool Removed)
{
    public bool Exists => Spec is not null && !Removed;

    /// <summary>The block of a host that it does not know it has, if any that would do.</summary>
    public Prefix? UnknownTo(ClaimBlock claim)
    {
        foreach (var (block, owner) in Blocks)
        {
            if (owner.Host == claim.Stamp.Host && claim.Subnet.Contains(block) && !claim.Held.Contains(block)
                && (claim.Wanted is not { } wanted || block.Contains(wanted)))
            {
                return block;
            }
        }

        return null;
    }

    public IEnumerable<Prefix> OwnedBy(HostId host) => Blocks.Where(b => b.Value.Host == host).Select(b => b.Key);
}

/// <summary>Block ownership. The one place where it is decided which host gives out which addresses.</summary>
public sealed class NetworkDecider : IDecider<NetworkCommand, NetworkEvent, NetworkState>
{
    private NetworkDecider()
    {
    }

    public static NetworkState Initial { get; } =
        new(null, default, ImmutableSortedDictionary<Prefix, BlockOwner>.Empty, 0, Removed: false);

    public static Decision<NetworkEvent> Decide(NetworkCommand command, NetworkState state) => (command, state) switch
    {
        (CreateNetwork, { Spec: not null }) => Accept(),
        (CreateNetwork c, _) => Accept(new NetworkCreated(c.Stamp, c.Network, c.Spec)),

        (RemoveNetwork, { Exists: false }) => Accept(),
        (ReleaseBlocks or AdoptBlocks, { Exists: false }) => Accept(),
        (_, { Exists: false }) => Refuse(RefusalCodes.NetworkUnknown, "the network has been removed."),

        (ClaimBlock c, _) => Claim(c, state),
        (ReleaseBlocks c, _) => Accept(
            [.. c.Blocks.Where(b => state.Blocks.TryGetValue(b, out var owner) && owner.Host == c.Stamp.Host)
                .Select(NetworkEvent (b) => new BlockReleased(c.Stamp, b, state.Blocks[b].Epoch))]),

        (AdoptBlocks c, _) => Accept([.. Testimony.Adopt(c, state)]),

        (RemoveNetwork, { Blocks.IsEmpty: false }) => Refuse(RefusalCodes.NetworkInUse,
            $"network {state.Spec!.Name} still has blocks with {state.Blocks.Values.Select(b => b.Host).Distinct().Count()} host(s)."),
        (RemoveNetwork c, _) => Accept(new NetworkRemoved(c.Stamp)),

        _ => throw new UnreachableException($"{command.GetType().Name} has no rule."),
    };

    public static NetworkState Evolve(NetworkState state, NetworkEvent @event) => @event switch
    {
        NetworkCreated e => state with { Spec = e.Spec, Created = e.Stamp },
        BlockClaimed e => state with
        {
            Blocks = state.Blocks.SetItem(e.Block, new(e.Owner, e.Epoch)),
            LastEpoch = Math.Max(state.LastEpoch, e.Epoch),
        },
        BlockReleased e => state with { Blocks = state.Blocks.Remove(e.Block) },
        EpochsSkipped e => state with { LastEpoch = Math.Max(state.LastEpoch, e.To) },
        NetworkRemoved => state with { Removed = true, Blocks = state.Blocks.Clear() },
        _ => state,
    };

    private static Decision<NetworkEvent> Claim(ClaimBlock claim, NetworkState state)
    {
        if (state.UnknownTo(claim) is not null)
            return Accept();
        if (state.Spec!.Subnets.FirstOrDefault(s => s.Prefix == claim.Subnet) is not { } subnet)
            return Refuse(RefusalCodes.SubnetInvalid, $"{claim.Subnet} is not a subnet of network {state.Spec.Name}.");
        if (claim.Wanted is { } outside && !subnet.Prefix.Contains(outside))
            return Refuse(RefusalCodes.AddressInvalid, $"address {outside} is not in subnet {subnet.Prefix} of network {state.Spec.Name}: name the subnet that holds it.");
        return claim.Wanted is { } wanted ? ClaimAround(wanted, subnet, claim, state) : ClaimAny(subnet, claim, state);
    }

    private static Decision<NetworkEvent> ClaimAround(Ip wanted, SubnetSpec subnet, ClaimBlock claim, NetworkState state)
    {
        var block = BlockPlan.BlockOf(wanted, subnet, state.Spec!.Settings);
        if (!state.Blocks.TryGetValue(block, out var owner))
            return Accept(Claimed(claim, block, state));
        return owner.Host == claim.Stamp.Host
            ? Accept()
            : Refuse(RefusalCodes.AddressElsewhere,
                $"address {wanted} lies in block {block}, which host {owner.Host} owns: take an address outside that block, or start the container there.");
    }

    private static Decision<NetworkEvent> ClaimAny(SubnetSpec subnet, ClaimBlock claim, NetworkState state)
    {
        if (BlockPlan.FirstFree(subnet, state.Spec!.Settings, state.Blocks.ContainsKey) is { } block)
            return Accept(Claimed(claim, block, state));
        var hosts = state.Blocks.Where(b => subnet.Prefix.Contains(b.Key)).GroupBy(b => b.Value.Host)
            .Select(g => $"host {g.Key} owns {g.Count()}");
        return Refuse(RefusalCodes.AddressesExhausted,
            $"no block of subnet {subnet.Prefix} of network {state.Spec.Name} is free ({string.Join(", ", hosts)}): release addresses there, or create a network with a larger subnet.");
    }

    private static BlockClaimed Claimed(ClaimBlock claim, Prefix block, NetworkState state) =>
        new(claim.Stamp, block, claim.Stamp.Host, state.LastEpoch + 1);

    private static Decision<NetworkEvent> Accept(params ReadOnlySpan<NetworkEvent> events) => Outcome.Accept(events);

    private static Decision<NetworkEvent> Refuse(string code, string text) => Outcome.Refuse<NetworkEvent>(code, text);
}
