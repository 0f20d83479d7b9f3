using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Ipam;

/// <summary>
/// How a subnet is cut into blocks. One host owns a block at a time and gives out its addresses without asking anybody.
/// </summary>
public static class BlockPlan
{
    /// <summary>64 addresses: a prefix per busy host in the routing tables, and few enough to lie idle.</summary>
    private const int Length4 = 26;
    private const int Length6 = 122;

    /// <summary>A small subnet is cut into 16, so that 16 hosts can share a /24; the smallest block is one address.</summary>
    private const int BitsOfSmallSubnet = 4;

    /// <summary>The prefix length of the blocks of a subnet.</summary>
    public static int Length(SubnetSpec subnet, NetworkSettings settings)
    {
        var v4 = subnet.Prefix.Family == IpFamily.V4;
        var usual = Math.Max(v4 ? Length4 : Length6, subnet.Prefix.Length + BitsOfSmallSubnet);
        var asked = v4 ? settings.BlockLength4 : settings.BlockLength6;
        return Math.Clamp(asked ?? usual, subnet.Prefix.Length, subnet.Prefix.Family.BitWidth());
    }

    public static Prefix BlockOf(Ip address, SubnetSpec subnet, NetworkSettings settings) =>
        Prefix.Of(address, Length(subnet, settings));

    /// <summary>Whether a prefix of ours is no block but a single address that another host lent.</summary>
    public static bool IsLoan(Prefix prefix, NetworkSpec spec) =>
        prefix.IsSingle && spec.SubnetOf(prefix.First) is { } subnet && Length(subnet, spec.Settings) < prefix.Length;

    /// <summary>The lowest block that nobody owns and that has at least one address to give out by itself.</summary>
    public static Prefix? FirstFree(SubnetSpec subnet, NetworkSettings settings, Func<Prefix, bool> isOwned)
    {
        var (from, to) = DynamicRange(subnet);
        if (from > to)
            return null;
        var candidate = Prefix.Of(from, Length(subnet, settings));
        while (isOwned(candidate) || !HasDynamicAddress(candidate, subnet))
        {
            if (candidate.Last >= to)
                return null;
            candidate = Prefix.Of(candidate.Last.Offset(1), candidate.Length);
        }

        return candidate;
    }

    /// <summary>First and last address that may be given out by itself; first after last when there is none.</summary>
    public static (Ip First, Ip Last) DynamicRange(SubnetSpec subnet)
    {
        if (subnet.Range is not { } range)
            return (subnet.FirstUsable, subnet.LastUsable);
        return (Max(range.First, subnet.FirstUsable), Min(range.Last, subnet.LastUsable));
    }

    private static bool HasDynamicAddress(Prefix block, SubnetSpec subnet)
    {
        var (from, to) = DynamicRange(subnet);
        var last = Min(block.Last, to);
        for (var ip = Max(block.First, from); ip <= last; ip = ip.Offset(1))
        {
            if (subnet.ReservedFor(ip) is null)
                return true;
            if (ip == last)
                break;
        }

        return false;
    }

    private static Ip Max(Ip a, Ip b) => a > b ? a : b;

    private static Ip Min(Ip a, Ip b) => a < b ? a : b;
}
