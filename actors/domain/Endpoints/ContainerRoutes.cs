using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Endpoints;

/// <summary>
/// A container's routes beside the connected ones. L2: the default route by the gateway of its own subnet. L3 and L3S: the
/// default route straight to the device, as there is no ARP and a next hop would mean nothing. Isolated: no default route;
/// in L3 and L3S the network's other subnets by the device, since those do reach each other. Of several addresses of a
/// family the first that has a way brings the default route.
/// </summary>
public static class ContainerRoutes
{
    /// <summary>Those of an endpoint as it is.</summary>
    public static ImmutableArray<Route> Of(EndpointState endpoint, NetworkSpec spec) => endpoint.IsHandedOver
        ? For(spec, endpoint.Addresses, endpoint.Interface, endpoint.HasDefault)
        : For(spec, endpoint.Addresses, endpoint.Interface, endpoint.Routes, spec.WantsDefaultRoute);

    /// <param name="withDefault">
    /// False: the container's default route leads by another of its networks, and this one brings its own subnets alone.
    /// </param>
    public static ImmutableArray<Route> For(
        NetworkSpec spec, ImmutableArray<InterfaceAddress> addresses, LinkName device, bool withDefault = true)
    {
        var routes = ImmutableArray.CreateBuilder<Route>(2);
        foreach (var address in addresses)
        {
            var family = address.Address.Family;
            var byDevice = spec.Mode != IpvlanMode.L2;
            var gateway = byDevice || spec.IsIsolated ? null : spec.SubnetOf(address.Address)?.Gateway;
            if (!byDevice && gateway is null)
                continue;
            if (withDefault && !spec.IsIsolated)
                routes.Add(Route.Default(family, gateway, device));
            else
                routes.AddRange(spec.SubnetsOf(family).Where(s => !addresses.Any(a => a.Prefix == s.Prefix)).Select(s => Route.InContainer(s.Prefix, gateway, device)));
        }

        return [.. routes.DistinctBy(r => r.Destination)];
    }

    /// <summary>
    /// Whether a further network may bring a container's default route. Several by gateways live side by side, as the
    /// runtime picks one of them; one by a device stands alone, for a second would be refused by the kernel.
    /// </summary>
    /// <param name="wish">What was said for this endpoint alone; none: what the network says.</param>
    /// <param name="others">Networks that bring it to the same container already.</param>
    public static bool MayBringDefault(NetworkSpec spec, bool? wish, IEnumerable<NetworkSpec> others) =>
        (wish ?? spec.WantsDefaultRoute) && !spec.IsIsolated
        && others.All(o => spec.Mode == IpvlanMode.L2 && o.Mode == IpvlanMode.L2);

    /// <summary>
    /// What was given for the endpoint, if anything was: in L2 exactly that; in L3 and L3S beside the network's own, and
    /// all of it straight to the device.
    /// </summary>
    public static ImmutableArray<Route> For(
        NetworkSpec spec, ImmutableArray<InterfaceAddress> addresses, LinkName device, GivenRoutes? given, bool withDefault = true)
    {
        if (given is null)
            return For(spec, addresses, device, withDefault);
        if (spec.Mode == IpvlanMode.L2)
            return [.. given.All.Select(r => Route.InContainer(r.Destination, r.Via ?? GatewayOf(r.Destination.Family, spec, addresses), device))];
        return [.. For(spec, addresses, device, withDefault).Concat(given.All.Select(r => Route.InContainer(r.Destination, null, device))).DistinctBy(r => r.Destination)];
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
