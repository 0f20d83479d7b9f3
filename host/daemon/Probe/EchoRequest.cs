using System.Buffers.Binary;

namespace IpvlanActors.Daemon.Probe;

/// <summary>ICMP's echo (RFC 792, RFC 4443): type (1), code (1), checksum (2), identifier (2), sequence number (2), then anything, big-endian.</summary>
internal static class EchoRequest
{
    public const int MaxPacket = ushort.MaxValue;

    private const int Header = 8;
    private const int ChecksumAt = 2;
    private const int IdAt = 4;
    private const int SequenceAt = 6;
    private const int Ipv4Header = 20;
    private const int Ipv6Header = 40;

    /// <param name="size">Of the packet with its IP header, which the kernel adds.</param>
    /// <returns>The kernel fills in the checksum of ICMPv6, which is also over the addresses; that of ICMP is in it.</returns>
    public static byte[] Packet(bool isV6, ushort id, ushort sequence, int size)
    {
        var packet = new byte[Math.Max(size - (isV6 ? Ipv6Header : Ipv4Header), Header)];
        packet[0] = Type(isV6, isAnswer: false);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(IdAt), id);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(SequenceAt), sequence);
        if (!isV6)
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(ChecksumAt), Checksum(packet));
        return packet;
    }

    /// <param name="packet">As a raw socket gives it: with the IP header in IPv4, without in IPv6.</param>
    public static bool IsAnswer(ReadOnlySpan<byte> packet, bool isV6, ushort id, out ushort sequence)
    {
        sequence = 0;
        var skip = isV6 || packet.IsEmpty ? 0 : (packet[0] & 0xf) * sizeof(uint);
        if (packet.Length < skip + Header)
            return false;
        var echo = packet[skip..];
        sequence = BinaryPrimitives.ReadUInt16BigEndian(echo[SequenceAt..]);
        return echo[0] == Type(isV6, isAnswer: true) && BinaryPrimitives.ReadUInt16BigEndian(echo[IdAt..]) == id;
    }

    /// <summary>The ones' complement of the ones' complement sum of all 16-bit words (RFC 1071).</summary>
    internal static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var at = 0; at < bytes.Length; at += 2)
            sum += (uint)(bytes[at] << 8) | (at + 1 < bytes.Length ? bytes[at + 1] : 0u);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~((sum & 0xffff) + (sum >> 16));
    }

    private static byte Type(bool isV6, bool isAnswer) => (isV6, isAnswer) switch
    {
        (false, false) => 8,
        (false, true) => 0,
        (true, false) => 128,
        (true, true) => 129,
    };
}
