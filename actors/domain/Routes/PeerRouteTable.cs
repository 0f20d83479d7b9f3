using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Routes;

/// <summary>Which routes to peers should stand: those accepted, and those of peers that have not spoken since this node started.</summary>
public static class PeerRouteTable
{
    /// <summary>
    /// A node that was killed or upgraded knows no peer's routes for a while, but the kernel still has them and containers
    /// use them. Each stays until its owner has spoken, or the registry says that it is nobody's.
    /// </summary>
    /// <param name="isKept">The catalogue is one kept from before this start: what it has not is not nobody's.</param>
    /// <param name="heard">Peers whose route sets have been received since this node started.</param>
    public static ImmutableArray<Route> Desired(
        HostId self, ImmutableArray<RouteVerdict> verdicts, IReadOnlySet<HostId> heard, Catalogue catalogue, ObservedKernel kernel, bool isKept = false)
    {
        var accepted = verdicts.Where(v => v.IsAccepted).Select(v => v.Route!).ToList();
        var prefixes = accepted.Select(r => r.Destination).ToHashSet();
        return
        [
            .. accepted,
            .. kernel.Routes.Where(r => r.Metric == Ownership.PeerMetric && !prefixes.Contains(r.Destination)
                && (OwnerOf(r.Destination, catalogue) is { } owner ? owner != self && !heard.Contains(owner) : isKept)),
        ];
    }

    private static HostId? OwnerOf(Prefix prefix, Catalogue catalogue)
    {
        foreach (var network in catalogue.Networks.Values)
        {
            if (network.OwnerOf(prefix) is { } owner)
                return owner.Host;
        }

        return null;
    }
}
