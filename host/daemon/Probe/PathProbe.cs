using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Daemon.Probe;

/// <summary>
/// How large a packet may be on the way to an address on a link: echo requests of several sizes, none of which may be cut into
/// fragments. The other host's kernel answers them, whether or not a daemon runs there, and of whichever version.
/// </summary>
internal static class PathProbe
{
    private const int Rounds = 3;
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(300);

    /// <summary>What links and tunnels usually carry: jumbo frames, VXLAN in them, Ethernet, PPPoE, tunnels in Ethernet, the least that IPv6 may have.</summary>
    private static readonly int[] Usual = [9000, 8950, 4000, 1500, 1492, 1480, 1450, 1420, 1400, 1380, 1280, 576, 100];

    /// <returns>Bytes of the largest packet that was answered, IP header included; 0: none was, or no socket for it may be opened.</returns>
    /// <param name="mtu">Of the link: the largest that is tried.</param>
    public static async Task<int> Largest(Ip address, LinkName link, int mtu)
    {
        try
        {
            using var socket = Open(address, link);
            int[] sizes = [.. Usual.Where(s => s < mtu).Prepend(Math.Min(mtu, EchoRequest.MaxPacket))];
            return sizes[0] < mtu ? 0 : await Try(socket, sizes, address.IsV6);
        }
        catch (SocketException)
        {
            return 0; // not permitted, no route, link gone
        }
    }

    /// <summary>What has not been answered by the end of a round is sent once more, since a packet may also be lost.</summary>
    private static async Task<int> Try(Socket socket, int[] sizes, bool isV6)
    {
        var id = BinaryPrimitives.ReadUInt16LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ushort)));
        var (buffer, best) = (new byte[EchoRequest.MaxPacket], sizes.Length); // the smaller the place, the larger the packet
        for (var round = 0; round < Rounds && best > 0; round++)
        {
            for (var place = 0; place < best; place++)
                Send(socket, EchoRequest.Packet(isV6, id, (ushort)place, sizes[place]));
            using var late = new CancellationTokenSource(Round);
            while (best > 0 && await Receive(socket, buffer, late.Token) is { } length)
            {
                if (EchoRequest.IsAnswer(buffer.AsSpan(0, length), isV6, id, out var place) && place < best)
                    best = place;
            }
        }

        return best < sizes.Length ? sizes[best] : 0;
    }

    private static void Send(Socket socket, byte[] packet)
    {
        try
        {
            socket.Send(packet);
        }
        catch (SocketException)
        {
            // too large for the link after all, or an answer that somebody is not there: lost like any other
        }
    }

    private static async Task<int?> Receive(Socket socket, byte[] buffer, CancellationToken late)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, late);
        }
        catch (SocketException)
        {
            return 0; // an ICMP error about one of ours
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>A raw socket that hears this address alone, sends by this link alone, and leaves nothing to fragments or to what the kernel believes of the path.</summary>
    private static Socket Open(Ip address, LinkName link)
    {
        const int SolSocket = 1;
        const int SoBindToDevice = 25;
        const int IpProtocol = 0;
        const int IpMtuDiscover = 10;
        const int Ipv6Protocol = 41;
        const int Ipv6MtuDiscover = 23;
        const int DoNotFragmentAndProbe = 3; // IP_PMTUDISC_PROBE, IPV6_PMTUDISC_PROBE
        var family = address.IsV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var socket = new Socket(family, SocketType.Raw, address.IsV6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp);
        try
        {
            var (level, option) = address.IsV6 ? (Ipv6Protocol, Ipv6MtuDiscover) : (IpProtocol, IpMtuDiscover);
            socket.SetRawSocketOption(level, option, BitConverter.GetBytes(DoNotFragmentAndProbe));
            socket.SetRawSocketOption(SolSocket, SoBindToDevice, Encoding.ASCII.GetBytes(link.Value));
            socket.Connect(new IPEndPoint(IPAddress.Parse(address is { IsV6: true, IsLinkLocal: true } ? $"{address}%{link}" : $"{address}"), 0));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
