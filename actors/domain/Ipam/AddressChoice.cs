using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Ipam;

/// <summary>A block that an allocation needs before it can be decided.</summary>
/// <param name="Wanted">An address that the block must hold; none: any block of the subnet will do.</param>
public readonly record struct BlockNeed(Prefix Subnet, Ip? Wanted);

/// <summary>
/// Which address an endpoint gets: the one asked for, or the lowest free one of the first subnet that has one. A subnet is
/// left for the next only when it has no free block either.
/// </summary>
public static class AddressChoice
{
    /// <summary>The block to claim before <paramref name="c"/> can be decided; null if it can be decided now.</summary>
    public static BlockNeed? Need(AllocateAddresses c, HostNetworkState state)
    {
        if (state.Spec is null || state.Holders.ContainsKey(c.Endpoint) || state.HolderNamed(c.EndpointName) is not null)
            return null;
        foreach (var wish in c.Wishes)
        {
            if (Need(wish, c, state) is { } need)
                return need;
            if (c.HasSeveralOfAFamily)
                c = After(Choose(wish, c, state).Address, c);
        }

        return null;
    }

    /// <summary>What is left to ask once an address has been chosen for a wish.</summary>
    public static AllocateAddresses After(Ip? chosen, AllocateAddresses c) =>
        chosen is { } ip && c.HasSeveralOfAFamily ? c with { Avoid = c.Avoid.Add(ip) } : c;

    /// <returns>An address; or why there is none; or neither, if any of a family will do and the network has no subnet of it.</returns>
    public static (Ip? Address, Refusal? Refusal) Choose(Prefix wish, AllocateAddresses c, HostNetworkState state)
    {
        if (wish.IsSingle)
        {
            var wanted = wish.First;
            var reserved = c.TakesOver && state.ReservationOf(wanted) is not null;
            return !reserved && WhyNot(wanted, c.Avoid, state) is { } refusal ? (null, refusal) : (wanted, null);
        }

        var spec = state.Spec!;
        var subnets = SubnetsIn(wish, spec).ToList();
        if (subnets.Count == 0)
        {
            return (null, wish.IsDefault ? null : new Refusal(RefusalCodes.AddressInvalid,
                $"{wish} is no subnet of network {spec.Name}, which has {string.Join(", ", spec.Subnets.Select(s => s.Prefix))}: ask for one of these, or for an address in it."));
        }

        foreach (var subnet in subnets)
        {
            if (LowestFree(subnet, c, state) is { } free)
                return (free, null);
        }

        // better an address that was released a moment ago than none
        return LongestResting(subnets, c, state) is { } rested
            ? (rested, null)
            : (null, new(RefusalCodes.AddressesExhausted,
                $"no available {wish.Family.Name()} addresses in network {spec.Name} ({string.Join(", ", subnets.Select(s => s.Prefix))}): remove endpoints, or create a network with a larger subnet."));
    }

    private static BlockNeed? Need(Prefix wish, AllocateAddresses c, HostNetworkState state)
    {
        if (wish.IsSingle)
        {
            var wanted = wish.First;
            return state.BlockOf(wanted) is null && WhyNever(wanted, c.Avoid, state) is null
                ? new(state.Spec!.SubnetOf(wanted)!.Prefix, wanted)
                : null;
        }

        foreach (var subnet in SubnetsIn(wish, state.Spec!))
        {
            if (LowestFree(subnet, c, state) is not null)
                return null;
            if (!c.Exhausted.Contains(subnet.Prefix))
                return new(subnet.Prefix, null);
        }

        return null;
    }

    private static IEnumerable<SubnetSpec> SubnetsIn(Prefix wish, NetworkSpec spec) => spec.Subnets.Where(s => wish.Contains(s.Prefix));

    /// <summary>Why an address of ours cannot be lent to another host; null if it can.</summary>
    public static Refusal? WhyNotLent(LendOutAddress c, HostNetworkState state) => WhyNot(c.Address, c.Avoid, state) is { } refusal
        ? refusal with { Text = $"{refusal.Text} (so says host {c.Stamp.Host}, which owns the block around it)" }
        : null;

    private static Refusal? WhyNot(Ip wanted, ImmutableArray<Ip> avoid, HostNetworkState state)
    {
        if (WhyNever(wanted, avoid, state) is { } never)
            return never;
        if (state.BlockOf(wanted) is not { } block)
            return new(RefusalCodes.AddressElsewhere, $"address {wanted} lies in no block of this host.");
        if (block.Value.Lent.TryGetValue(wanted, out var lent))
            return new(RefusalCodes.AddressElsewhere, $"address {wanted} is lent to host {lent.To}: take another, or remove the endpoint that holds it there.");
        return block.Value.Used.TryGetValue(wanted, out var holder)
            ? new(RefusalCodes.AddressInUse, $"Address already in use: {wanted} is held by endpoint {state.Holders[holder].Name} (id {holder.Short}); take another, or remove that endpoint.")
            : null;
    }

    /// <summary>Why an address is out of the question whoever owns its block.</summary>
    private static Refusal? WhyNever(Ip wanted, ImmutableArray<Ip> avoid, HostNetworkState state)
    {
        var spec = state.Spec!;
        if (spec.SubnetOf(wanted) is not { } subnet)
            return new(RefusalCodes.AddressInvalid, $"no configured subnet contains IP address {wanted}: network {spec.Name} has {string.Join(", ", spec.Subnets.Select(s => s.Prefix))}.");
        if (!subnet.IsUsable(wanted))
        {
            var what = wanted != subnet.Prefix.First ? "broadcast" : wanted.IsV4 ? "network" : "subnet-router anycast";
            return new(RefusalCodes.AddressReserved, $"address {wanted} is the {what} address of {subnet.Prefix}: take one from {subnet.FirstUsable} to {subnet.LastUsable}.");
        }

        if (subnet.ReservedFor(wanted) is { } purpose)
            return new(RefusalCodes.AddressReserved, $"address {wanted} is reserved: it is {purpose} of network {spec.Name}; take another.");
        return avoid.Contains(wanted)
            ? new(RefusalCodes.AddressInUse, $"Address already in use: {wanted} is an address of this host itself; take another.")
            : null;
    }

    private static Ip? LowestFree(SubnetSpec subnet, AllocateAddresses c, HostNetworkState state)
    {
        foreach (var (ip, block) in Candidates(subnet, c, state))
        {
            if (!block.Resting.TryGetValue(ip, out var released) || released + c.Rest <= c.Stamp.At)
                return ip;
        }

        return null;
    }

    private static Ip? LongestResting(List<SubnetSpec> subnets, AllocateAddresses c, HostNetworkState state)
    {
        (Ip Address, DateTimeOffset Since)? longest = null;
        foreach (var (ip, block) in subnets.SelectMany(s => Candidates(s, c, state)))
        {
            var since = block.Resting.GetValueOrDefault(ip);
            if (longest is null || since < longest.Value.Since)
                longest = (ip, since);
        }

        return longest?.Address;
    }

    /// <summary>What nobody holds in our blocks of a subnet, lowest first, resting addresses among it.</summary>
    private static IEnumerable<(Ip Address, OwnBlock Block)> Candidates(SubnetSpec subnet, AllocateAddresses c, HostNetworkState state)
    {
        var (from, to) = BlockPlan.DynamicRange(subnet);
        foreach (var (prefix, block) in state.Blocks)
        {
            if (!subnet.Prefix.Contains(prefix) || BlockPlan.IsLoan(prefix, state.Spec!))
                continue; // what is borrowed goes back, and not to the next that asks
            var (first, last) = (prefix.First > from ? prefix.First : from, prefix.Last < to ? prefix.Last : to);
            if (first > last || (ulong)(block.Used.Count + block.Lent.Count) > first.DistanceTo(last))
                continue; // full: of a host with thousands of endpoints nearly all are
            for (var ip = first; ip <= last; ip = ip.Offset(1))
            {
                if (!block.Used.ContainsKey(ip) && !block.Lent.ContainsKey(ip) && subnet.ReservedFor(ip) is null && !c.Avoid.Contains(ip) && !c.Wishes.Contains(Prefix.Single(ip)))
                    yield return (ip, block);
                if (ip == last)
                    break; // the last address of all has no next one
            }
        }
    }
}
