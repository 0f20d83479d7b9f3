using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Routes;

namespace IpvlanActors.Daemon.Probe;

/// <summary>
/// The echo over UDP, one socket and one thread per family. It answers a question, and nothing else, and only one that comes
/// from the probe's own port, so it can be made to send neither to other services nor to and fro. Packets live for one hop.
/// </summary>
public sealed class UdpEcho : IEcho
{
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromMilliseconds(50);

    private readonly int _port;
    private readonly Action<ulong> _answered;
    private readonly Socket? _v4;
    private readonly Socket? _v6;
    private readonly ManualResetEventSlim _closed = new(); // not disposed: the threads still look at it

    /// <param name="bind">The addresses to listen at; a test has several of these on one host.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public UdpEcho((IPAddress V4, IPAddress? V6) bind, int port, Action<ulong> answered)
    {
        (_port, _answered) = (port, answered);
        try
        {
            _v4 = Open(bind.V4);
            _v6 = bind.V6 is { } v6 && Socket.OSSupportsIPv6 ? Open(v6) : null;
        }
        catch
        {
            Dispose();
            throw;
        }

        Listen(_v4);
        Listen(_v6);
    }

    /// <summary>Listens at all addresses of the host, on every link: which of them are next hops changes.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static UdpEcho Open(int port, Action<ulong> answered)
    {
        try
        {
            return new((IPAddress.Any, IPAddress.IPv6Any), port, answered);
        }
        catch (SocketException e)
        {
            throw new IOException($"UDP port {port} cannot be used ({e.Message}): routes to a host that dies stay until it is forgotten. Free the port, or set ipvland.cluster.probe.port to another one, the same on every host.", e);
        }
    }

    public void Ask(Ip address, int link, ulong number)
    {
        if ((address.IsV4 ? _v4 : _v6) is not { } socket)
            return;
        Span<byte> packet = stackalloc byte[EchoPacket.Length];
        EchoPacket.Write(packet, EchoKind.Question, number);
        try
        {
            socket.SendTo(packet, SocketFlags.None, new IPEndPoint(Address(address, link), _port));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // no route, link down, neighbour table full: lost, like one that nobody answers
        }
    }

    public void Dispose()
    {
        _closed.Set();
        _v4?.Dispose();
        _v6?.Dispose();
    }

    private Socket Open(IPAddress bind)
    {
        var socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Ttl = 1;
            socket.Bind(new IPEndPoint(bind, _port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Listen(Socket? socket)
    {
        if (socket is not null)
            new Thread(() => Listen(socket, new SocketAddress(socket.AddressFamily))) { IsBackground = true, Name = "echo" }.Start();
    }

    private void Listen(Socket socket, SocketAddress from)
    {
        var packet = new byte[EchoPacket.Length + 1]; // one more byte tells what is too long
        while (!_closed.IsSet)
        {
            try
            {
                Take(packet.AsSpan(0, socket.ReceiveFrom(packet, SocketFlags.None, from)), socket, from);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                _closed.Wait(AfterTrouble);
            }
        }
    }

    private void Take(Span<byte> packet, Socket socket, SocketAddress from)
    {
        if (PortOf(from) != _port || !EchoPacket.TryRead(packet, out var kind, out var number))
            return;
        if (kind == EchoKind.Answer)
        {
            _answered(number);
            return;
        }

        EchoPacket.Write(packet, EchoKind.Answer, number);
        socket.SendTo(packet, SocketFlags.None, from);
    }

    // sin_port and sin6_port lie at the same place, in network order
    private static int PortOf(SocketAddress address) => BinaryPrimitives.ReadUInt16BigEndian(address.Buffer.Span[2..]);

    private static IPAddress Address(Ip ip, int link)
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = ip.WriteNetworkBytes(bytes);
        return ip.IsV6 && ip.IsLinkLocal ? new(bytes[..length], link) : new(bytes[..length]);
    }
}
