using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Daemon.Checkup;

/// <summary>The parent links of this host's networks, and who else uses them.</summary>
internal static class LinkChecks
{
    public static IEnumerable<DoctorFinding> Of(HostView view, ObservedKernel kernel, MachineFiles machine)
    {
        foreach (var parent in view.Networks.Values.Where(n => n.Parent is { Made: not ParentKind.Container }).GroupBy(n => n.Parent!.Name))
        {
            var networks = parent.ToList();
            var findings = kernel.Link(parent.Key) is { } link
                ? [.. Parent(link, networks, kernel, machine), .. Overlaps(link, networks, kernel)]
                : new List<DoctorFinding> { Finding.Error("parent", $"parent {parent.Key} of {Names(networks)} is not there", "make it, or plug the device in: endpoints and routes come back by themselves.") };
            foreach (var finding in findings.DefaultIfEmpty(Finding.Fine("parent", $"{parent.Key}: up, and nobody else's")))
                yield return finding;
        }
    }

    private static IEnumerable<DoctorFinding> Parent(
        ObservedLink link, IReadOnlyList<HostNetworkState> networks, ObservedKernel kernel, MachineFiles machine)
    {
        if (!link.Up)
            yield return Finding.Error("parent", $"parent {link.Name} of {Names(networks)} is down: the kernel has taken its routes", $"ip link set {link.Name} up; the routes come back by themselves.");
        else if (!link.Running)
            yield return Finding.Error("parent", $"parent {link.Name} of {Names(networks)} has no carrier", "look at the cable, or at the other end.");
        if (machine.LinkName($"/sys/class/net/{link.Name}/master") is { } master)
            yield return Finding.Error("parent", $"parent {link.Name} of {Names(networks)} belongs to {master}, which takes its packets first", $"take {master} as parent, or ip link set {link.Name} nomaster.");
        foreach (var other in kernel.Links.Where(l => l.ParentIndex == link.Index && l.Kind is "macvlan" or "macvtap"))
            yield return Finding.Error("parent", $"{other.Name} is a {other.Kind} on {link.Name}, and a link cannot have both: {Names(networks)} cannot be joined", $"ip link del {other.Name}, or take another parent.");
        foreach (var other in kernel.Links.Where(l => l.ParentIndex == link.Index && l.Kind == "ipvlan" && l.Alias.Length == 0))
            yield return Finding.Warning("parent", $"{other.Name} is somebody else's ipvlan on {link.Name}: whoever makes one of another mode switches all of them, silently", $"let only one tool use {link.Name}, or agree on mode and flag.");
        foreach (var network in networks.Where(n => n.Spec!.Settings.Mtu > link.Mtu))
            yield return Finding.Error("mtu", $"network {network.Spec!.Name} has mtu {network.Spec.Settings.Mtu}, its parent {link.Name} only {link.Mtu}: larger packets vanish", $"ip link set {link.Name} mtu {network.Spec.Settings.Mtu}, if the switch carries it; or make the network with a smaller one.");
        foreach (var finding in MachineChecks.Ipv6(machine, link.Name, networks.Any(n => n.Spec!.Subnets.Any(s => s.Prefix.Family == IpFamily.V6))))
            yield return finding;
    }

    /// <summary>It was apart when the network came; the host's addresses change later.</summary>
    private static IEnumerable<DoctorFinding> Overlaps(ObservedLink parent, IReadOnlyList<HostNetworkState> networks, ObservedKernel kernel)
    {
        foreach (var network in networks)
        {
            foreach (var (index, address) in kernel.Addresses)
            {
                var isOwn = index == parent.Index && !network.Spec!.IsRouted; // an l2 network is on its parent's own subnet
                if (!isOwn && kernel.Link(index) is { IsLoopback: false } link && network.Spec!.Subnets.FirstOrDefault(s => s.Prefix.Overlaps(address.Prefix)) is { } subnet)
                    yield return Finding.Error("overlap", $"subnet {subnet.Prefix} of network {network.Spec.Name} overlaps {address.Prefix}, which is connected on {link.Name}: one of them cannot be reached", "give one of them other addresses.");
            }
        }
    }

    private static string Names(IReadOnlyList<HostNetworkState> networks) =>
        (networks.Count == 1 ? "network " : "networks ") + string.Join(", ", networks.Select(n => n.Spec!.Name));
}
