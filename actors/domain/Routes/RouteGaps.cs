using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Routes;

/// <summary>Routed networks of this host that other hosts cannot be told a way to, though its parent link is up.</summary>
public static class RouteGaps
{
    /// <summary>One sentence each, with the way out.</summary>
    public static IEnumerable<string> Of(HostView view, ObservedKernel kernel)
    {
        foreach (var network in view.Networks.Values.Where(n => n is { Spec.IsRouted: true, Parent: not null, Holders.IsEmpty: false }))
        {
            if (kernel.Link(network.Parent!.Name) is not { Up: true })
                continue; // told of already
            foreach (var family in network.Blocks.Keys.Select(b => b.Family).Distinct().Where(f => RouteOrigin.NextHop(network, f, kernel) is null))
                yield return Text(network.Spec!.Name, network.Parent.Name, family);
        }
    }

    private static string Text(string network, LinkName parent, IpFamily family) =>
        $"other hosts get no {family.Name()} route to network {network} here: its parent {parent} has neither an {family.Name()} address nor an IPv6 link-local one that could stand in; " +
        $"turn IPv6 on there (net.ipv6.conf.{parent}.disable_ipv6 = 0), or give it an address.";
}
