using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IpvlanActors.Netlink.Uapi;

namespace IpvlanActors.Netlink.Wire;

/// <summary>
/// Walks the messages of one datagram. Stops, without a word, at the first that is cut short or says a length that
/// cannot be: what came before it is good, and a lost answer is noticed by whoever waits for it.
/// </summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    public bool Next(out NetlinkMessage message)
    {
        message = default;
        if (!MemoryMarshal.TryRead(_rest, out nlmsghdr header))
            return false;
        var size = Unsafe.SizeOf<nlmsghdr>();
        if (header.nlmsg_len < size || header.nlmsg_len > _rest.Length)
            return false;
        message = new(header, _rest[size..(int)header.nlmsg_len]);
        _rest = _rest[Math.Min(_rest.Length, Align((int)header.nlmsg_len))..];
        return true;
    }

    internal static int Align(int length) => (length + 3) & ~3;
}

/// <summary>One message: its header, and what follows it.</summary>
internal readonly ref struct NetlinkMessage(nlmsghdr header, ReadOnlySpan<byte> body)
{
    public ushort Type => header.nlmsg_type;

    public ushort Flags => header.nlmsg_flags;

    public uint Sequence => header.nlmsg_seq;

    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>Reads the family's fixed header and hands out what follows it.</summary>
    public bool TryHeader<T>(out T header, out AttributeReader attributes)
        where T : unmanaged
    {
        attributes = default;
        if (!MemoryMarshal.TryRead(Body, out header))
            return false;
        attributes = new(Body[Math.Min(Body.Length, NetlinkReader.Align(Unsafe.SizeOf<T>()))..]);
        return true;
    }

    /// <summary>NLMSG_ERROR: the errno, positive (0 is an ack), and the kernel's own words if it sent any.</summary>
    public bool TryError(out int errno, out string? text)
    {
        (errno, text) = (0, null);
        if (Type != Nl.NLMSG_ERROR || !MemoryMarshal.TryRead(Body, out nlmsgerr error))
            return false;
        errno = error.error == int.MinValue ? int.MaxValue : Math.Abs(error.error);
        if ((Flags & Nl.NLM_F_ACK_TLVS) != 0)
            text = ExtendedAck(Body[Math.Min(Body.Length, AttributesOf(error, Flags))..]);
        return true;
    }

    // without NLM_F_CAPPED the kernel repeats the whole request before the attributes
    private static int AttributesOf(in nlmsgerr error, ushort flags)
    {
        var size = Unsafe.SizeOf<nlmsgerr>();
        var echoed = (long)error.msg.nlmsg_len - Unsafe.SizeOf<nlmsghdr>();
        return (flags & Nl.NLM_F_CAPPED) != 0 || echoed < 0 ? size : (int)Math.Min(int.MaxValue - 3, size + ((echoed + 3) & ~3L));
    }

    private static string? ExtendedAck(ReadOnlySpan<byte> bytes)
    {
        var attributes = new AttributeReader(bytes);
        while (attributes.Next(out var attribute))
        {
            // a full stop where the kernel leaves it out, as iproute2 does: people search for what they have seen
            if (attribute.Type == Nl.NLMSGERR_ATTR_MSG && attribute.Text is { Length: > 0 } text)
                return text.EndsWith('.') ? text : text + ".";
        }

        return null;
    }
}
