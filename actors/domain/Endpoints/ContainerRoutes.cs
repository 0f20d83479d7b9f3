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
                routes.AddRange(spec.SubnetsOf(family).Where(s => s.Prefix != address.Prefix).Select(s => Route.InContainer(s.Prefix, gateway, device)));
        }

        return routes.ToImmutable();
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
}
