using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Routes;

/// <summary>What a host has to tell of these blocks of a network, whether they are its own or are no more.</summary>
public delegate IEnumerable<RouteAd> RouteSource(NetworkId id, HostNetworkState network, ObservedKernel kernel, IEnumerable<Prefix> blocks);

/// <summary>What this host originates: its blocks of routed networks, while it has an endpoint there.</summary>
public static class RouteOrigin
{
    public static ImmutableArray<RouteAd> Of(HostView view, ObservedKernel kernel) =>
        [.. view.Networks.SelectMany(n => Of(n.Key, n.Value, kernel, n.Value.Blocks.Keys))];

    public static IEnumerable<RouteAd> Of(NetworkId id, HostNetworkState network, ObservedKernel kernel, IEnumerable<Prefix> blocks)
    {
        if (!Tells(network))
            yield break;
        var (hop4, hop6) = (NextHop(network, IpFamily.V4, kernel), NextHop(network, IpFamily.V6, kernel));
        foreach (var block in blocks)
        {
            if (network.Blocks.TryGetValue(block, out var own) && (block.Family == IpFamily.V4 ? hop4 : hop6) is { } nextHop)
                yield return new(id, block, own.Epoch, nextHop);
        }
    }

    /// <summary>While it has an endpoint there.</summary>
    public static bool Tells(HostNetworkState network) =>
        network.Spec!.IsRouted && (!network.Holders.IsEmpty || network.Spec.Settings.OriginateAlways);

    /// <summary>
    /// The host's own address on the network's parent link: container egress over IPv4 obeys only routes by that very link
    /// (ipvlan looks routes up with the parent as output device), so no address of another link would do. A parent that
    /// has none of the family, as a VLAN made for its network, has its IPv6 link-local one, which serves both families
    /// (RFC 5549's idea; Linux: <c>via inet6</c>).
    /// </summary>
    public static Ip? NextHop(HostNetworkState network, IpFamily family, ObservedKernel kernel)
    {
        if (network.Parent is not { } parent || kernel.Link(parent.Name) is not { Up: true } link)
            return null;
        Ip? linkLocal = null;
        foreach (var address in kernel.Addresses)
        {
            // others may hold an address that is not proven to be unique
            if (address.LinkIndex != link.Index || address.Tentative)
                continue;
            var ip = address.Address.Address;
            if (ip.Family == family && !ip.IsLinkLocal)
                return ip;
            if (ip is { IsV6: true, IsLinkLocal: true })
                linkLocal ??= ip;
        }

        return linkLocal;
    }
}
