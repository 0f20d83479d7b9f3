using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Ipam;

/// <summary>
/// Subnets for networks that name none: 172.18.0.0/16 to 172.31.0.0/16, then 192.168.0.0/16 cut into /20, as Docker's
/// local pools but for 172.17.0.0/16, which its docker0 bridge takes.
/// </summary>
public static class DefaultPools
{
    /// <summary>The first that overlaps none of <paramref name="taken"/> (networks, on-link routes, name servers).</summary>
    public static Prefix? FirstFree(IReadOnlyCollection<Prefix> taken)
    {
        foreach (var candidate in Candidates())
        {
            if (!taken.Any(candidate.Overlaps))
                return candidate;
        }

        return null;
    }

    private static IEnumerable<Prefix> Candidates()
    {
        var sixteens = Prefix.Parse("172.16.0.0/12");
        for (var n = 2UL; n < 16; n++)
            yield return sixteens.Nth(16, n);
        var twenties = Prefix.Parse("192.168.0.0/16");
        for (var n = 0UL; n < 16; n++)
            yield return twenties.Nth(20, n);
    }
}
