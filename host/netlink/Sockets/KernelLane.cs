using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Addresses;
using IpvlanActors.Netlink.Links;
using IpvlanActors.Netlink.Namespaces;
using IpvlanActors.Netlink.Routes;

namespace IpvlanActors.Netlink.Sockets;

/// <summary>One way to the kernel: a socket in the host's namespace, and the thread that opens others elsewhere.</summary>
internal sealed class KernelLane : IDisposable
{
    /// <summary>So that even a dump's worth of errors fits; the limit counts memory used, and none is used ahead.</summary>
    private const int ReceiveBuffer = 16 * 1024 * 1024;

    private readonly NetworkNamespace _host;
    private readonly NamespaceThread _thread;
    private readonly Dictionary<LinkName, int> _indexes = [];
    private NetlinkSocket _socket;

    public KernelLane()
    {
        _host = NetworkNamespace.OfThisThread();
        _thread = new(_host);
        _socket = NetlinkSocket.Open(ReceiveBuffer);
    }

    /// <summary>The socket in the host's namespace; a new one if an answer was lost on the last.</summary>
    public NetlinkSocket Host
    {
        get
        {
            if (!_socket.IsBroken)
                return _socket;
            _socket.Dispose();
            return _socket = OpenInHost(ReceiveBuffer);
        }
    }

    public Sandbox HostIdentity => _host.Identity;

    public NetlinkSocket OpenInHost(int receiveBuffer) => OpenIn(_host, receiveBuffer);

    public NetlinkSocket OpenIn(NetworkNamespace where, int receiveBuffer = 0) =>
        _thread.Run(where, () => NetlinkSocket.Open(receiveBuffer));

    public void Visit(NetworkNamespace where, Action work) => _thread.Run(where, () =>
    {
        work();
        return 0;
    });

    /// <summary>The index of a link of the host, asked for once until <see cref="ForgetIndexes"/>; 0 if there is none.</summary>
    public int IndexOf(LinkName name)
    {
        if (_indexes.TryGetValue(name, out var index))
            return index;
        index = Tables.Find(Host, name)?.Link.Index ?? 0;
        return index == 0 ? 0 : _indexes[name] = index;
    }

    public void ForgetIndexes() => _indexes.Clear();

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Dispose();
        _host.Dispose();
    }
}

/// <summary>Reads the kernel's tables through a socket.</summary>
internal static class Tables
{
    public static LinkReply? Find(NetlinkSocket socket, LinkName name)
    {
        var failure = socket.Ask<LinkReply>(
            (ref writer, sequence) => LinkRequests.Get(ref writer, sequence, name), LinkReplies.TryParse, out var link);
        return failure switch
        {
            null => link,
            { Errno: Errno.ENODEV } => null,
            { } other => throw new NetlinkException(other.ToFault($"ip link show {name}")),
        };
    }

    public static List<LinkReply> Links(NetlinkSocket socket) =>
        socket.Dump<LinkReply>("ip link show", LinkRequests.Dump, LinkReplies.TryParse);

    public static List<ObservedAddress> Addresses(NetlinkSocket socket, int index = 0)
    {
        var all = socket.Dump<ObservedAddress>(
            "ip addr show", (ref writer, sequence) => AddressMessages.Dump(ref writer, sequence, index), AddressMessages.TryParse);
        if (index != 0)
            all.RemoveAll(a => a.LinkIndex != index);
        return all;
    }

    public static List<RouteReply> Routes(NetlinkSocket socket, byte protocol = 0, int index = 0)
    {
        var routes = Routes(socket, IpFamily.V4, protocol, index);
        routes.AddRange(Routes(socket, IpFamily.V6, protocol, index));
        routes.RemoveAll(r => (protocol != 0 && r.Protocol != protocol) || (index != 0 && r.LinkIndex != index));
        return routes;
    }

    private static List<RouteReply> Routes(NetlinkSocket socket, IpFamily family, byte protocol, int index)
    {
        try
        {
            return socket.Dump<RouteReply>(
                "ip route show",
                (ref writer, sequence) => RouteMessages.Dump(ref writer, sequence, family, protocol, index),
                RouteMessages.TryParse);
        }
        catch (NetlinkException e) when (e.Fault.Errno is Errno.ENOENT or Errno.EAFNOSUPPORT or Errno.EOPNOTSUPP)
        {
            return []; // a table without a single route need not exist, nor need IPv6
        }
    }
}
