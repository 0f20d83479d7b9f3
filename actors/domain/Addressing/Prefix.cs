using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace IpvlanActors.Domain.Addressing;

/// <summary>
/// An address prefix (<c>10.1.0.0/16</c>): its first address and how many leading bits are fixed. Host bits are
/// always zero; what a person wrote with host bits set is masked, and <see cref="TryParseExact"/> tells the two apart.
/// </summary>
public readonly record struct Prefix : IComparable<Prefix>, IParsable<Prefix>
{
    // side by side, not one in the other, and the length a byte, so that all of it is 24 bytes
    private readonly ulong _upper;
    private readonly ulong _lower;
    private readonly IpFamily _family;
    private readonly byte _length;

    private Prefix(Ip first, int length)
    {
        var bits = first.Bits;
        (_upper, _lower, _family, _length) = ((ulong)(bits >> 64), (ulong)bits, first.Family, (byte)length);
    }

    /// <summary>The network address; for IPv6 the subnet-router anycast address.</summary>
    public Ip First => Ip.FromBits(new(_upper, _lower), _family);

    /// <summary>Fixed leading bits: 0 to 32, or 0 to 128.</summary>
    public int Length => _length;

    public IpFamily Family => _family;

    public int HostBits => First.BitWidth - Length;

    /// <summary>The last address; for IPv4 the broadcast address.</summary>
    public Ip Last => Ip.FromBits(First.Bits | HostMask(First.BitWidth, Length), Family);

    public bool IsSingle => HostBits == 0;

    public bool IsDefault => Length == 0;

    /// <summary>The prefix of that length around an address, host bits cleared.</summary>
    public static Prefix Of(Ip address, int length) =>
        length >= 0 && length <= address.BitWidth
            ? new(Ip.FromBits(address.Bits & ~HostMask(address.BitWidth, length), address.Family), length)
            : throw new ArgumentOutOfRangeException(nameof(length), length, "Not a prefix length of this family.");

    public static Prefix Single(Ip address) => new(address, address.BitWidth);

    public bool Contains(Ip address) => address.Family == Family && address >= First && address <= Last;

    public bool Contains(Prefix other) => other.Length >= Length && Contains(other.First);

    public bool Overlaps(Prefix other) => Contains(other.First) || other.Contains(First);

    /// <summary>How many prefixes of <paramref name="length"/> lie in this one; saturates at 2^64 - 1.</summary>
    public ulong CountOf(int length) => length - Length >= 64 ? ulong.MaxValue : 1UL << (length - Length);

    /// <summary>The n-th prefix of <paramref name="length"/> inside this one.</summary>
    public Prefix Nth(int length, ulong n) =>
        new(First.Offset((UInt128)n << (First.BitWidth - length)), length);

    public int CompareTo(Prefix other)
    {
        if (_family != other._family)
            return _family < other._family ? -1 : 1;
        if (_upper != other._upper)
            return _upper < other._upper ? -1 : 1;
        return _lower != other._lower ? (_lower < other._lower ? -1 : 1) : _length.CompareTo(other._length);
    }

    public override int GetHashCode() => HashCode.Combine(_upper, _lower, (byte)_family, _length);

    public static bool operator <(Prefix left, Prefix right) => left.CompareTo(right) < 0;

    public static bool operator >(Prefix left, Prefix right) => left.CompareTo(right) > 0;

    public static bool operator <=(Prefix left, Prefix right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Prefix left, Prefix right) => left.CompareTo(right) >= 0;

    public static Prefix Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var prefix) ? prefix : throw new FormatException($"'{s}' is not a prefix like 10.1.0.0/16.");

    public static bool TryParse(string? s, out Prefix result) => TryParse(s, null, out result);

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Prefix result)
    {
        result = default;
        if (!InterfaceAddress.TryParse(s, out var written))
            return false;
        result = Of(written.Address, written.PrefixLength);
        return true;
    }

    /// <summary>As <see cref="TryParse(string?, out Prefix)"/>, but refuses text with host bits set.</summary>
    public static bool TryParseExact(string? s, out Prefix result) =>
        TryParse(s, out result) && InterfaceAddress.TryParse(s, out var written) && written.Address == result.First;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}/{Length}");

    private static UInt128 HostMask(int width, int length) =>
        width == length ? 0 : UInt128.MaxValue >> (128 - (width - length));
}
