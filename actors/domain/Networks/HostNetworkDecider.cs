using System.Collections.Immutable;
using System.Diagnostics;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Ipam;

namespace IpvlanActors.Domain.Networks;

/// <summary>Allocation inside the blocks that this host owns: no network needed, one fsync.</summary>
public sealed class HostNetworkDecider : IDecider<HostNetworkCommand, HostNetworkEvent, HostNetworkState>
{
    private HostNetworkDecider()
    {
    }

    public static HostNetworkState Initial { get; } = new(
        default, null, default, null, OwnsParent: false,
        PrefixMap<OwnBlock>.Empty, []);

    public static Decision<HostNetworkEvent> Decide(HostNetworkCommand command, HostNetworkState state) => (command, state) switch
    {
        (AttachNetwork, { IsAttached: true }) => Accept(),
        (AttachNetwork c, _) => Attach(c),

        (DetachNetwork or ReleaseAddresses or ReleaseReservation or SurrenderBlocks or SurrenderIdle or LoseBlock or TakeBackAddress or UnbindNetwork, { IsAttached: false }) => Accept(),
        (_, { IsAttached: false }) => Refuse(RefusalCodes.NetworkUnknown, "the network is not attached on this host."),

        (ReceiveBlock c, _) => c.Epoch > (state.Blocks.GetValueOrDefault(c.Block)?.Epoch ?? state.LastEpoch)
            ? Accept(new BlockReceived(c.Stamp, c.Block, c.Epoch))
            : Accept(), // an answer of the past; the next claim is answered at a higher epoch
        (LoseBlock c, _) => state.Blocks.GetValueOrDefault(c.Block)?.Epoch == c.Epoch ? Accept(new BlockLost(c.Stamp, c.Block, c.Epoch)) : Accept(),

        (LendOutAddress c, _) => Lend(c, state),
        (TakeBackAddress c, _) => LentAt(c.Address, state) == c.Epoch ? Accept(new AddressCameBack(c.Stamp, c.Address, c.Epoch)) : Accept(),

        (AllocateAddresses c, _) => Allocate(c, state),
        (ReleaseAddresses c, _) => state.Holders.TryGetValue(c.Endpoint, out var holder)
            ? Accept([.. holder.Addresses.Select(HostNetworkEvent (a) => new AddressReleased(c.Stamp, a, c.Endpoint))])
            : Accept(),
        (ReleaseReservation c, _) => state.ReservationOf(c.Address) is { } reservation
            ? Accept(new AddressReleased(c.Stamp, c.Address, reservation))
            : Accept(),

        (BindNetwork, { Spec.Parents.InContainer: true }) => new Decision<HostNetworkEvent>.Refused(BindRules.NotByHost(state.Spec!.Name)),
        (BindNetwork c, { Binding: { } bound }) => bound.Key == c.Key
            ? Accept()
            : Refuse(RefusalCodes.NetworkBound, $"network {state.Spec!.Name} is {bound.Key[..Math.Min(bound.Key.Length, 12)]} to Docker on this host already: use that one, or remove it first (docker network rm)."),
        (BindNetwork c, _) => Accept(new NetworkBound(c.Stamp, c.Key, c.IsMaker)),
        (UnbindNetwork, { Binding: null }) => Accept(),
        (UnbindNetwork c, _) => Accept(new NetworkUnbound(c.Stamp)),

        (SurrenderBlocks or DetachNetwork, { Holders.IsEmpty: false }) => Refuse(RefusalCodes.NetworkInUse, InUse(state)),
        (SurrenderIdle c, _) => Accept([.. IdleBlocks.Of(state, c.Stamp.At, c.Rest).Intersect(c.Blocks)
            .Select(HostNetworkEvent (b) => new BlockSurrendered(c.Stamp, b, state.Blocks[b].Epoch))]),
        (SurrenderBlocks c, _) => Accept([.. Surrendered(c.Stamp, state)]),
        (DetachNetwork c, _) => Accept([.. Surrendered(c.Stamp, state), new NetworkDetached(c.Stamp)]),

        _ => throw new UnreachableException($"{command.GetType().Name} has no rule."),
    };

    public static HostNetworkState Evolve(HostNetworkState state, HostNetworkEvent @event) => @event switch
    {
        NetworkAttached e => state with { Network = e.Network, Spec = e.Spec, Parent = e.Parent, Created = e.Created },
        ParentLinkCreated e => state with { Parent = e.Link, OwnsParent = true },
        BlockReceived e => Seen(state, e.Epoch) with
        {
            Blocks = state.Blocks.SetItem(e.Block, state.Blocks.TryGetValue(e.Block, out var block) ? block with { Epoch = e.Epoch } : Received(e, state)),
            Lost = state.Lost.Remove(e.Block),
        },
        AddressLentOut e => WithLent(state, e.Address, lent => lent.SetItem(e.Address, new(e.To, e.Epoch))),
        AddressCameBack e => CameBack(state, e),
        AddressAllocated e => Allocated(state, e),
        AddressReleased e => Released(state, e),
        BlockSurrendered e => Seen(state, e.Epoch) with { Blocks = state.Blocks.Remove(e.Block) },
        BlockLost e => Lost(Seen(state, e.Epoch), e),
        NetworkBound e => state with { Binding = new(e.Key, e.IsMaker) },
        NetworkUnbound => state with { Binding = null },
        NetworkDetached => Initial,
        _ => state,
    };

    private static Decision<HostNetworkEvent> Attach(AttachNetwork c)
    {
        var attached = new NetworkAttached(c.Stamp, c.Network, c.Spec, c.Parent, c.Created);
        return c.Parent.Made is ParentKind.Given or ParentKind.Container ? Accept(attached) : Accept(attached, new ParentLinkCreated(c.Stamp, c.Parent));
    }

    private static Decision<HostNetworkEvent> Allocate(AllocateAddresses c, HostNetworkState state)
    {
        if (state.Holders.TryGetValue(c.Endpoint, out var holds) && c.MustBeNew)
            return Refuse(RefusalCodes.EndpointExists, $"endpoint {holds.Name} exists already in network {state.Spec!.Name} (id {c.Endpoint.Short}) with {string.Join(", ", holds.Addresses)}: remove it first.");
        if (holds is not null)
            return holds.Addresses.All(a => state.BlockOf(a) is not null) ? Accept() : Refuse(RefusalCodes.Fenced, Fenced(holds, state));
        if (state.HolderNamed(c.EndpointName) is { } same)
            return Refuse(RefusalCodes.EndpointExists, $"endpoint {c.EndpointName} exists already in network {state.Spec!.Name} (id {same.Short}): take another name, or remove it first.");

        var events = new List<HostNetworkEvent>(2);
        foreach (var wish in c.Wishes)
        {
            var (address, refusal) = AddressChoice.Choose(wish, c, state);
            if (refusal is not null)
                return new Decision<HostNetworkEvent>.Refused(refusal);
            if (address is not { } chosen)
                continue;
            if (state.ReservationOf(chosen) is { } reservation)
                events.Add(new AddressReleased(c.Stamp, chosen, reservation));
            events.Add(new AddressAllocated(c.Stamp, chosen, c.Endpoint, c.EndpointName, KindOf(c, wish)));
            c = AddressChoice.After(chosen, c);
        }

        return Accept([.. events]);
    }

    private static AddressKind KindOf(AllocateAddresses c, Prefix wish) =>
        c.IsReservation ? AddressKind.Reserved : wish.IsSingle ? AddressKind.Explicit : AddressKind.Dynamic;

    private static string Fenced(AddressHolder holder, HostNetworkState state) =>
        $"endpoint {holder.Name} holds {string.Join(", ", holder.Addresses.Where(a => state.BlockOf(a) is null))} of network {state.Spec!.Name}, " +
        "which the registry took from this host: remove the endpoint, and join again to get an address that is this host's own.";

    private static Decision<HostNetworkEvent> Lend(LendOutAddress c, HostNetworkState state)
    {
        var lent = LentAt(c.Address, state);
        if (lent > c.Epoch)
            return Refuse(RefusalCodes.NotReady, $"address {c.Address} has been lent anew since: ask again.");
        if (lent == c.Epoch)
            return Accept();
        return lent is null && AddressChoice.WhyNotLent(c, state) is { } refusal
            ? new Decision<HostNetworkEvent>.Refused(refusal)
            : Accept(new AddressLentOut(c.Stamp, c.Address, c.To, c.Epoch));
    }

    private static long? LentAt(Ip address, HostNetworkState state) => state.BlockOf(address)?.Value.Lent.GetValueOrDefault(address)?.Epoch;

    /// <summary>A block that comes back after it was lost may have holders still.</summary>
    private static OwnBlock Received(BlockReceived e, HostNetworkState state) => OwnBlock.Received(e.Epoch) with
    {
        Used = ImmutableSortedDictionary<Ip, EndpointId>.Empty.SetItems(
            state.Holders.SelectMany(h => h.Value.Addresses.Select(a => KeyValuePair.Create(a, h.Key)))
                .Where(h => e.Block.Contains(h.Key) && state.BlockOf(h.Key) is null)),
    };

    private static HostNetworkState Lost(HostNetworkState state, BlockLost e) => state with
    {
        Blocks = state.Blocks.Remove(e.Block),
        Lost = state.Blocks.GetValueOrDefault(e.Block)?.Used.IsEmpty == false ? state.Lost.SetItem(e.Block, e.Epoch) : state.Lost,
    };

    private static HostNetworkState WithLent(
        HostNetworkState state, Ip address, Func<ImmutableSortedDictionary<Ip, LentAddress>, ImmutableSortedDictionary<Ip, LentAddress>> change) =>
        state.BlockOf(address) is { } block
            ? state with { Blocks = state.Blocks.SetItem(block.Key, block.Value with { Lent = change(block.Value.Lent) }) }
            : state;

    /// <summary>Its neighbours may take it for the borrower's still, so it rests like any address.</summary>
    private static HostNetworkState CameBack(HostNetworkState state, AddressCameBack e)
    {
        var next = WithLent(state, e.Address, lent => lent.Remove(e.Address));
        return next.BlockOf(e.Address) is { } block
            ? next with { Blocks = next.Blocks.SetItem(block.Key, block.Value with { Resting = block.Value.Resting.SetItem(e.Address, e.Stamp.At) }) }
            : next;
    }

    private static HostNetworkState Seen(HostNetworkState state, long epoch) => state with { LastEpoch = Math.Max(state.LastEpoch, epoch) };

    private static HostNetworkState Allocated(HostNetworkState state, AddressAllocated e)
    {
        var holder = state.Holders.GetValueOrDefault(e.Endpoint) ?? new(e.EndpointName, []) { IsReservation = e.Kind == AddressKind.Reserved };
        var next = state.WithHolder(e.Endpoint, holder with { Addresses = holder.Addresses.Add(e.Address) });
        return state.BlockOf(e.Address) is { } block
            ? next with
            {
                Blocks = state.Blocks.SetItem(block.Key, block.Value with
                {
                    Used = block.Value.Used.SetItem(e.Address, e.Endpoint),
                    Resting = block.Value.Resting.Remove(e.Address),
                }),
            }
            : next;
    }

    private static HostNetworkState Released(HostNetworkState state, AddressReleased e)
    {
        var next = state;
        if (state.Holders.TryGetValue(e.Endpoint, out var holder))
        {
            var left = holder.Addresses.Remove(e.Address);
            next = left.IsEmpty ? state.WithoutHolder(e.Endpoint) : state.WithHolder(e.Endpoint, holder with { Addresses = left });
            next = next.Lost.IsEmpty ? next : next with { Lost = next.Lost.RemoveRange(next.Lost.Keys.Where(lost => !IsHeld(lost, next))) };
        }

        return state.BlockOf(e.Address) is { } block
            ? next with
            {
                Blocks = state.Blocks.SetItem(block.Key, block.Value with
                {
                    Used = block.Value.Used.Remove(e.Address),
                    Resting = block.Value.Resting.SetItem(e.Address, e.Stamp.At),
                }),
            }
            : next;
    }

    private static bool IsHeld(Prefix block, HostNetworkState state) => state.Holders.Values.Any(h => h.Addresses.Any(block.Contains));

    private static ImmutableArray<HostNetworkEvent> Surrendered(Stamp stamp, HostNetworkState state) =>
        [.. state.Blocks.Select(HostNetworkEvent (b) => new BlockSurrendered(stamp, b.Key, b.Value.Epoch))];

    private static string InUse(HostNetworkState state)
    {
        const int Shown = 5;
        var names = string.Join(", ", state.Holders.OrderBy(h => h.Value.Name, StringComparer.Ordinal).Take(Shown)
            .Select(h => $"name:\"{h.Value.Name}\" id:\"{h.Key.Short}\""));
        var more = state.Holders.Count > Shown ? $" and {state.Holders.Count - Shown} more" : "";
        return $"network {state.Spec!.Name} has active endpoints ({names}{more}): remove them first.";
    }

    private static Decision<HostNetworkEvent> Accept(params ReadOnlySpan<HostNetworkEvent> events) => Outcome.Accept(events);

    private static Decision<HostNetworkEvent> Refuse(string code, string text) => Outcome.Refuse<HostNetworkEvent>(code, text);
}
