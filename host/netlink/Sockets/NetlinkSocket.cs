using System.Buffers;
using System.Runtime.CompilerServices;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Uapi;
using IpvlanActors.Netlink.Wire;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace IpvlanActors.Netlink.Sockets;

internal delegate void Encode<T>(ref NetlinkWriter writer, uint sequence, in T request);

internal delegate void Request(ref NetlinkWriter writer, uint sequence);

internal delegate bool Parse<T>(NetlinkMessage message, out T item);

/// <summary>
/// A NETLINK_ROUTE socket in the namespace of the thread that opened it; usable from any thread, by one at a time. The
/// kernel works on requests inside sendmsg(2), so what was sent is done, whole, even if this process dies meanwhile.
/// </summary>
internal sealed class NetlinkSocket : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Larger batches gain nothing (reference/measured.md §4), and hold the rtnl lock of the host the longer.</summary>
    private const int MaxBatch = 512;

    /// <summary>The kernel fills at most 32 KiB at a time in a dump; a batch of 512 routes is half of this.</summary>
    private const int BufferLength = 64 * 1024;

    /// <summary>More than any one request of ours takes.</summary>
    private const int RequestRoom = 2048;

    /// <summary>Answers lie ready when sendmsg returns, but for dumps: this long is an answer that was lost.</summary>
    private const int TimeoutSeconds = 5;

    private const int MaxInterrupted = 20;

    private uint _sequence;

    private NetlinkSocket(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    public int Fd => (int)handle;

    /// <summary>An answer was lost or a dump was left in the middle: what comes next on this socket means nothing.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Opens a socket in the calling thread's namespace.</summary>
    /// <param name="receiveBuffer">Bytes; beyond the limit of the system if we may. 0: the system's default.</param>
    public static NetlinkSocket Open(int receiveBuffer = 0)
    {
        var fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, Nl.NETLINK_ROUTE);
        if (fd < 0)
            throw NetlinkException.Last("socket(AF_NETLINK)");
        var opened = new NetlinkSocket(fd);
        try
        {
            opened.SetUp(receiveBuffer);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Join(int group)
    {
        if (!Set(SOL_NETLINK, Nl.NETLINK_ADD_MEMBERSHIP, group))
            throw NetlinkException.Last($"join netlink group {group}");
    }

    /// <summary>
    /// Sends requests, up to 512 in one system call, and asks for an answer to the last only: the others answer if they
    /// fail, each under its sequence number. A request that fails does not stop those after it.
    /// </summary>
    /// <param name="results">As many as requests, all null; gets a failure for each request that was not done.</param>
    public void Batch<T>(ReadOnlySpan<T> requests, Encode<T> encode, Span<NetlinkFailure?> results)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            for (var done = 0; done < requests.Length;)
                done += SendSome(requests[done..], encode, results[done..], buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public NetlinkFailure?[] Batch(params ReadOnlySpan<Request> requests)
    {
        var results = new NetlinkFailure?[requests.Length];
        Batch(requests, static (ref writer, sequence, in request) => request(ref writer, sequence), results);
        return results;
    }

    public NetlinkFailure? Execute(Request request) => Batch(request)[0];

    /// <summary>Asks for one object.</summary>
    public NetlinkFailure? Ask<T>(Request request, Parse<T> parse, out T? item)
    {
        var items = new List<T>(1);
        var failure = Collect(request, parse, items, single: true, out _);
        item = items.Count > 0 ? items[0] : default;
        return failure ?? (items.Count > 0 ? null : new(Errno.ENODEV));
    }

    /// <summary>Reads a whole table, again from its start when it changed underneath (NLM_F_DUMP_INTR).</summary>
    public List<T> Dump<T>(string asked, Request request, Parse<T> parse)
    {
        var items = new List<T>();
        for (var i = 0; i < MaxInterrupted; i++)
        {
            items.Clear();
            if (Collect(request, parse, items, single: false, out var interrupted) is { } failure)
                throw new NetlinkException(failure.ToFault(asked));
            if (!interrupted)
                return items;
        }

        throw new NetlinkException(Errno.Fault(Errno.EINTR, asked, "the table changed faster than it could be read"));
    }

    /// <summary>Receives one datagram of the kernel's.</summary>
    /// <param name="waits">False: EAGAIN if there is none.</param>
    /// <returns>Its length, or a negative errno; ENOBUFS if messages were lost before it or the buffer is too small.</returns>
    public unsafe int Receive(Span<byte> buffer, bool waits = true)
    {
        while (true)
        {
            sockaddr_nl from = default;
            socklen_t fromLength = (uint)sizeof(sockaddr_nl);
            long length;
            fixed (byte* target = buffer)
                length = (long)recvfrom(Fd, target, buffer.Length, waits ? MSG_TRUNC : MSG_TRUNC | MSG_DONTWAIT, (sockaddr*)&from, &fromLength);
            if (length < 0 && errno == Errno.EINTR)
                continue; // SO_RCVTIMEO turns SA_RESTART off (signal(7)), and the runtime signals threads
            if (length < 0)
                return -errno;
            if (from.nl_pid != 0)
                continue; // some process, not the kernel
            if (length > buffer.Length)
                return -Errno.ENOBUFS;
            NetlinkText.Trace("<", buffer[..(int)length]);
            return (int)length;
        }
    }

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    private int SendSome<T>(ReadOnlySpan<T> requests, Encode<T> encode, Span<NetlinkFailure?> results, byte[] buffer)
    {
        var first = _sequence + 1;
        var count = 0;
        var writer = new NetlinkWriter(buffer);
        while (count < requests.Length && count < MaxBatch && writer.Length < BufferLength - RequestRoom)
            encode(ref writer, ++_sequence, in requests[count++]);
        writer.AskAck();

        results = results[..count];
        if (Send(writer.Written) is var refused and not 0)
            results.Fill(new NetlinkFailure(refused));
        else if (CollectAnswers(first, results, buffer) is var lost and not 0)
            MarkUnanswered(results, lost);
        return count;
    }

    private void MarkUnanswered(Span<NetlinkFailure?> results, int errno)
    {
        IsBroken = true;
        foreach (ref var result in results)
            result ??= new NetlinkFailure(errno, "the kernel's answer was lost: it may have been done");
    }

    /// <returns>0 once the last request is answered, else why it will not be.</returns>
    private int CollectAnswers(uint first, Span<NetlinkFailure?> results, byte[] buffer)
    {
        while (true)
        {
            var length = Receive(buffer);
            if (length < 0)
                return -length == Errno.EAGAIN ? Errno.ETIMEDOUT : -length;
            var reader = new NetlinkReader(buffer.AsSpan(0, length));
            while (reader.Next(out var message))
            {
                var index = message.Sequence - first;
                if (index >= results.Length || !message.TryError(out var errno, out var text))
                    continue; // an answer to a request that was given up
                if (errno != 0)
                    results[(int)index] = new(errno, text);
                if (index == results.Length - 1)
                    return 0;
            }
        }
    }

    private NetlinkFailure? Collect<T>(Request request, Parse<T> parse, List<T> items, bool single, out bool interrupted)
    {
        interrupted = false;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            var writer = new NetlinkWriter(buffer);
            request(ref writer, ++_sequence);
            if (Send(writer.Written) is var refused and not 0)
                return new(refused);
            while (true)
            {
                var length = Receive(buffer);
                if (length < 0)
                    return Lost(-length);
                if (Take(buffer.AsSpan(0, length), parse, items, single, ref interrupted) is { } end)
                    return end.Errno == 0 ? null : end;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private NetlinkFailure Lost(int errno)
    {
        IsBroken = true;
        return new(errno == Errno.EAGAIN ? Errno.ETIMEDOUT : errno, "the kernel's answer was lost");
    }

    /// <returns>Null while more is to come; errno 0 at the good end.</returns>
    private NetlinkFailure? Take<T>(ReadOnlySpan<byte> datagram, Parse<T> parse, List<T> items, bool single, ref bool interrupted)
    {
        var reader = new NetlinkReader(datagram);
        while (reader.Next(out var message))
        {
            if (message.Sequence != _sequence)
                continue;
            interrupted |= (message.Flags & Nl.NLM_F_DUMP_INTR) != 0;
            if (message.TryError(out var errno, out var text))
                return new(errno, text);
            if (message.Type == Nl.NLMSG_DONE)
                return new(message.TryHeader(out int code, out _) && code < 0 ? -code : 0);
            if (parse(message, out var item))
                items.Add(item);
            if (single)
                return new(0);
        }

        return null;
    }

    private unsafe int Send(ReadOnlySpan<byte> bytes)
    {
        NetlinkText.Trace(">", bytes);
        while (true)
        {
            long sent;
            fixed (byte* source = bytes)
                sent = (long)send(Fd, source, bytes.Length, 0);
            if (sent >= 0)
                return 0;
            if (errno != Errno.EINTR)
                return errno;
        }
    }

    private unsafe void SetUp(int receiveBuffer)
    {
        // each of these is a comfort that an older kernel may lack: without strict checks we filter once more ourselves
        Set(SOL_NETLINK, Nl.NETLINK_CAP_ACK, 1);
        Set(SOL_NETLINK, Nl.NETLINK_EXT_ACK, 1);
        Set(SOL_NETLINK, Nl.NETLINK_GET_STRICT_CHK, 1);
        if (receiveBuffer > 0 && !Set(SOL_SOCKET, SO_RCVBUFFORCE, receiveBuffer))
            Set(SOL_SOCKET, SO_RCVBUF, receiveBuffer);
        SetTimeout(TimeSpan.FromSeconds(TimeoutSeconds));
        var address = new sockaddr_nl { nl_family = (ushort)(int)AF_NETLINK };
        if (bind(Fd, (sockaddr*)&address, (uint)sizeof(sockaddr_nl)) != 0)
            throw NetlinkException.Last("bind(AF_NETLINK)");
    }

    private unsafe void SetTimeout(TimeSpan timeout)
    {
        // struct timeval: two longs
        Span<nint> time = [(nint)timeout.TotalSeconds, timeout.Milliseconds * 1000];
        fixed (nint* value = time)
        {
            if (setsockopt(Fd, SOL_SOCKET, SO_RCVTIMEO, value, (uint)(2 * Unsafe.SizeOf<nint>())) != 0)
                throw NetlinkException.Last("setsockopt(SO_RCVTIMEO)");
        }
    }

    private unsafe bool Set(int level, int option, int value) =>
        setsockopt(Fd, level, option, &value, sizeof(int)) == 0;
}
