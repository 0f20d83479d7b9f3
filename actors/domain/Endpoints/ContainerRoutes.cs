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

    /// <summary>
    /// What was given for the endpoint, if anything was: in L2 exactly that; in L3 and L3S beside the network's own, and
    /// all of it straight to the device.
    /// </summary>
    public static ImmutableArray<Route> For(
        NetworkSpec spec, ImmutableArray<InterfaceAddress> addresses, LinkName device, GivenRoutes? given)
    {
        if (given is null)
            return For(spec, addresses, device);
        if (spec.Mode == IpvlanMode.L2)
            return [.. given.All.Select(r => Route.InContainer(r.Destination, r.Via ?? GatewayOf(r.Destination.Family, spec, addresses), device))];
        return [.. For(spec, addresses, device).Concat(given.All.Select(r => Route.InContainer(r.Destination, null, device))).DistinctBy(r => r.Destination)];
    }

    /// <summary>The next hop that an endpoint has by its network; none where a next hop would mean nothing.</summary>
    public static Ip? GatewayOf(IpFamily family, NetworkSpec spec, ImmutableArray<InterfaceAddress> addresses)
    {
        foreach (var address in addresses)
        {
            if (address.Address.Family == family && spec is { Mode: IpvlanMode.L2, IsIsolated: false })
                return spec.SubnetOf(address.Address)?.Gateway;
        }

        return null;
    }
}
