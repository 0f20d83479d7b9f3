using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Netlink.Uapi;

namespace IpvlanActors.Netlink.Wire;

/// <summary>Walks the attributes of a message or of another attribute, and stops at the first that is cut short.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool Next(out NetlinkAttribute attribute)
    {
        attribute = default;
        if (!MemoryMarshal.TryRead(_rest, out nlattr header))
            return false;
        if (header.nla_len < Unsafe.SizeOf<nlattr>() || header.nla_len > _rest.Length)
            return false;
        attribute = new((ushort)(header.nla_type & Nl.NLA_TYPE_MASK), _rest[Unsafe.SizeOf<nlattr>()..header.nla_len]);
        _rest = _rest[Math.Min(_rest.Length, NetlinkReader.Align(header.nla_len))..];
        return true;
    }
}

/// <summary>One attribute. A value that is shorter than what is asked of it reads as 0, empty or none.</summary>
internal readonly ref struct NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
{
    /// <summary>Without the flags that nlattr keeps in its upper bits.</summary>
    public ushort Type => type;

    public ReadOnlySpan<byte> Value { get; } = value;

    public AttributeReader Nested => new(Value);

    public uint U32 => MemoryMarshal.TryRead(Value, out uint number) ? number : 0;

    public int I32 => (int)U32;

    public ushort U16 => MemoryMarshal.TryRead(Value, out ushort number) ? number : (ushort)0;

    /// <summary>Text up to the first zero byte, if there is one: kinds come without, names with.</summary>
    public string Text
    {
        get
        {
            var end = Value.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
        }
    }

    public Ip? Address => Value.Length is 4 or 16 ? Ip.FromNetworkBytes(Value) : null;

    /// <summary>RTA_VIA.</summary>
    public Ip? Via => Value.Length is 6 or 18 ? Ip.FromNetworkBytes(Value[2..]) : null;
}
