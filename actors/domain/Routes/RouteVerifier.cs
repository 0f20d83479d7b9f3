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

    /// <summary>One of <see cref="RejectCodes"/>; empty if it was accepted.</summary>
    public string Code { get; init; } = "";

    public static RouteVerdict Accepted(HostId origin, RouteAd ad, Route route) => new(origin, ad, route, "");

    public static RouteVerdict Rejected(HostId origin, RouteAd ad, string code, string reason) => new(origin, ad, null, reason) { Code = code };
}

/// <summary>Why routes and route messages are rejected, in words that can be counted by.</summary>
public static class RejectCodes
{
    public const string OwnHostId = "own-host-id";
    public const string NetworkUnknown = "network-unknown";
    public const string NotOwner = "not-owner";
    public const string OldEpoch = "old-epoch";
    public const string EpochAhead = "epoch-ahead";
    public const string NotAttached = "not-attached";
    public const string OwnBlock = "own-block";
    public const string NextHop = "next-hop";
    public const string TooMany = "too-many";
    public const string PrefixHeld = "prefix-held";
    public const string Unreadable = "unreadable";
    public const string Waiting = "waiting";

    /// <summary>The registry's word, or this host's own attaching, may still be on its way: not wrong before a while has passed.</summary>
    public static bool MayCome(string code) => code is NetworkUnknown or NotOwner or EpochAhead or NotAttached;

    /// <summary>Nobody's fault: nothing was wrong with the route.</summary>
    public static bool IsState(string code) => code is Waiting;
}

/// <summary>What is to become of a route that a host tells of.</summary>
public delegate RouteVerdict RouteJudge(HostId origin, RouteAd ad, RouteBasis basis);

/// <summary>
/// A peer's word is a rumour: a route goes into the kernel only if the registry says that the peer owns the prefix at that
/// epoch, the next hop is on-link on the network's parent here, and it takes nothing away from this host.
/// </summary>
public static class RouteVerifier
{
    /// <summary>One route by itself; of several for one prefix <see cref="RouteTable"/> lets one win.</summary>
    public static RouteVerdict Judge(HostId origin, RouteAd ad, RouteBasis basis)
    {
        if (!basis.IsKnown)
            return RouteVerdict.Rejected(origin, ad, RejectCodes.Waiting, "the registry has not been heard yet");
        if (origin == basis.View.Host.Id)
            return RouteVerdict.Rejected(origin, ad, RejectCodes.OwnHostId, "it bears this host's own id");
        if (!basis.Catalogue.Networks.TryGetValue(ad.Network, out var entry))
            return RouteVerdict.Rejected(origin, ad, RejectCodes.NetworkUnknown, "the registry knows no such network");
        if (entry.OwnerOf(ad.Prefix) is not { } owner || owner.Host != origin)
            return RouteVerdict.Rejected(origin, ad, RejectCodes.NotOwner, "the registry does not say that this host owns the prefix");
        if (owner.Epoch != ad.Epoch)
        {
            return RouteVerdict.Rejected(
                origin, ad, ad.Epoch < owner.Epoch ? RejectCodes.OldEpoch : RejectCodes.EpochAhead,
                $"the registry has epoch {owner.Epoch} for the prefix, not {ad.Epoch}");
        }

        if (!basis.View.Networks.TryGetValue(ad.Network, out var network) || network is not { Spec.IsRouted: true, Parent: { } parent })
            return RouteVerdict.Rejected(origin, ad, RejectCodes.NotAttached, "the network is not attached here");
        if (basis.TakenFrom(ad.Network, ad.Prefix) is { } own)
            return RouteVerdict.Rejected(origin, ad, RejectCodes.OwnBlock, $"it overlaps {own}, which is this host's own");
        var (link, reason) = CheckNextHop(ad, parent, basis.Kernel);
        return link is null
            ? RouteVerdict.Rejected(origin, ad, RejectCodes.NextHop, reason)
            : RouteVerdict.Accepted(origin, ad, Route.ToPeer(ad.Prefix, ad.NextHop, link.Name));
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
