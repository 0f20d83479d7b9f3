using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Addresses;
using IpvlanActors.Netlink.Routes;
using IpvlanActors.Netlink.Sockets;
using IpvlanActors.Netlink.Uapi;

namespace IpvlanActors.Netlink.Links;

/// <summary>The requests that make a link in a sandbox into a whole slave, gathered and then sent in one system call.</summary>
internal sealed class SlaveSteps(Slave slave, int index, NetlinkSocket socket)
{
    private readonly List<(Request Request, string Words)> _steps = [];

    public void Mark() => Change(new(slave.Name, slave.Alias, slave.Mtu), KernelWords.MarkSlave(slave));

    public void Change(LinkChange change, string words) =>
        Add((ref writer, sequence) => LinkRequests.Change(ref writer, sequence, index, change), words);

    /// <summary>As Docker does: a namespace is born with lo down.</summary>
    public void LoopbackUp() =>
        Add((ref writer, sequence) => LinkRequests.Change(ref writer, sequence, IfLink.LOOPBACK_IFINDEX, new(Up: true)), "ip link set lo up");

    public void Up() => Change(new(Up: true), KernelWords.SlaveUp(slave));

    public void Add(IEnumerable<InterfaceAddress> addresses)
    {
        foreach (var address in addresses)
        {
            Add((ref writer, sequence) => AddressMessages.Add(ref writer, sequence, index, address),
                KernelWords.AddAddress(slave, address));
        }
    }

    public void Add(IEnumerable<Route> routes)
    {
        foreach (var route in routes)
        {
            var device = DeviceOf(route);
            Add((ref writer, sequence) => RouteMessages.Add(ref writer, sequence, route, device),
                KernelWords.AddRoute(route, slave.Sandbox));
        }
    }

    /// <summary>Sends all. The kernel goes on after a failure; the first is what is told.</summary>
    public KernelFault? Run()
    {
        if (_steps.Count == 0)
            return null;
        var failures = socket.Batch([.. _steps.Select(s => s.Request)]);
        var first = Array.FindIndex(failures, f => f is not null);
        if (first < 0)
            return null;
        var failure = failures[first]!.Value;
        // of all that is asked here only the name of a link can be taken already without the kernel saying by whom
        if (failure is { Errno: Errno.EEXIST, Detail: null } && _steps[first].Words == KernelWords.MarkSlave(slave))
            failure = failure with { Detail = $"{slave.Sandbox.Path} has a link {slave.Name} already" };
        return failure.ToFault(_steps[first].Words);
    }

    private void Add(Request request, string words) => _steps.Add((request, words));

    private int DeviceOf(Route route) => route.Device switch
    {
        null => 0,
        { } name when name == slave.Name => index,
        { } other => Tables.Find(socket, other)?.Link.Index
            ?? throw new NetlinkException(Errno.Fault(Errno.ENODEV, KernelWords.AddRoute(route, slave.Sandbox), $"there is no link {other}")),
    };
}
