using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace IpvlanActors.Domain.Addressing;

/// <summary>
/// An address prefix (<c>10.1.0.0/16</c>): its first address and how many leading bits are fixed. Host bits are
/// always zero; what a person wrote with host bits set is masked, and <see cref="TryParseExact"/> tells the two apart.
/// </summary>
public readonly record struct Prefix : IComparable<Prefix>, IParsable<Prefix>
{
    // side by side and not an Ip in it, and the length a byte, so that all of it is 24 bytes: tables are full of these
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly IpFamily _family;
    private readonly byte _length;

    private Prefix(Ip first, int length) =>
        (_high, _low, _family, _length) = (first.High, first.Low, first.Family, (byte)length);

    /// <summary>The network address; for IPv6 the subnet-router anycast address.</summary>
    public Ip First => Ip.FromBits(_high, _low, _family);

    /// <summary>Fixed leading bits: 0 to 32, or 0 to 128.</summary>
    public int Length => _length;

    public IpFamily Family => _family;

    public int HostBits => _family.BitWidth() - _length;

    /// <summary>The last address; for IPv4 the broadcast address.</summary>
    public Ip Last => First.WithBits(HostBits);

    public bool IsSingle => HostBits == 0;

    public bool IsDefault => Length == 0;

    /// <summary>The prefix of that length around an address, host bits cleared.</summary>
    public static Prefix Of(Ip address, int length) =>
        length >= 0 && length <= address.BitWidth
            ? new(address.WithoutBits(address.BitWidth - length), length)
            : throw new ArgumentOutOfRangeException(nameof(length), length, "Not a prefix length of this family.");

    public static Prefix Single(Ip address) => new(address, address.BitWidth);

    public bool Contains(Ip address) => address.Family == Family && address >= First && address <= Last;

    public bool Contains(Prefix other) => other.Length >= Length && Contains(other.First);

    public bool Overlaps(Prefix other) => Contains(other.First) || other.Contains(First);

    /// <summary>How many prefixes of <paramref name="length"/> lie in this one; saturates at 2^64 - 1.</summary>
    public ulong CountOf(int length) => length - Length >= 64 ? ulong.MaxValue : 1UL << (length - Length);

    /// <summary>The n-th prefix of <paramref name="length"/> inside this one.</summary>
    public Prefix Nth(int length, ulong n) =>
        new(First.Offset(n, Family.BitWidth() - length), length);

    public int CompareTo(Prefix other)
    {
        if (_family != other._family)
            return _family < other._family ? -1 : 1;
        if (_high != other._high)
            return _high < other._high ? -1 : 1;
        return _low == other._low ? _length.CompareTo(other._length) : _low.CompareTo(other._low);
    }

    public override int GetHashCode() => HashCode.Combine(_high, _low, (byte)_family, _length);

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
}
