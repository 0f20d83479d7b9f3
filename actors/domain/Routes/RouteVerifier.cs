using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Routes;

/// <summary>What became of one route that a peer told of.</summary>
/// <param name="Route">As it goes into the kernel; null if it was rejected.</param>
/// <param name="Reason">Why it was rejected; empty otherwise.</param>
public sealed record RouteVerdict(HostId Origin, RouteAd Ad, Route? Route, string Reason)
{
    public bool IsAccepted => Route is not null;
}

/// <summary>
/// A peer's word is a rumour: a route goes into the kernel only if the registry says that the peer owns the prefix at that
/// epoch, the next hop is on-link on the network's parent here, and it takes nothing away from this host.
/// </summary>
public static class RouteVerifier
{
    /// <summary>More prefixes than a host can honestly own; the rest are rejected.</summary>
    public const int MaxPrefixesPerHost = 10_000;

    /// <summary>Judges all routes of all peers, and of several for one prefix lets the highest epoch win. Never two next hops.</summary>
    public static ImmutableArray<RouteVerdict> Judge(
        IEnumerable<RouteSet> sets, Catalogue catalogue, HostView view, ObservedKernel kernel)
    {
        var verdicts = ImmutableArray.CreateBuilder<RouteVerdict>();
        var best = new Dictionary<Prefix, int>();
        foreach (var set in sets.OrderBy(s => s.Host))
        {
            for (var n = 0; n < set.Routes.Length; n++)
            {
                var verdict = n < MaxPrefixesPerHost
                    ? Judge(set.Host, set.Routes[n], catalogue, view, kernel)
                    : new(set.Host, set.Routes[n], null, $"host tells of more than {MaxPrefixesPerHost} prefixes");
                verdicts.Add(verdict);
                if (verdict.IsAccepted)
                    Choose(verdicts, best);
            }
        }

        return verdicts.ToImmutable();
    }

    private static void Choose(ImmutableArray<RouteVerdict>.Builder verdicts, Dictionary<Prefix, int> best)
    {
        var last = verdicts.Count - 1;
        var challenger = verdicts[last];
        if (best.TryAdd(challenger.Ad.Prefix, last))
            return;
        var holder = best[challenger.Ad.Prefix];
        var (winner, loser) = challenger.Ad.Epoch > verdicts[holder].Ad.Epoch ? (last, holder) : (holder, last);
        verdicts[loser] = verdicts[loser] with { Route = null, Reason = $"host {verdicts[winner].Origin} holds the prefix at epoch {verdicts[winner].Ad.Epoch}" };
        best[challenger.Ad.Prefix] = winner;
    }

    private static RouteVerdict Judge(HostId origin, RouteAd ad, Catalogue catalogue, HostView view, ObservedKernel kernel)
    {
        var (link, reason) = Check(origin, ad, catalogue, view, kernel);
        return link is null ? new(origin, ad, null, reason) : new(origin, ad, Route.ToPeer(ad.Prefix, ad.NextHop, link.Name), "");
    }

    private static (ObservedLink? Link, string Reason) Check(
        HostId origin, RouteAd ad, Catalogue catalogue, HostView view, ObservedKernel kernel)
    {
        if (origin == view.Host.Id)
            return (null, "it bears this host's own id");
        if (!catalogue.Networks.TryGetValue(ad.Network, out var entry))
            return (null, "the registry knows no such network");
        if (entry.OwnerOf(ad.Prefix) is not { } owner || owner.Host != origin)
            return (null, "the registry does not say that this host owns the prefix");
        if (owner.Epoch != ad.Epoch)
            return (null, $"the registry has epoch {owner.Epoch} for the prefix, not {ad.Epoch}");
        if (!view.Networks.TryGetValue(ad.Network, out var network) || network is not { Spec.IsRouted: true, Parent: { } parent })
            return (null, "the network is not attached here");
        if (network.TakenFrom(ad.Prefix) is { } own)
            return (null, $"it overlaps {own}, which is this host's own");
        return CheckNextHop(ad, parent, kernel);
    }

    private static (ObservedLink? Link, string Reason) CheckNextHop(RouteAd ad, ParentLink parent, ObservedKernel kernel)
    {
        if (kernel.Link(parent.Name) is not { Up: true } link)
            return (null, $"the parent link {parent.Name} is missing or down");
        var scoped = ad.NextHop is { IsV6: true, IsLinkLocal: true };
        if (ad.NextHop.Family != ad.Prefix.Family && !scoped)
            return (null, $"the next hop {ad.NextHop} is not {ad.Prefix.Family.Name()}, nor link-local");
        var onLink = false;
        foreach (var address in kernel.Addresses)
        {
            var (connected, here) = (address.Address.Prefix, address.LinkIndex == link.Index);
            if (address.Address.Address == ad.NextHop && (here || !scoped))
                return (null, $"the next hop {ad.NextHop} is this host's own address");
            if (!connected.IsSingle && connected.Overlaps(ad.Prefix))
                return (null, $"it overlaps {connected}, which is connected here");
            onLink |= here && connected.Contains(ad.NextHop);
        }

        return onLink ? (link, "") : (null, NotOnLink(ad.NextHop, link.Name, scoped));
    }

    private static string NotOnLink(Ip hop, LinkName link, bool scoped) => scoped
        ? $"the next hop {hop} is link-local, and {link} has no link-local address here: turn IPv6 on there (net.ipv6.conf.{link}.disable_ipv6 = 0)"
        : $"the next hop {hop} is not on-link on {link}";
}
