using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Tests.Unit.Support;

/// <summary>ipvlan slaves: born in their sandbox, whole or not at all.</summary>
public sealed partial class FakeKernel
{
    private KernelFault? Plug(Slave slave)
    {
        var words = KernelWords.AddSlave(slave);
        if (Find(slave.Sandbox) is not { } sandbox)
            return Gone(slave.Sandbox, words);
        if ((slave.IsParentInSandbox ? sandbox.Links.Find(l => l.Name == slave.Parent) : Find(slave.Parent)) is not { } parent)
            return Errno.Fault(Errno.ENODEV, words, KernelWords.NoParent(slave));
        if (parent.IsLoopback)
            return Errno.Fault(Errno.EINVAL, words);
        if (sandbox.Links.Exists(l => l.Name == slave.TemporaryName))
            return Errno.Fault(Errno.EEXIST, words);
        if (sandbox.Links.Exists(l => l.Name == slave.Name))
            return Errno.Fault(Errno.EEXIST, KernelWords.MarkSlave(slave), $"{slave.Sandbox.Path} has a link {slave.Name} already");

        var link = new FakeLink(_nextIndex++, slave.Name.Value)
        {
            Kind = "ipvlan",
            ParentIndex = parent.Index,
            Alias = slave.Alias,
            Mtu = slave.Mtu ?? parent.Mtu,
            Ipv6 = slave.HasIpv6,
        };
        sandbox.Links.Add(link);
        List<string> lines = [words, KernelWords.MarkSlave(slave)];
        if (Complete(slave, sandbox, link, lines) is { } fault)
        {
            Forget(sandbox, link);
            return fault;
        }

        // mode and flag belong to the port: the last writer's hold for all its slaves
        foreach (var sibling in SlavesOf(parent.Index))
            (sibling.Mode, sibling.Flag) = (slave.Mode, slave.Flag);
        Record(lines);
        Change(KernelChanges.Slaves);
        return null;
    }

    private KernelFault? Repair(Slave slave)
    {
        if (Find(slave.Sandbox) is not { } sandbox)
            return Gone(slave.Sandbox, KernelWords.SlaveUp(slave));
        if (Ours(sandbox, slave.Alias, slave.TemporaryName) is not { } link)
            return Errno.Fault(Errno.ENODEV, KernelWords.SlaveUp(slave));
        if (sandbox.Links.Exists(l => l != link && l.Name == slave.Name))
            return Errno.Fault(Errno.EEXIST, KernelWords.MarkSlave(slave), $"{slave.Sandbox.Path} has a link {slave.Name} already");

        List<string> lines = [];
        var mtu = slave.Mtu ?? link.Mtu;
        if (link.Name != slave.Name || link.Alias != slave.Alias || link.Mtu != mtu)
            lines.Add(KernelWords.MarkSlave(slave));
        (link.Name, link.Alias, link.Mtu, link.Ipv6) = (slave.Name, slave.Alias, mtu, slave.HasIpv6);
        var fault = Complete(slave, sandbox, link, lines);
        Record(lines);
        return fault;
    }

    private KernelFault? Unplug(UnplugSlave op)
    {
        if (Find(op.Sandbox) is not { } sandbox)
            return Gone(op.Sandbox, KernelWords.Of(op));
        if (Ours(sandbox, op.Alias, op.TemporaryName) is not { } link)
            return Errno.Fault(Errno.ENODEV, KernelWords.Of(op));
        Forget(sandbox, link);
        Change(KernelChanges.Slaves, $"ip -n {KernelWords.NameOf(op.Sandbox)} link del {link.Name}");
        return null;
    }

    private KernelFault? Complete(Slave slave, FakeSandbox sandbox, FakeLink link, List<string> lines)
    {
        foreach (var address in slave.Addresses.Except(link.Addresses).ToArray())
        {
            var words = KernelWords.AddAddress(slave, address);
            if (SlavesOf(link.ParentIndex).Any(l => l != link && l.Addresses.Exists(a => a.Address == address.Address)))
                return Errno.Fault(Errno.EADDRINUSE, words, "Address already assigned to an ipvlan device.");
            link.Addresses.Add(address);
            lines.Add(words);
        }

        if (!link.Up)
            lines.Add(KernelWords.SlaveUp(slave));
        link.Up = true;
        foreach (var route in slave.Routes.Except(sandbox.Routes).ToArray())
        {
            var words = KernelWords.AddRoute(route, slave.Sandbox);
            var device = route.Device is { } name ? sandbox.Links.Find(l => l.Name == name) : null;
            if (Check(route, device, sandbox.Routes, words) is { } fault)
                return fault;
            sandbox.Routes.Add(route);
            lines.Add(words);
        }

        return null;
    }

    private void Record(List<string> lines)
    {
        foreach (var line in lines)
            Change(0, line);
    }

    private static FakeLink? Ours(FakeSandbox sandbox, string alias, LinkName temporary) =>
        sandbox.Links.Find(l => l.Alias == alias) ?? sandbox.Links.Find(l => l.Name == temporary);

    private static KernelFault Gone(Sandbox sandbox, string words) =>
        Errno.Fault(Errno.ENOENT, words, $"{sandbox.Path} no longer leads to namespace {sandbox.Inode}");
}
