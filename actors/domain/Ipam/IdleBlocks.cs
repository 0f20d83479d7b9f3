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
            var left = BlocksOf(subnet, state).ToList();
            foreach (var (prefix, block) in state.Blocks.Reverse().Where(b => subnet.Prefix.Contains(b.Key) && IsUnused(b.Value, now, rest)))
            {
                if (BlockPlan.IsLoan(prefix, state.Spec!))
                    yield return prefix;
                else if (left.Count > 1 && !IsShort(subnet, left.Where(b => b.Key != prefix), state) && left.RemoveAll(b => b.Key == prefix) > 0)
                    yield return prefix;
            }
        }
    }

    /// <summary>Whether the next block of a subnet should be claimed before it is needed. Only where the host has one already.</summary>
    public static bool IsShort(SubnetSpec subnet, HostNetworkState state)
    {
        var blocks = BlocksOf(subnet, state).ToList();
        return blocks.Count > 0 && IsShort(subnet, blocks, state);
    }

    private static bool IsShort(SubnetSpec subnet, IEnumerable<KeyValuePair<Prefix, OwnBlock>> blocks, HostNetworkState state)
    {
        var bits = subnet.Prefix.Family.BitWidth() - BlockPlan.Length(subnet, state.Spec!.Settings);
        if (bits < FewestBits)
            return false;
        var few = Math.Max(1UL << Math.Min(bits - 2, 63), FewestFree); // a quarter
        return Sum(blocks, subnet) < few;
    }

    /// <summary>What this host can give out of a subnet without asking anybody, resting addresses included.</summary>
    public static ulong Free(SubnetSpec subnet, HostNetworkState state) => Sum(BlocksOf(subnet, state), subnet);

    private static ulong Sum(IEnumerable<KeyValuePair<Prefix, OwnBlock>> blocks, SubnetSpec subnet) =>
        blocks.Aggregate(0UL, (sum, b) => sum + Math.Min(Free(b.Key, b.Value, subnet), ulong.MaxValue - sum));

    /// <summary>Addresses to give out by themselves, resting ones included (2^64 - 1: or more): they are had again before a block is.</summary>
    private static ulong Free(Prefix prefix, OwnBlock block, SubnetSpec subnet)
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
        state.Blocks.Where(b => subnet.Prefix.Contains(b.Key) && !BlockPlan.IsLoan(b.Key, state.Spec!));

    private static bool IsUnused(OwnBlock block, DateTimeOffset now, TimeSpan rest) =>
        block.Used.IsEmpty && block.Lent.IsEmpty && block.Resting.Values.All(since => since + rest <= now);
}
