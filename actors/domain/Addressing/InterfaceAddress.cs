using System.Globalization;

namespace IpvlanActors.Domain.Addressing;

/// <summary>An address as a link carries it: with the length of the prefix that is on-link (<c>10.1.0.2/16</c>).</summary>
public readonly record struct InterfaceAddress(Ip Address, int PrefixLength)
{
    public Prefix Prefix => Prefix.Of(Address, PrefixLength);

    public static bool TryParse(string? s, out InterfaceAddress result)
    {
        result = default;
        var slash = s?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0 || !Ip.TryParse(s![..slash], out var address))
            return false;
        if (!int.TryParse(s.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || length > address.BitWidth)
        {
            return false;
        }

        result = new(address, length);
        return true;
    }

    public static InterfaceAddress Parse(string s) =>
        TryParse(s, out var result) ? result : throw new FormatException($"'{s}' is not an address like 10.1.0.2/16.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");
}
