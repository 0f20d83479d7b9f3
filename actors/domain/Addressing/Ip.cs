using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace IpvlanActors.Domain.Addressing;

/// <summary>
/// An IPv4 or IPv6 address as a plain number: no scope id, no allocation, total order (IPv4 first). The number is two words and no
/// UInt128, for which nothing is compiled ahead: whatever holds one in any depth, and all methods that touch that, would
/// wait for the compiler in each process anew. Nor does it stand at multiples of 16 bytes, which would make tables a third larger.
/// </summary>
public readonly record struct Ip : IComparable<Ip>, IParsable<Ip>
{
    private Ip(ulong high, ulong low, IpFamily family)
    {
        High = high;
        Low = low;
        Family = family;
    }

    /// <summary>The upper 64 of 128 bits; 0 for IPv4.</summary>
    public ulong High { get; }

    /// <summary>The lower 64 bits; all 32 of IPv4.</summary>
    public ulong Low { get; }

    public IpFamily Family { get; }

    public int BitWidth => Family.BitWidth();

    public bool IsV4 => Family == IpFamily.V4;

    public bool IsV6 => Family == IpFamily.V6;

    public bool IsUnspecified => (High | Low) == 0;

    public bool IsLoopback => IsV4 ? Low >> 24 == 127 : High == 0 && Low == 1;

    public bool IsMulticast => IsV4 ? Low >> 28 == 0xE : High >> 56 == 0xFF;

    /// <summary>169.254.0.0/16 and fe80::/10.</summary>
    public bool IsLinkLocal => IsV4 ? Low >> 16 == 0xA9FE : High >> 54 == 0x3FA;

    public static Ip FromBits(ulong high, ulong low, IpFamily family) => new(high, low, family);

    public static Ip FromNetworkBytes(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => new(0, BinaryPrimitives.ReadUInt32BigEndian(bytes), IpFamily.V4),
        16 => new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), IpFamily.V6),
        _ => throw new ArgumentException($"An address has 4 or 16 bytes, not {bytes.Length}.", nameof(bytes)),
    };

    /// <summary>Writes the address in network byte order and returns how many bytes that took (4 or 16).</summary>
    public int WriteNetworkBytes(Span<byte> destination)
    {
        if (IsV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Low);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
        return 16;
    }

    /// <summary>The address <paramref name="by"/> times 2^<paramref name="shift"/> further on. The caller knows that it does not wrap.</summary>
    public Ip Offset(ulong by, int shift = 0)
    {
        var (high, low) = shift switch
        {
            0 => (0UL, by),
            < 64 => (by >> (64 - shift), by << shift),
            _ => (by << (shift - 64), 0UL),
        };
        var sum = Low + low;
        return new(High + high + (sum < Low ? 1UL : 0), sum, Family);
    }

    /// <summary>The address before. The caller knows that there is one.</summary>
    public Ip Previous() => new(Low == 0 ? High - 1 : High, Low - 1, Family);

    /// <summary>How much further on <paramref name="later"/> is; saturates at 2^64 - 1.</summary>
    public ulong DistanceTo(Ip later)
    {
        var high = later.High - High - (later.Low < Low ? 1UL : 0);
        return high == 0 ? later.Low - Low : ulong.MaxValue;
    }

    /// <summary>The last <paramref name="count"/> bits cleared.</summary>
    public Ip WithoutBits(int count) => new(High & ~HighMask(count), Low & ~LowMask(count), Family);

    /// <summary>The last <paramref name="count"/> bits set.</summary>
    public Ip WithBits(int count) => new(High | HighMask(count), Low | LowMask(count), Family);

    public int CompareTo(Ip other)
    {
        if (Family != other.Family)
            return Family < other.Family ? -1 : 1;
        return High == other.High ? Low.CompareTo(other.Low) : High.CompareTo(other.High);
    }

    // the one that comes with a record asks a comparer for each field
    public override int GetHashCode() => HashCode.Combine(High, Low, (byte)Family);

    private static ulong LowMask(int count) => count >= 64 ? ulong.MaxValue : (1UL << count) - 1;

    private static ulong HighMask(int count) => count <= 64 ? 0 : LowMask(count - 64);

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
