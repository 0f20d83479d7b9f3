using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Tests.Unit.Support;

/// <summary>What the kernel allows and what follows from it, as measured on 6.1 (tests/lab/Kernel checks the real one).</summary>
public sealed partial class FakeKernel
{
    private KernelFault? Create(CreateDummy op)
    {
        if (Find(op.Name) is not null)
            return Errno.Fault(Errno.EEXIST, KernelWords.Of(op));
        _links.Add(new(_nextIndex++, op.Name.Value) { Kind = "dummy", Alias = op.Alias, Up = true });
        Change(KernelChanges.Links, KernelWords.Of(op));
        return null;
    }

    private KernelFault? Create(CreateVlan op)
    {
        if (Find(op.Base) is not { } baseLink)
            return Errno.Fault(Errno.ENODEV, KernelWords.Of(op), $"there is no link {op.Base}");
        if (Find(op.Name) is not null)
            return Errno.Fault(Errno.EEXIST, KernelWords.Of(op));
        if (baseLink.IsLoopback)
            return Errno.Fault(Errno.EOPNOTSUPP, KernelWords.Of(op), "8021q: VLANs not supported on device.");
        if (_links.Exists(l => l.ParentIndex == baseLink.Index && l.Vlan == op.Id))
            return Errno.Fault(Errno.EEXIST, KernelWords.Of(op), "8021q: VLAN device already exists.");
        if (!baseLink.Up)
            return Errno.Fault(Errno.ENETDOWN, $"ip link set {op.Name} up");
        _links.Add(new(_nextIndex++, op.Name.Value)
        {
            Kind = "vlan",
            Alias = op.Alias,
            Up = true,
            ParentIndex = baseLink.Index,
            Vlan = op.Id,
            Mtu = baseLink.Mtu,
            Running = baseLink.Running,
        });
        Change(KernelChanges.Links, KernelWords.Of(op));
        return null;
    }

    private KernelFault? Create(CreateLoose op)
    {
        if (Find(op.Slave.Parent) is not { } parent)
            return Errno.Fault(Errno.ENODEV, KernelWords.Of(op), $"there is no link {op.Slave.Parent}");
        if (Find(op.Slave.Name) is { } there)
        {
            there.Alias = op.Slave.Alias;
            return null;
        }

        _links.Add(new(_nextIndex++, op.Slave.Name.Value)
        {
            Kind = "ipvlan",
            Alias = op.Slave.Alias,
            ParentIndex = parent.Index,
            Mtu = op.Slave.Mtu ?? parent.Mtu,
            Mode = op.Slave.Mode,
            Flag = op.Slave.Flag,
        });
        Change(KernelChanges.Links, KernelWords.Of(op));
        return null;
    }

    private KernelFault? SetUp(SetLinkUp op)
    {
        if (Find(op.Name) is not { } link)
            return Errno.Fault(Errno.ENODEV, KernelWords.Of(op));
        if (link.Kind == "vlan" && _links.Find(l => l.Index == link.ParentIndex) is { Up: false })
            return Errno.Fault(Errno.ENETDOWN, KernelWords.Of(op));
        link.Up = true;
        Change(KernelChanges.Links, KernelWords.Of(op));
        return null;
    }

    private KernelFault? Delete(DeleteLink op)
    {
        if (Find(op.Name) is not { } link)
            return Errno.Fault(Errno.ENODEV, KernelWords.Of(op));
        if (link.Alias != op.Alias)
            return Errno.Fault(Errno.EEXIST, KernelWords.Of(op), $"it is not ours: its alias is '{link.Alias}', not '{op.Alias}'");
        Destroy(link);
        Change(KernelChanges.Links, KernelWords.Of(op));
        return null;
    }

    private KernelFault? Add(AddRoute op)
    {
        var fault = Check(op.Route, op.Route.Device is { } device ? Find(device) : null, _routes, KernelWords.Of(op));
        if (fault is not null)
            return fault;
        _routes.Add(op.Route);
        Change(KernelChanges.Routes, KernelWords.Of(op));
        return null;
    }

    private KernelFault? Delete(DeleteRoute op)
    {
        var index = _routes.FindIndex(r =>
            r.Key == op.Route.Key && r.Protocol == op.Route.Protocol && r.Kind == op.Route.Kind);
        if (index < 0)
            return Errno.Fault(Errno.ESRCH, KernelWords.Of(op));
        _routes.RemoveAt(index);
        Change(KernelChanges.Routes, KernelWords.Of(op));
        return null;
    }

    private static KernelFault? Check(Route route, FakeLink? device, List<Route> table, string words)
    {
        if (route.Device is { } name && device is null)
            return Errno.Fault(Errno.ENODEV, words, $"there is no link {name}");
        if (route.NextHop is { } hop && device is not null && !IsOnLink(hop, device) && !ByDeviceRoute(hop, device, table))
        {
            return hop.IsV4
                ? Errno.Fault(Errno.ENETUNREACH, words, "Nexthop has invalid gateway.")
                : Errno.Fault(Errno.EHOSTUNREACH, words);
        }

        // after the gateway: on a link that is down no IPv4 gateway is on-link any more, and that is found first
        if (device is { Up: false })
            return Errno.Fault(Errno.ENETDOWN, words);
        return table.Exists(r => r.Key == route.Key) ? Errno.Fault(Errno.EEXIST, words) : null;
    }

    private static bool IsOnLink(Ip hop, FakeLink link) =>
        hop is { IsV6: true, IsLinkLocal: true } || (link.Up && link.Addresses.Exists(a => a.Prefix.Contains(hop)));

    private static bool ByDeviceRoute(Ip hop, FakeLink link, List<Route> table) =>
        table.Exists(r => r.NextHop is null && r.Device == link.Name && r.Destination.Contains(hop));

    private void SetUp(FakeLink link, bool up)
    {
        link.Up = up;
        Change(KernelChanges.Links);
        // an 802.1q link follows its base both ways (vlan_device_event)
        foreach (var vlan in _links.Where(l => l.Kind == "vlan" && l.ParentIndex == link.Index).ToArray())
            SetUp(vlan, up);
        if (up)
            return;
        _routes.RemoveAll(r => r.Device == link.Name && r.Destination.Family == IpFamily.V4);
        if (_routes.RemoveAll(r => r.Device == link.Name) > 0)
            Change(KernelChanges.Routes);
        if (link.Addresses.RemoveAll(a => a.Address.IsV6) > 0)
            Change(KernelChanges.Addresses);
    }

    private void Destroy(FakeLink link)
    {
        foreach (var child in _links.Where(l => l.ParentIndex == link.Index).ToArray())
            Destroy(child);
        foreach (var sandbox in _sandboxes.Values)
        {
            foreach (var slave in sandbox.Links.Where(l => l.ParentIndex == link.Index).ToArray())
                Forget(sandbox, slave);
        }

        _links.Remove(link);
        _routes.RemoveAll(r => r.Device == link.Name);
        Change(KernelChanges.Links);
    }

    private static void Forget(FakeSandbox sandbox, FakeLink link)
    {
        sandbox.Links.Remove(link);
        foreach (var slave in sandbox.Links.Where(l => l.ParentIndex == link.Index).ToArray())
            Forget(sandbox, slave);
        sandbox.Routes.RemoveAll(r => r.Device == link.Name);
    }

    private FakeLink? Find(LinkName name) => _links.Find(l => l.Name == name);

    private FakeSandbox? Find(Sandbox sandbox) =>
        _sandboxes.TryGetValue(sandbox.Path, out var found) && found.Identity == sandbox ? found : null;

    private IEnumerable<FakeLink> SlavesOf(int parent) =>
        _sandboxes.Values.SelectMany(s => s.Links).Where(l => l.Kind == "ipvlan" && l.ParentIndex == parent);
}
