using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace IpvlanActors.Domain.Addressing;

/// <summary>
/// An IPv4 or IPv6 address as a plain number: no scope id, no allocation, total order (IPv4 first). Tables of 100,000 routes are
/// full of these, so the number is kept as two halves: a UInt128 stands at multiples of 16 bytes, and would make each of these 32 bytes, and
/// each prefix 48, instead of 24.
/// </summary>
public readonly record struct Ip : IComparable<Ip>, IParsable<Ip>
{
    private readonly ulong _upper;
    private readonly ulong _lower;

    private Ip(UInt128 bits, IpFamily family)
    {
        (_upper, _lower) = ((ulong)(bits >> 64), (ulong)bits);
        Family = family;
    }

    public IpFamily Family { get; }

    /// <summary>The address as a number: 32 significant bits for IPv4, 128 for IPv6.</summary>
    public UInt128 Bits => new(_upper, _lower);

    public int BitWidth => Family.BitWidth();

    public bool IsV4 => Family == IpFamily.V4;

    public bool IsV6 => Family == IpFamily.V6;

    public bool IsUnspecified => Bits == 0;

    public bool IsLoopback => IsV4 ? Bits >> 24 == 127 : Bits == 1;

    public bool IsMulticast => IsV4 ? Bits >> 28 == 0xE : Bits >> 120 == 0xFF;

    /// <summary>169.254.0.0/16 and fe80::/10.</summary>
    public bool IsLinkLocal => IsV4 ? Bits >> 16 == 0xA9FE : Bits >> 118 == 0x3FA;

    public static Ip FromBits(UInt128 bits, IpFamily family) => new(bits, family);

    public static Ip FromNetworkBytes(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => new(BinaryPrimitives.ReadUInt32BigEndian(bytes), IpFamily.V4),
        16 => new(BinaryPrimitives.ReadUInt128BigEndian(bytes), IpFamily.V6),
        _ => throw new ArgumentException($"An address has 4 or 16 bytes, not {bytes.Length}.", nameof(bytes)),
    };

    /// <summary>Writes the address in network byte order and returns how many bytes that took (4 or 16).</summary>
    public int WriteNetworkBytes(Span<byte> destination)
    {
        if (IsV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Bits);
            return 4;
        }

        BinaryPrimitives.WriteUInt128BigEndian(destination, Bits);
        return 16;
    }

    /// <summary>The address <paramref name="by"/> further on. The caller knows that it does not wrap.</summary>
    public Ip Offset(UInt128 by) => new(Bits + by, Family);

    public int CompareTo(Ip other)
    {
        if (Family != other.Family)
            return Family < other.Family ? -1 : 1;
        return _upper != other._upper ? (_upper < other._upper ? -1 : 1) : _lower.CompareTo(other._lower);
    }

    public override int GetHashCode() => HashCode.Combine(_upper, _lower, (byte)Family);

    public static bool operator <(Ip left, Ip right) => left.CompareTo(right) < 0;

    public static bool operator >(Ip left, Ip right) => left.CompareTo(right) > 0;

    public static bool operator <=(Ip left, Ip right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Ip left, Ip right) => left.CompareTo(right) >= 0;

    public static Ip Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var ip) ? ip : throw new FormatException($"'{s}' is not an IP address.");

    public static bool TryParse(string? s, out Ip result) => TryParse(s, null, out result);

    /// <summary>
    /// Reads a dotted quad or an IPv6 address. Stricter than the base class library: no short or octal IPv4 forms
    /// (<c>10.1</c> is a typing error, not 10.0.0.1), no zone, no IPv4-mapped IPv6.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Ip result)
    {
        result = default;
        if (s is null || !IPAddress.TryParse(s, out var parsed) || parsed.IsIPv4MappedToIPv6)
            return false;
        var isV6 = s.Contains(':', StringComparison.Ordinal);
        if (isV6 ? s.AsSpan().ContainsAny('%', '[', ']') : s != parsed.ToString())
            return false;
        result = FromNetworkBytes(parsed.GetAddressBytes());
        return true;
    }

    public override string ToString()
    {
        if (Family == default)
            return "none";
        Span<byte> bytes = stackalloc byte[16];
        var length = WriteNetworkBytes(bytes);
        return new IPAddress(bytes[..length]).ToString();
    }
}

/// <summary>Address families under the numbers that the kernel gives them (AF_INET, AF_INET6).</summary>
public enum IpFamily : byte
{
    V4 = 2,
    V6 = 10,
}

public static class IpFamilies
{
    public static int BitWidth(this IpFamily family) => family == IpFamily.V4 ? 32 : 128;

    /// <summary>"IPv4" or "IPv6", as people write it.</summary>
    public static string Name(this IpFamily family) => family == IpFamily.V4 ? "IPv4" : "IPv6";
}
