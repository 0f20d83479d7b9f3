using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Ipam;

/// <summary>When a host has more blocks than it needs, and when it soon has too few.</summary>
public static class IdleBlocks
{
    /// <summary>Blocks smaller than this are claimed when they are needed: to hoard single addresses would starve others.</summary>
    private const int FewestBits = 4;

    private const int FewestFree = 8;

    /// <summary>
    /// Blocks that nobody here uses and that the host can spare: nothing held, lent or resting, not the only one of its
    /// subnet, and enough free addresses without it, so that it is not claimed again at once. Loans need no reserve.
    /// </summary>
    public static IEnumerable<Prefix> Of(HostNetworkState state, DateTimeOffset now, TimeSpan rest)
    {
        foreach (var subnet in state.Spec?.Subnets ?? [])
        {
            var (left, free) = (BlocksOf(subnet, state).Count(), Free(subnet, state));
            foreach (var (prefix, block) in state.Blocks.Backwards.Where(b => subnet.Prefix.Contains(b.Key) && IsUnused(b.Value, now, rest)))
            {
                if (BlockPlan.IsLoan(prefix, state.Spec!))
                {
                    yield return prefix;
                }
                else if (left > 1 && free - Free(prefix, block, subnet) is var rests && rests >= Few(subnet, state))
                {
                    (left, free) = (left - 1, rests);
                    yield return prefix;
                }
            }
        }
    }

    /// <summary>Whether the next block of a subnet should be claimed before it is needed. Only where the host has one already.</summary>
    public static bool IsShort(SubnetSpec subnet, HostNetworkState state)
    {
        var (few, free, any) = (Few(subnet, state), 0.0, false);
        if (few == 0)
            return false;
        foreach (var (prefix, block) in state.Blocks.Backwards) // addresses are given out from the other end, so this one is free sooner
        {
            if (free >= few)
                return false;
            if (!IsOf(subnet, prefix, state))
                continue;
            free += Free(prefix, block, subnet);
            any = true;
        }

        return any && free < few;
    }

    /// <summary>With fewer free addresses than this the host is short of them. 0: it never is, since blocks are too small to be hoarded.</summary>
    private static double Few(SubnetSpec subnet, HostNetworkState state)
    {
        var bits = subnet.Prefix.Family.BitWidth() - BlockPlan.Length(subnet, state.Spec!.Settings);
        return bits < FewestBits ? 0 : Math.Max(1UL << Math.Min(bits - 2, 62), FewestFree); // a quarter of a block
    }

    /// <summary>What this host can give out of a subnet without asking anybody, resting addresses included. Approximate above 2^53.</summary>
    public static double Free(SubnetSpec subnet, HostNetworkState state) => BlocksOf(subnet, state).Sum(b => Free(b.Key, b.Value, subnet));

    /// <summary>Addresses to give out by themselves, resting ones included (2^64 of a larger block, whose parts add up all the same): they are had again before a block is.</summary>
    private static double Free(Prefix prefix, OwnBlock block, SubnetSpec subnet)
    {
        var (from, to) = BlockPlan.DynamicRange(subnet);
        var (first, last) = (prefix.First > from ? prefix.First : from, prefix.Last < to ? prefix.Last : to);
        if (first > last)
            return 0;
        var reserved = subnet.Reserved.Values.Select(Ip? (a) => a).Append(subnet.Gateway).OfType<Ip>().Distinct();
        var all = Math.Min(first.DistanceTo(last), ulong.MaxValue - 1) + 1;
        if ((ulong)(block.Used.Count + block.Lent.Count) >= all)
            return 0;
        var taken = (ulong)block.Used.Keys.Concat(block.Lent.Keys).Concat(reserved).Count(a => a >= first && a <= last);
        return all > taken ? all - taken : 0;
    }

    private static IEnumerable<KeyValuePair<Prefix, OwnBlock>> BlocksOf(SubnetSpec subnet, HostNetworkState state) =>
        state.Blocks.Where(b => IsOf(subnet, b.Key, state));

    private static bool IsOf(SubnetSpec subnet, Prefix block, HostNetworkState state) =>
        subnet.Prefix.Contains(block) && !BlockPlan.IsLoan(block, state.Spec!);

    private static bool IsUnused(OwnBlock block, DateTimeOffset now, TimeSpan rest) =>
        block.Used.IsEmpty && block.Lent.IsEmpty && block.Resting.Values.All(since => since + rest <= now);
}
