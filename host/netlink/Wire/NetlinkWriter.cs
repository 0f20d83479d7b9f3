using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Netlink.Uapi;

namespace IpvlanActors.Netlink.Wire;

/// <summary>
/// Writes netlink messages one after another into a caller's buffer: header, family header, attributes. Lengths are
/// filled in when a scope closes, and every message and attribute starts on a 4-byte boundary. Allocates nothing.
/// </summary>
internal ref struct NetlinkWriter(Span<byte> buffer)
{
    private const int HeaderLength = 16;
    private const int AttributeHeaderLength = 4;
    private const int FlagsOffset = 6;

    private readonly Span<byte> _buffer = buffer;
    private int _start;
    private int _position;

    public readonly int Length => _position;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._position];

    /// <summary>Opens a message; NLM_F_REQUEST is understood.</summary>
    public void Begin(ushort type, ushort flags, uint sequence)
    {
        _start = _position;
        _position += HeaderLength;
        MemoryMarshal.Write(_buffer[_start..], new nlmsghdr
        {
            nlmsg_type = type,
            nlmsg_flags = (ushort)(flags | Nl.NLM_F_REQUEST),
            nlmsg_seq = sequence,
        });
    }

    public readonly void End() => MemoryMarshal.Write(_buffer[_start..], (uint)(_position - _start));

    /// <summary>Asks for an answer to the last message even if it succeeds.</summary>
    public readonly void AskAck() => _buffer[_start + FlagsOffset] |= (byte)Nl.NLM_F_ACK;

    /// <summary>Writes the fixed header that the family puts after nlmsghdr, such as ifinfomsg.</summary>
    public void Header<T>(in T header)
        where T : unmanaged
    {
        var target = _buffer.Slice(_position, Align(Unsafe.SizeOf<T>()));
        target.Clear();
        MemoryMarshal.Write(target, in header);
        _position += target.Length;
    }

    public void U32(ushort type, uint value) => Scalar(type, value);

    public void U16(ushort type, ushort value) => Scalar(type, value);

    /// <summary>Writes text as the kernel reads it: bytes and a closing zero.</summary>
    public void Text(ushort type, scoped ReadOnlySpan<char> value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, Reserve(type, length + 1));
    }

    public void Bytes(ushort type, scoped ReadOnlySpan<byte> value) => value.CopyTo(Reserve(type, value.Length));

    public void Address(ushort type, Ip address) => address.WriteNetworkBytes(Reserve(type, address.BitWidth / 8));

    /// <summary>RTA_VIA: the family of the next hop, in host byte order, and its bytes.</summary>
    public void Via(ushort type, Ip address)
    {
        var target = Reserve(type, 2 + (address.BitWidth / 8));
        MemoryMarshal.Write(target, (ushort)address.Family);
        address.WriteNetworkBytes(target[2..]);
    }

    /// <summary>Opens an attribute that holds attributes; hand the mark back to <see cref="Close"/>.</summary>
    public int Open(ushort type)
    {
        var mark = _position;
        Reserve((ushort)(type | Nl.NLA_F_NESTED), 0);
        return mark;
    }

    public readonly void Close(int mark) => MemoryMarshal.Write(_buffer[mark..], (ushort)(_position - mark));

    private void Scalar<T>(ushort type, T value)
        where T : unmanaged => MemoryMarshal.Write(Reserve(type, Unsafe.SizeOf<T>()), in value);

    private Span<byte> Reserve(ushort type, int length)
    {
        var attribute = _buffer.Slice(_position, Align(AttributeHeaderLength + length));
        attribute.Clear();
        MemoryMarshal.Write(attribute, new nlattr { nla_len = (ushort)(AttributeHeaderLength + length), nla_type = type });
        _position += attribute.Length;
        return attribute.Slice(AttributeHeaderLength, length);
    }

    private static int Align(int length) => (length + 3) & ~3;
}
