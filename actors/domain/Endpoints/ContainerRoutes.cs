using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Endpoints;

/// <summary>
/// A container's routes beside the connected ones. L2: the default route by the gateway of its own subnet. L3 and L3S: the
/// default route straight to the device, as there is no ARP and a next hop would mean nothing. Isolated: no default route;
/// in L3 and L3S the network's other subnets by the device, since those do reach each other.
/// </summary>
public static class ContainerRoutes
{
    public static ImmutableArray<Route> For(NetworkSpec spec, ImmutableArray<InterfaceAddress> addresses, LinkName device)
    {
        var routes = ImmutableArray.CreateBuilder<Route>(2);
        foreach (var address in addresses)
        {
            var family = address.Address.Family;
            if (spec.IsIsolated && spec.Mode != IpvlanMode.L2)
                routes.AddRange(spec.SubnetsOf(family).Where(s => s.Prefix != address.Prefix).Select(s => Route.InContainer(s.Prefix, null, device)));
            else if (!spec.IsIsolated && spec.Mode != IpvlanMode.L2)
                routes.Add(Route.Default(family, null, device));
            else if (!spec.IsIsolated && spec.SubnetOf(address.Address)?.Gateway is { } gateway)
                routes.Add(Route.Default(family, gateway, device));
        }

        return routes.ToImmutable();
    }
}
