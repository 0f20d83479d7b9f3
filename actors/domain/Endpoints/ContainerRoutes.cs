using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Endpoints;

/// <summary>
/// A container's default routes: by the gateway of its own subnet in L2, straight to the device in L3 and L3S (there is no
/// ARP, so a next hop would mean nothing), none in an isolated network.
/// </summary>
public static class ContainerRoutes
{
    public static ImmutableArray<Route> For(NetworkSpec spec, ImmutableArray<InterfaceAddress> addresses, LinkName device)
    {
        if (spec.IsIsolated)
            return [];
        var routes = ImmutableArray.CreateBuilder<Route>(2);
        foreach (var address in addresses)
        {
            var family = address.Address.Family;
            if (spec.Mode != IpvlanMode.L2)
                routes.Add(Route.Default(family, null, device));
            else if (spec.SubnetOf(address.Address)?.Gateway is { } gateway)
                routes.Add(Route.Default(family, gateway, device));
        }

        return routes.ToImmutable();
    }
}
