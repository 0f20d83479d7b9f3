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
        ImmutableSortedDictionary<Prefix, OwnBlock>.Empty, []);

    public static Decision<HostNetworkEvent> Decide(HostNetworkCommand command, HostNetworkState state) => (command, state) switch
    {
        (AttachNetwork, { IsAttached: true }) => Accept(),
        (AttachNetwork c, _) => Attach(c),

        (DetachNetwork or ReleaseAddresses or SurrenderBlocks, { IsAttached: false }) => Accept(),
        (_, { IsAttached: false }) => Refuse(RefusalCodes.NetworkUnknown, "the network is not attached on this host."),

        (ReceiveBlock c, _) when state.Blocks.TryGetValue(c.Block, out var block) && block.Epoch >= c.Epoch => Accept(),
        (ReceiveBlock c, _) => Accept(new BlockReceived(c.Stamp, c.Block, c.Epoch)),

        (AllocateAddresses c, _) => Allocate(c, state),
        (ReleaseAddresses c, _) => state.Holders.TryGetValue(c.Endpoint, out var holder)
            ? Accept([.. holder.Addresses.Select(HostNetworkEvent (a) => new AddressReleased(c.Stamp, a, c.Endpoint))])
            : Accept(),

        (SurrenderBlocks or DetachNetwork, { Holders.IsEmpty: false }) => Refuse(RefusalCodes.NetworkInUse, InUse(state)),
        (SurrenderBlocks c, _) => Accept([.. Surrendered(c.Stamp, state)]),
        (DetachNetwork c, _) => Accept([.. Surrendered(c.Stamp, state), new NetworkDetached(c.Stamp)]),

        _ => throw new UnreachableException($"{command.GetType().Name} has no rule."),
    };

    public static HostNetworkState Evolve(HostNetworkState state, HostNetworkEvent @event) => @event switch
    {
        NetworkAttached e => state with { Network = e.Network, Spec = e.Spec, Parent = e.Parent, Created = e.Created },
        ParentLinkCreated e => state with { Parent = e.Link, OwnsParent = true },
        BlockReceived e => state with
        {
            Blocks = state.Blocks.SetItem(e.Block, state.Blocks.TryGetValue(e.Block, out var block) ? block with { Epoch = e.Epoch } : OwnBlock.Received(e.Epoch)),
        },
        AddressAllocated e => Allocated(state, e),
        AddressReleased e => Released(state, e),
        BlockSurrendered e => state with { Blocks = state.Blocks.Remove(e.Block) },
        NetworkDetached => Initial,
        _ => state,
    };

    private static Decision<HostNetworkEvent> Attach(AttachNetwork c)
    {
        var attached = new NetworkAttached(c.Stamp, c.Network, c.Spec, c.Parent, c.Created);
        return c.Parent.Made == ParentKind.Given ? Accept(attached) : Accept(attached, new ParentLinkCreated(c.Stamp, c.Parent));
    }

    private static Decision<HostNetworkEvent> Allocate(AllocateAddresses c, HostNetworkState state)
    {
        if (state.Holders.ContainsKey(c.Endpoint))
            return Accept();
        if (state.HolderNamed(c.EndpointName) is { } same)
            return Refuse(RefusalCodes.EndpointExists, $"endpoint {c.EndpointName} exists already in network {state.Spec!.Name} (id {same.Short}): take another name, or remove it first.");

        var events = new List<HostNetworkEvent>(2);
        foreach (var family in new[] { IpFamily.V4, IpFamily.V6 })
        {
            var (address, refusal) = AddressChoice.Choose(family, c, state);
            if (refusal is not null)
                return new Decision<HostNetworkEvent>.Refused(refusal);
            if (address is { } chosen)
                events.Add(new AddressAllocated(c.Stamp, chosen, c.Endpoint, c.EndpointName, c.Wanted(family) is null ? AddressKind.Dynamic : AddressKind.Explicit));
        }

        return Accept([.. events]);
    }

    private static HostNetworkState Allocated(HostNetworkState state, AddressAllocated e)
    {
        var holder = state.Holders.GetValueOrDefault(e.Endpoint) ?? new(e.EndpointName, []);
        var next = state with { Holders = state.Holders.SetItem(e.Endpoint, holder with { Addresses = holder.Addresses.Add(e.Address) }) };
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
            next = state with
            {
                Holders = left.IsEmpty ? state.Holders.Remove(e.Endpoint) : state.Holders.SetItem(e.Endpoint, holder with { Addresses = left }),
            };
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
