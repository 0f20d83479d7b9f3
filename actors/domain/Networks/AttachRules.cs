using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Domain.Networks;

/// <summary>Whether a network can live on this host: its parent link, and what else uses that link or those addresses here.</summary>
public static class AttachRules
{
    /// <param name="auto">The link of the default route, for <c>parent=auto</c>.</param>
    public static (ParentLink? Link, Refusal? Refusal) Check(
        NetworkId network, NetworkSpec spec, string hostName, LinkName? auto, HostView view, ObservedKernel kernel)
    {
        var (link, refusal) = ParentRules.Choose(network, spec, hostName, auto, kernel);
        if (link is null)
            return (null, refusal);
        if (link.Made == ParentKind.Container)
            return (link, null); // of the host it uses nothing
        if (OtherMode(network, spec, link, view) is { } other)
            return (null, new(RefusalCodes.ParentInUse, ParentRules.ModeConflict(spec, link.Name.Value, other)));
        return Overlap(spec, kernel) is { } overlap ? (null, new(RefusalCodes.SubnetTaken, overlap)) : (link, null);
    }

    private static NetworkSpec? OtherMode(NetworkId network, NetworkSpec spec, ParentLink link, HostView view) => view.Networks
        .Where(n => n.Key != network && n.Value.Parent is { Made: not ParentKind.Container } parent && parent.Name == link.Name)
        .Select(n => n.Value.Spec!)
        .FirstOrDefault(s => s.Mode != spec.Mode || s.Flag != spec.Flag);

    /// <summary>
    /// A routed network's prefixes go into the host's routing table, where a connected one of the same addresses would
    /// lose its neighbours to them.
    /// </summary>
    private static string? Overlap(NetworkSpec spec, ObservedKernel kernel)
    {
        if (!spec.IsRouted)
            return null;
        foreach (var subnet in spec.Subnets)
        {
            foreach (var (index, address) in kernel.Addresses)
            {
                if (address.Prefix.Overlaps(subnet.Prefix))
                {
                    return $"subnet {subnet.Prefix} overlaps {address.Prefix}, which is connected on {kernel.Link(index)?.Name}: " +
                        $"an {spec.Mode.ToString().ToLowerInvariant()} network needs a subnet apart from the host's own, since it is routed.";
                }
            }
        }

        return null;
    }
}
