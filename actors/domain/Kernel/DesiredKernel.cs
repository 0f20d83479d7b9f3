using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Kernel;

/// <summary>What the kernel should hold of ours, given what the journal says. A function of the present state, never of history.</summary>
/// <param name="Parents">Links that we make. Several networks may share one.</param>
/// <param name="Required">Links of others that slaves need.</param>
public sealed record DesiredKernel(
    ImmutableSortedDictionary<LinkName, DesiredParent> Parents,
    ImmutableSortedDictionary<LinkName, ImmutableArray<NetworkId>> Required,
    ImmutableArray<Slave> Slaves,
    ImmutableArray<Route> Routes)
{
    /// <summary>Links that others handle: none of them is made here, and none is swept away.</summary>
    public ImmutableArray<LooseSlave> Loose { get; init; } = [];

    /// <summary>As if there had never been a node here.</summary>
    public static DesiredKernel Nothing { get; } = From(HostView.Empty, []);

    public static DesiredKernel From(HostView view, IEnumerable<Route> peerRoutes) => new(
        ParentsOf(view),
        view.Networks.Where(n => n.Value.Parent is { Made: ParentKind.Given })
            .GroupBy(n => n.Value.Parent!.Name, n => n.Key)
            .ToImmutableSortedDictionary(g => g.Key, g => g.ToImmutableArray()),
        [.. view.Endpoints.Values.Where(e => e.IsJoined).Select(e => SlaveOf(e, view)).OfType<Slave>()],
        [.. Guards(view), .. peerRoutes])
    {
        Loose = [.. view.Endpoints.Values.Select(e => LooseOf(e, view)).OfType<LooseSlave>()],
    };

    /// <summary>An endpoint's link; null if it has none, or its network is not here.</summary>
    public static Slave? SlaveOf(EndpointState endpoint, HostView view) =>
        view.Networks.TryGetValue(endpoint.Network, out var network) ? SlaveOf(endpoint, network) : null;

    /// <summary>None for an endpoint whose block was taken from this host either: another may have its address.</summary>
    public static Slave? SlaveOf(EndpointState endpoint, HostNetworkState network) =>
        endpoint is { IsJoined: true, IsHandedOver: false, Sandbox: { } sandbox } && network is { Spec: { } spec, Parent: { } parent } && network.Owns(endpoint.Addresses)
            ? new(
                network.Network, endpoint.Endpoint, sandbox, endpoint.Interface, endpoint.Parent ?? parent.Name, spec.Mode, spec.Flag,
                spec.Settings.Mtu, endpoint.Addresses, ContainerRoutes.Of(endpoint, spec))
            {
                IsParentInSandbox = endpoint.Parent is not null,
            }
            : null;

    /// <summary>The link of an endpoint that is handed over; null if it has none, or its address is not this host's any more.</summary>
    public static LooseSlave? LooseOf(EndpointState endpoint, HostView view) =>
        endpoint is { IsJoined: true, IsHandedOver: true }
            && view.Networks.GetValueOrDefault(endpoint.Network) is { Spec: { } spec, Parent: { } parent } network && network.Owns(endpoint.Addresses)
            ? new(endpoint.Network, endpoint.Endpoint, parent.Name, spec.Mode, spec.Flag, spec.Settings.Mtu)
            : null;

    /// <summary>
    /// Packets to addresses of a routed network that nobody has, or whose owner is not known here, are answered with
    /// "unreachable" instead of wandering to the default gateway and back. Containers of this host are reached before
    /// these routes are looked at: ipvlan delivers below the routing table.
    /// </summary>
    public static IEnumerable<Route> Guards(HostView view)
    {
        foreach (var network in view.Networks.Values.Where(n => n.Spec!.IsRouted))
        {
            foreach (var subnet in network.Spec!.Subnets)
                yield return Route.Unreachable(subnet.Prefix, Ownership.PoolGuardMetric);
            foreach (var block in network.Blocks.Keys)
                yield return GuardOf(block);
        }
    }

    public static Route GuardOf(Prefix block) => Route.Unreachable(block, Ownership.BlockGuardMetric);

    private static ImmutableSortedDictionary<LinkName, DesiredParent> ParentsOf(HostView view)
    {
        var parents = ImmutableSortedDictionary.CreateBuilder<LinkName, DesiredParent>();
        foreach (var (id, network) in view.Networks.Where(n => n.Value.OwnsParent))
        {
            var alias = network.Parent!.Made == ParentKind.Dummy ? Ownership.DummyAlias(id) : Ownership.VlanAlias;
            parents[network.Parent.Name] = new(network.Parent, alias, [.. parents.GetValueOrDefault(network.Parent.Name)?.Networks ?? [], id]);
        }

        return parents.ToImmutable();
    }
}

/// <summary>A parent link of ours and the networks that hang on it.</summary>
public sealed record DesiredParent(ParentLink Link, string Alias, ImmutableArray<NetworkId> Networks)
{
    public KernelOp Creation => Link.Made == ParentKind.Dummy
        ? new CreateDummy(Link.Name, Alias)
        : new CreateVlan(Link.Name, Link.Base!.Value, Link.Vlan!.Value, Alias);
}
