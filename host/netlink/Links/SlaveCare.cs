using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Namespaces;
using IpvlanActors.Netlink.Sockets;

namespace IpvlanActors.Netlink.Links;

/// <summary>Slaves that exist: read, completed and deleted in their sandboxes, found by alias or temporary name.</summary>
internal sealed class SlaveCare(KernelLane lane)
{
    public ObservedSandbox Observe(Sandbox sandbox)
    {
        try
        {
            using var there = NetworkNamespace.Open(sandbox, $"ip -n {KernelWords.NameOf(sandbox)} link show");
            using var socket = lane.OpenIn(there);
            var links = Tables.Links(socket);
            var others = links.Where(l => !IsOurs(l.Link) && !l.Link.IsLoopback).Select(l => l.Link).ToImmutableArray();
            return new(sandbox, true, [.. links.Where(l => IsOurs(l.Link)).Select(l => Observe(socket, l))])
            {
                Others = others,
                DefaultLink = others.IsEmpty ? null : DefaultLink(socket, others),
            };
        }
        catch (NetlinkException e) when (e.Fault.Class == FaultClass.NotFound)
        {
            return new(sandbox, false, []);
        }
    }

    /// <summary>Does what is missing, and may be asked again whatever became of it: what it got done stays.</summary>
    public KernelFault? Repair(Slave slave)
    {
        try
        {
            using var there = NetworkNamespace.Open(slave.Sandbox, KernelWords.SlaveUp(slave));
            using var socket = lane.OpenIn(there);
            var links = Tables.Links(socket);
            if (Find(links, slave.Alias, slave.TemporaryName) is not { } found)
                return Errno.Fault(Errno.ENODEV, KernelWords.SlaveUp(slave), $"{slave.Sandbox.Path} has no link {slave.Alias}");
            if (links.Exists(l => l != found && l.Link.Name == slave.Name))
                return Errno.Fault(Errno.EEXIST, KernelWords.MarkSlave(slave), $"{slave.Sandbox.Path} has a link {slave.Name} already");
            if (RepairLink(slave, found, socket) is { } fault)
                return fault;
            if (found.Ipv6 != slave.HasIpv6)
                lane.Visit(there, () => Sysctl.SetIpv6(slave.Name, slave.HasIpv6));
            return Complete(slave, found.Link.Index, socket);
        }
        catch (NetlinkException e)
        {
            return e.Fault;
        }
    }

    /// <summary>Deletes slaves, those of one sandbox together.</summary>
    public void Unplug(ReadOnlySpan<KernelOp> ops, Span<KernelFault?> results)
    {
        var bySandbox = new Dictionary<Sandbox, List<(int Slot, UnplugSlave Op)>>();
        for (var i = 0; i < ops.Length; i++)
        {
            var op = (UnplugSlave)ops[i];
            if (!bySandbox.TryGetValue(op.Sandbox, out var list))
                bySandbox[op.Sandbox] = list = [];
            list.Add((i, op));
        }

        foreach (var (sandbox, list) in bySandbox)
            Unplug(sandbox, list, results);
    }

    private void Unplug(Sandbox sandbox, List<(int Slot, UnplugSlave Op)> ops, Span<KernelFault?> results)
    {
        try
        {
            using var there = NetworkNamespace.Open(sandbox, KernelWords.Of(ops[0].Op));
            using var socket = lane.OpenIn(there);
            var links = Tables.Links(socket);
            var removal = new LinkRemoval(socket);
            foreach (var (slot, op) in ops)
            {
                if (Find(links, op.Alias, op.TemporaryName) is { } found)
                    removal.Add(slot, found.Link.Index, $"ip -n {KernelWords.NameOf(sandbox)} link del {found.Link.Name}");
                else
                    results[slot] = Errno.Fault(Errno.ENODEV, KernelWords.Of(op), $"{sandbox.Path} has no link {op.Alias}");
            }

            removal.Run(results);
        }
        catch (NetlinkException e)
        {
            foreach (var (slot, _) in ops)
                results[slot] = e.Fault;
        }
    }

    private static KernelFault? RepairLink(Slave slave, LinkReply found, NetlinkSocket socket)
    {
        var link = found.Link;
        var change = new LinkChange(
            link.Name == slave.Name ? null : slave.Name,
            link.Alias == slave.Alias ? null : slave.Alias,
            slave.Mtu is { } mtu && mtu != link.Mtu ? mtu : null);
        if (change == default)
            return null;
        var steps = new SlaveSteps(slave, link.Index, socket);
        // before 6.2 a link that is up cannot be renamed (EBUSY); its routes come back below
        if (change.Name is not null && link.Up)
            steps.Change(new(Up: false), $"ip -n {KernelWords.NameOf(slave.Sandbox)} link set {link.Name} down");
        steps.Change(change, KernelWords.MarkSlave(slave));
        return steps.Run();
    }

    private static KernelFault? Complete(Slave slave, int index, NetlinkSocket socket)
    {
        var addresses = Tables.Addresses(socket, index).Select(a => a.Address).ToHashSet();
        var steps = new SlaveSteps(slave, index, socket);
        steps.LoopbackUp();
        steps.Add(slave.Addresses.Where(a => !addresses.Contains(a)));
        steps.Up();
        if (steps.Run() is { } fault)
            return fault;
        // after it is up: a link that goes down loses its routes, and one that comes up gets some by itself
        var routes = Tables.Routes(socket, index: index).Select(r => r.ToRoute(slave.Name)).ToHashSet();
        steps = new(slave, index, socket);
        steps.Add(slave.Routes.Where(r => !routes.Contains(Normal(r))));
        return steps.Run();
    }

    private static Route Normal(Route route) =>
        route with { Metric = Routes.RouteMessages.MetricOf(route.Destination.Family, route.Metric) };

    /// <summary>As the kernel chooses among several: the least metric; IPv4 first, as whoever looks for "the" default route means that.</summary>
    private static LinkName? DefaultLink(NetlinkSocket socket, ImmutableArray<ObservedLink> links)
    {
        var ways = Tables.Routes(socket).Where(r => r.Destination.IsDefault).OrderBy(r => r.Destination.Family).ThenBy(r => r.Metric);
        foreach (var way in ways)
        {
            if (links.FirstOrDefault(l => l.Index == way.LinkIndex) is { } link)
                return link.Name;
        }

        return null;
    }

    private static ObservedSlave Observe(NetlinkSocket socket, LinkReply link)
    {
        var index = link.Link.Index;
        var routes = Tables.Routes(socket, index: index).Where(r => r.Protocol != Uapi.Rtnetlink.RTPROT_KERNEL);
        return new(
            link.Link,
            [.. Tables.Addresses(socket, index).Select(a => a.Address).Where(a => a.Address is not { IsV6: true, IsLinkLocal: true })],
            [.. routes.Select(r => r.ToRoute(link.Link.Name))],
            link.Ipv6);
    }

    private static bool IsOurs(ObservedLink link) =>
        Ownership.IsOurAlias(link.Alias) || Ownership.IsTemporaryName(link.Name.Value);

    private static LinkReply? Find(List<LinkReply> links, string alias, LinkName temporary) =>
        links.Find(l => l.Link.Alias == alias) ?? links.Find(l => l.Link.Name == temporary && l.Link.Alias.Length == 0);
}
