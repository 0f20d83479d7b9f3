using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Routes;

/// <summary>What this host originates: its blocks of routed networks, while it has an endpoint there.</summary>
public static class RouteOrigin
{
    public static ImmutableArray<RouteAd> Of(HostView view, ObservedKernel kernel)
    {
        var ads = ImmutableArray.CreateBuilder<RouteAd>();
        foreach (var (id, network) in view.Networks)
        {
            if (!network.Spec!.IsRouted || (network.Holders.IsEmpty && !network.Spec.Settings.OriginateAlways))
                continue;
            foreach (var (block, own) in network.Blocks)
            {
                if (NextHop(network, block.Family, kernel) is { } nextHop)
                    ads.Add(new(id, block, own.Epoch, nextHop));
            }
        }

        return ads.ToImmutable();
    }

    /// <summary>
    /// The host's own address on the network's parent link: container egress over IPv4 obeys only routes by that very link
    /// (ipvlan looks routes up with the parent as output device), so no other address would do.
    /// </summary>
    public static Ip? NextHop(HostNetworkState network, IpFamily family, ObservedKernel kernel)
    {
        if (network.Parent is not { } parent || kernel.Link(parent.Name) is not { Up: true } link)
            return null;
        foreach (var address in kernel.Addresses)
        {
            if (address.LinkIndex == link.Index && address.Address.Address.Family == family && !address.Address.Address.IsLinkLocal)
                return address.Address.Address;
        }

        return null;
    }
}
