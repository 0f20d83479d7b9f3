using System.Diagnostics;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Uapi;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace IpvlanActors.Netlink.Sockets;

/// <summary>
/// Listens to what changes in one namespace, on a socket and a thread of its own. It says only that something changed,
/// not what: the kernel removes IPv4 routes without a message when a link goes down (reference, lab README §B 9), so
/// whoever wants to know the state must read it.
/// </summary>
internal sealed class NetlinkMonitor : IDisposable
{
    /// <summary>Changes come in crowds (a link with its addresses and routes); one call for each crowd.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan ReopenAfter = TimeSpan.FromMilliseconds(200);

    private readonly Func<NetlinkSocket> _open;
    private readonly Action<KernelChanges> _changed;
    private readonly Thread _thread;
    private readonly int _stop;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly ChangeReader _reader = new();
    private NetlinkSocket? _socket;
    private volatile bool _stopping;

    /// <param name="open">Opens a socket in the namespace to listen to.</param>
    public NetlinkMonitor(Func<NetlinkSocket> open, Action<KernelChanges> changed)
    {
        _open = open;
        _changed = changed;
        _stop = eventfd(0, EFD_CLOEXEC);
        // the caller's first Observe comes after this, so nothing between the two is missed
        _socket = OpenJoined();
        _thread = new(Run) { IsBackground = true, Name = "netlink-monitor" };
        _thread.Start();
    }

    public unsafe void Dispose()
    {
        if (_stopping)
            return;
        _stopping = true;
        var one = 1UL;
        _ = write(_stop, &one, sizeof(ulong));
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private NetlinkSocket OpenJoined()
    {
        var socket = _open();
        try
        {
            socket.Join(Rtnetlink.RTNLGRP_LINK);
            socket.Join(Rtnetlink.RTNLGRP_IPV4_IFADDR);
            socket.Join(Rtnetlink.RTNLGRP_IPV6_IFADDR);
            socket.Join(Rtnetlink.RTNLGRP_IPV4_ROUTE);
            socket.Join(Rtnetlink.RTNLGRP_IPV6_ROUTE);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Run()
    {
        while (!_stopping)
        {
            if (_socket is not null)
                Listen(_socket);
            _socket?.Dispose();
            _socket = null;
            Wait(null, ReopenAfter);
            Reopen();
        }

        _socket?.Dispose();
        _ = close(_stop);
    }

    private void Reopen()
    {
        try
        {
            if (_stopping)
                return;
            _socket = OpenJoined();
            _changed(_reader.Overrun());
        }
        catch (Exception e) when (e is NetlinkException or ObjectDisposedException)
        {
            // again after a while: without a monitor we would not hear of anything any more
        }
    }

    /// <summary>Returns when told to stop, or when the socket is of no use any more.</summary>
    private void Listen(NetlinkSocket socket)
    {
        while (Wait(socket, Timeout.InfiniteTimeSpan))
        {
            // the rest of the crowd lies in the socket until then, and wakes nobody up
            Wait(null, Quiet);
            KernelChanges changes = 0;
            var until = Stopwatch.GetTimestamp() + (long)(Quiet.TotalSeconds * Stopwatch.Frequency);
            int length;
            do
            {
                length = socket.Receive(_buffer, waits: false);
                if (length < 0 && -length is not (Errno.ENOBUFS or Errno.EAGAIN))
                    return;
                changes |= length == -Errno.ENOBUFS ? _reader.Overrun() : length > 0 ? _reader.Read(_buffer.AsSpan(0, length)) : 0;
            }
            while (length != -Errno.EAGAIN && Stopwatch.GetTimestamp() < until);

            if (changes != 0 && !_stopping)
                _changed(changes);
        }
    }

    /// <summary>True when there is something to read; false after the timeout, or when told to stop.</summary>
    private unsafe bool Wait(NetlinkSocket? socket, TimeSpan timeout)
    {
        var fds = stackalloc pollfd[2];
        fds[0] = new() { fd = _stop, events = POLLIN };
        fds[1] = new() { fd = socket?.Fd ?? -1, events = POLLIN };
        var milliseconds = timeout < TimeSpan.Zero ? -1 : Math.Max(1, (int)timeout.TotalMilliseconds);
        int ready;
        do
        {
            ready = poll(fds, 2, milliseconds);
        }
        while (ready < 0 && !_stopping); // EINTR is all that poll can say of these

        return !_stopping && fds[1].revents != 0;
    }
}
