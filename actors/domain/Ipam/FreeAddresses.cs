using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Ipam;

/// <summary>Whether a host can give out one more address by itself, without asking anybody.</summary>
public static class FreeAddresses
{
    /// <summary>
    /// A family whose subnets have nothing left here: every block of this host is full, and every other has an owner, as
    /// far as the catalogue knows. None: there is something of each family.
    /// </summary>
    /// <param name="owners">Blocks of the network that have owners.</param>
    public static IpFamily? Exhausted(HostNetworkState state, IReadOnlyCollection<Prefix> owners)
    {
        foreach (var family in new[] { IpFamily.V4, IpFamily.V6 })
        {
            var subnets = state.Spec?.SubnetsOf(family).ToList() ?? [];
            if (subnets.Count > 0 && !subnets.Exists(s => HasOne(s, state, owners)))
                return family;
        }

        return null;
    }

    private static bool HasOne(SubnetSpec subnet, HostNetworkState state, IReadOnlyCollection<Prefix> owners) =>
        IdleBlocks.Free(subnet, state) > 0
        || BlockPlan.FirstFree(subnet, state.Spec!.Settings, block => owners.Contains(block) || state.Blocks.ContainsKey(block)) is not null;
}
