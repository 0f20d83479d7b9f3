using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Journal.Inspection;

/// <summary>
/// What a state forbids its next event to be. Deciders keep to it when they write; this finds what got into a file in
/// another way: a second writer, a restored copy, a hand.
/// </summary>
internal static class EventRules
{
    /// <returns>Nothing, if the event may follow.</returns>
    public static IEnumerable<string> Broken(string persistenceId, object state, object @event) => (state, @event) switch
    {
        (HostState s, HostEvent e) => OfHost(s, e),
        (RegistryState s, RegistryEvent e) => OfRegistry(s, e),
        (NetworkState s, NetworkEvent e) => OfNetwork(persistenceId, s, e),
        (HostNetworkState s, HostNetworkEvent e) => OfHostNetwork(persistenceId, s, e),
        (EndpointState s, EndpointEvent e) => OfEndpoint(persistenceId, s, e),
        _ => ["such an event has no place under this id"],
    };

    private static IEnumerable<string> OfHost(HostState state, HostEvent @event) => (@event, state) switch
    {
        (HostBorn, { Id: not null }) => ["the host was born before"],
        (HostStarted, { Id: null }) => ["the host was not born yet"],
        (HostConfirmed, { Id: null }) => ["the host was not born yet"],
        (HostConfirmed e, _) when e.Incarnation < state.Incarnation => [$"start {e.Incarnation} is confirmed after start {state.Incarnation}"],
        (HostStarted e, _) when e.Incarnation != state.Incarnation + 1 => [$"start {e.Incarnation} follows start {state.Incarnation}"],
        _ => [],
    };

    private static IEnumerable<string> OfRegistry(RegistryState state, RegistryEvent @event) => @event switch
    {
        HostForgotten e when !state.Hosts.ContainsKey(e.Id) => [$"host {e.Id} was not registered"],
        TestimonyAdopted or RegistryTrusted when !state.IsDoubted => ["the registry was not doubted"],
        NetworkNameFreed e when !state.Networks.ContainsKey(e.Network) => [$"network {e.Network} had no name"],
        NetworkNameReserved e when state.Networks.ContainsKey(e.Network) => [$"network {e.Network} had a name before"],
        NetworkNameReserved e => Taken(state, e.Spec),
        _ => [],
    };

    private static IEnumerable<string> Taken(RegistryState state, NetworkSpec spec)
    {
        foreach (var (id, other) in state.Networks)
        {
            if (other.Name == spec.Name)
                yield return $"the name {spec.Name} belonged to network {id.Short}";
            foreach (var subnet in spec.Subnets.Where(s => other.Subnets.Any(o => o.Prefix.Overlaps(s.Prefix))))
                yield return $"subnet {subnet.Prefix} belonged to network {other.Name} ({id.Short})";
        }
    }

    private static IEnumerable<string> OfNetwork(string persistenceId, NetworkState state, NetworkEvent @event) => (@event, state) switch
    {
        (NetworkCreated, { Spec: not null }) => ["the network was created before"],
        (NetworkCreated e, _) => PersistenceIds.Network(e.Network) == persistenceId ? [] : [$"it is about network {e.Network}"],
        (_, { Exists: false }) => ["there is no such network at that time"],
        (BlockClaimed e, _) => OfClaim(state, e),
        (BlockReleased e, _) => !state.Blocks.TryGetValue(e.Block, out var owner)
            ? [$"{e.Block} belonged to nobody"]
            : owner.Epoch == e.Epoch ? [] : [$"{e.Block} was claimed with epoch {owner.Epoch}, and is released with {e.Epoch}"],
        (EpochsSkipped e, _) when e.To <= state.LastEpoch => [$"epochs up to {state.LastEpoch} were used before"],
        (BlockFenced e, _) => OfFence(state, e),
        (LoanOffered e, _) => OfOffer(state, e),
        (AddressLent e, _) => OfLoan(state, e),
        (AddressReturned e, _) => state.Loans.TryGetValue(e.Address, out var loan) && loan.Epoch == e.Epoch
            ? []
            : [$"{e.Address} was not lent with epoch {e.Epoch}"],
        (NetworkRemoved, _) => state.Owners.IsEmpty ? [] : [$"{string.Join(", ", state.Owners.Keys)} still had owners"],
        _ => [],
    };

    private static IEnumerable<string> OfClaim(NetworkState state, BlockClaimed e)
    {
        if (!state.Spec!.Subnets.Any(s => s.Prefix.Contains(e.Block)))
            yield return $"{e.Block} lies in no subnet of the network";
        if (Used(state, e.Epoch) is { } used)
            yield return used;
        foreach (var (block, owner) in state.Owners.Where(b => b.Key.Overlaps(e.Block) && (b.Key != e.Block || b.Value.Host != e.Owner)))
            yield return $"{e.Block} goes to host {e.Owner}, but {block} belonged to host {owner.Host} (epoch {owner.Epoch})";
    }

    private static IEnumerable<string> OfFence(NetworkState state, BlockFenced e)
    {
        if (!state.Blocks.TryGetValue(e.Block, out var owner) || owner.Host != e.Host)
            yield return $"{e.Block} did not belong to host {e.Host}";
        if (Used(state, e.Epoch) is { } used)
            yield return used;
    }

    private static IEnumerable<string> OfOffer(NetworkState state, LoanOffered e)
    {
        if (state.Loans.TryGetValue(e.Address, out var loan))
            yield return $"{e.Address} was lent to host {loan.To} (epoch {loan.Epoch})";
        if (e.From != default && !state.Blocks.Any(b => b.Key.Contains(e.Address) && b.Value.Host == e.From))
            yield return $"{e.Address} lay in no block of host {e.From}";
        if (Used(state, e.Epoch) is { } used)
            yield return used;
    }

    private static IEnumerable<string> OfLoan(NetworkState state, AddressLent e)
    {
        if (!state.Loans.TryGetValue(e.Address, out var loan) || loan.From != e.From || loan.To != e.To)
            yield return $"{e.Address} was not offered by host {e.From} to host {e.To}";
        else if (loan.Epoch != e.Epoch && Used(state, e.Epoch) is { } used)
            yield return used;
    }

    private static string? Used(NetworkState state, long epoch) =>
        epoch <= state.LastEpoch ? $"epoch {epoch} was used before; the last one was {state.LastEpoch}" : null;

    private static IEnumerable<string> OfHostNetwork(string persistenceId, HostNetworkState state, HostNetworkEvent @event) => (@event, state) switch
    {
        (NetworkAttached, { IsAttached: true }) => ["the network was attached before"],
        (NetworkAttached e, _) => PersistenceIds.HostNetwork(e.Stamp.Host, e.Network) == persistenceId
            ? []
            : [$"it is about network {e.Network} on host {e.Stamp.Host}"],
        (_, { IsAttached: false }) => ["the network is not attached at that time"],
        (BlockReceived e, _) => OfReceipt(state, e),
        (AddressAllocated e, _) => OfAllocation(state, e),
        (AddressReleased e, _) => state.Holders.TryGetValue(e.Endpoint, out var holder) && holder.Addresses.Contains(e.Address)
            ? []
            : [$"{e.Address} was not held by endpoint {e.Endpoint}"],
        (BlockSurrendered e, _) => OfSurrender(state, e),
        (BlockLost e, _) => state.Blocks.GetValueOrDefault(e.Block)?.Epoch == e.Epoch ? [] : [$"{e.Block} was not held with epoch {e.Epoch}"],
        (AddressLentOut e, _) => OfLending(state, e),
        (AddressCameBack e, _) => state.BlockOf(e.Address)?.Value.Lent.GetValueOrDefault(e.Address)?.Epoch == e.Epoch
            ? []
            : [$"{e.Address} was not lent out with epoch {e.Epoch}"],
        (NetworkDetached, { Holders.IsEmpty: false }) => [$"{state.Holders.Count} endpoint(s) still held addresses"],
        _ => [],
    };

    private static IEnumerable<string> OfReceipt(HostNetworkState state, BlockReceived e)
    {
        if (!state.Spec!.Subnets.Any(s => s.Prefix.Contains(e.Block)))
            yield return $"{e.Block} lies in no subnet of the network";
        if (!state.Blocks.TryGetValue(e.Block, out var block))
            yield break;
        if (e.Epoch <= block.Epoch)
            yield return $"{e.Block} was received with epoch {block.Epoch}, and comes with {e.Epoch}";
    }

    private static IEnumerable<string> OfLending(HostNetworkState state, AddressLentOut e)
    {
        if (state.BlockOf(e.Address) is not { } block)
            yield return $"{e.Address} lies in no block of this host";
        else if (block.Value.Used.TryGetValue(e.Address, out var holder))
            yield return $"{e.Address} is lent while endpoint {holder} holds it";
        else if (block.Value.Lent.TryGetValue(e.Address, out var lent) && lent.Epoch >= e.Epoch)
            yield return $"{e.Address} was lent with epoch {lent.Epoch}, and is lent with {e.Epoch}";
    }

    private static IEnumerable<string> OfAllocation(HostNetworkState state, AddressAllocated e)
    {
        if (state.BlockOf(e.Address) is not { } block)
            yield return $"{e.Address} lies in no block of this host";
        else if (block.Value.Used.TryGetValue(e.Address, out var holder))
            yield return $"{e.Address} has two holders, endpoints {holder} and {e.Endpoint}";
        else if (block.Value.Lent.TryGetValue(e.Address, out var lent))
            yield return $"{e.Address} was lent to host {lent.To}";
        if (state.Spec!.SubnetOf(e.Address) is { } subnet && (!subnet.IsUsable(e.Address) || subnet.ReservedFor(e.Address) is not null))
            yield return $"{e.Address} is no address for an endpoint: {subnet.ReservedFor(e.Address) ?? "the first or last"} of {subnet.Prefix}";
    }

    private static IEnumerable<string> OfSurrender(HostNetworkState state, BlockSurrendered e)
    {
        if (!state.Blocks.TryGetValue(e.Block, out var block))
            return [$"{e.Block} was not a block of this host"];
        if (block.Epoch != e.Epoch)
            return [$"{e.Block} was received with epoch {block.Epoch}, and is surrendered with {e.Epoch}"];
        return block.Used.IsEmpty ? [] : [$"{block.Used.Count} address(es) of {e.Block} were still held"];
    }

    private static IEnumerable<string> OfEndpoint(string persistenceId, EndpointState state, EndpointEvent @event) => (@event, state.Stage) switch
    {
        (EndpointCreated e, EndpointStage.None) => PersistenceIds.Endpoint(e.Endpoint) == persistenceId ? [] : [$"it is about endpoint {e.Endpoint}"],
        (EndpointCreated, _) => ["the endpoint was created before"],
        (_, EndpointStage.None) => ["the endpoint was not created yet"],
        (_, EndpointStage.Removed) => ["the endpoint was removed before"],
        (EndpointJoined or EndpointRemoved, EndpointStage.Joined) => ["the endpoint was still joined"],
        (EndpointHandedOver, EndpointStage.Joined) when !state.IsHandedOver => ["the endpoint was still joined"],
        (EndpointJoinFailed or EndpointLeft, not EndpointStage.Joined) => ["the endpoint was not joined"],
        _ => [],
    };
}
