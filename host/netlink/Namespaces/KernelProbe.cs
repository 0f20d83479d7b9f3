using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Netlink.Links;
using IpvlanActors.Netlink.Sockets;
using static Tmds.Linux.LibC;

namespace IpvlanActors.Netlink.Namespaces;

/// <summary>
/// Tries each kind of link in a namespace that nobody else sees: a thread of its own goes into a new one, makes a dummy,
/// a VLAN and a slave on it, and takes the namespace along when it ends.
/// </summary>
internal static class KernelProbe
{
    private const string Cloud = "kernels made for clouds leave it out (on Debian install linux-image-amd64 in place of linux-image-cloud-amd64)";

    private static readonly LinkName Dummy = LinkName.Parse("probe0");
    private static readonly NetworkId Network = NetworkId.Parse(new string('0', 32));
    private static readonly EndpointId Endpoint = EndpointId.Parse(new string('0', 32));

    public static KernelAbilities Run()
    {
        KernelAbilities abilities = new(false, false, false, []);
        var thread = new Thread(() => abilities = RunHere()) { IsBackground = true, Name = "netlink-probe" };
        thread.Start();
        thread.Join();
        return abilities;
    }

    private static KernelAbilities RunHere()
    {
        try
        {
            if (unshare(CLONE_NEWNET) != 0)
                throw NetlinkException.Last("unshare(CLONE_NEWNET)");
            using var here = NetworkNamespace.OfThisThread();
            using var socket = NetlinkSocket.Open();
            return Try(here, socket);
        }
        catch (NetlinkException e)
        {
            var way = e.Fault.Class == FaultClass.NotPermitted ? " Run as root, or with CAP_NET_ADMIN and CAP_SYS_ADMIN." : "";
            return new(false, false, false, [$"Cannot try what this kernel can do: {e.Fault.Text}.{way}"]);
        }
    }

    private static KernelAbilities Try(NetworkNamespace here, NetlinkSocket socket)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        var dummy = socket.Execute((ref writer, sequence) => LinkRequests.CreateDummy(ref writer, sequence, 0, Dummy));
        // without a dummy there is nothing to make the others on; but a kernel that knows a kind refuses index 0 with another errno
        var parent = dummy is null ? Tables.Find(socket, Dummy)?.Link.Index ?? 0 : 0;
        _ = VlanId.TryCreate(1, out var id);
        var vlan = socket.Execute((ref writer, sequence) =>
            LinkRequests.CreateVlan(ref writer, sequence, 0, parent, (LinkName.Parse("probe0.1"), id)));
        var slave = Slave(here);
        var ipvlan = socket.Execute((ref writer, sequence) => LinkRequests.CreateSlave(ref writer, sequence, parent, here.Fd, slave));
        return new(
            Can(ipvlan, parent, "ipvlan", "ipvlan", "no network can be made", problems),
            Can(vlan, parent, "802.1q", "8021q", "no parent like eth0.10 can be made", problems),
            Can(dummy, 1, "dummy", "dummy", "no internal network and none without a parent can be made", problems),
            problems.ToImmutable());
    }

    private static bool Can(NetlinkFailure? failure, int parent, string kind, string module, string without, ImmutableArray<string>.Builder problems)
    {
        if (failure is not { } why || (parent == 0 && Errno.ClassOf(why.Errno) is not (FaultClass.Unsupported or FaultClass.NotPermitted)))
            return true;
        problems.Add($"This kernel has no {kind} links ({why.ToFault(module).Text}): {without}. Try `modprobe {module}`; {Cloud}.");
        return false;
    }

    private static Slave Slave(NetworkNamespace here) => new(
        Network, Endpoint, here.Identity, LinkName.Parse("probe1"), Dummy, IpvlanMode.L3, IpvlanFlag.Bridge, null, [], []);
}
