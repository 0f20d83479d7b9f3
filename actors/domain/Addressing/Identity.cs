using System.Diagnostics.CodeAnalysis;

namespace IpvlanActors.Domain.Addressing;

/// <summary>A host of the cluster: a GUID born with its journal, never its name or an address.</summary>
public readonly record struct HostId(Guid Value) : IComparable<HostId>
{
    public int CompareTo(HostId other) => Value.CompareTo(other.Value);

    public static bool TryParse(string? s, out HostId id)
    {
        var ok = Guid.TryParseExact(s, "N", out var value);
        id = new(value);
        return ok;
    }

    public static HostId Parse(string s) =>
        TryParse(s, out var id) ? id : throw new FormatException($"'{s}' is not a host id of 32 hex digits.");

    public override string ToString() => Value.ToString("N");
}

/// <summary>A network: 32 lower-case hex digits, and never used again once the network is gone.</summary>
public readonly record struct NetworkId : IComparable<NetworkId>
{
    private readonly string? _value;

    private NetworkId(string value) => _value = value;

    public string Value => _value ?? "";

    /// <summary>The first 12 digits, which name the network's dummy link.</summary>
    public string Short => Value[..12];

    public static NetworkId From(Guid guid) => new(guid.ToString("N"));

    public static bool TryParse([NotNullWhen(true)] string? s, out NetworkId id)
    {
        id = HexId.IsValid(s) ? new(s!) : default;
        return id._value is not null;
    }

    public static NetworkId Parse(string s) =>
        TryParse(s, out var id) ? id : throw new FormatException($"'{s}' is not a network id of 32 hex digits.");

    public int CompareTo(NetworkId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>An endpoint: 32 lower-case hex digits. Identity of whoever holds an address; a name is not, since names return.</summary>
public readonly record struct EndpointId : IComparable<EndpointId>
{
    private readonly string? _value;

    private EndpointId(string value) => _value = value;

    public string Value => _value ?? "";

    public string Short => Value[..12];

    public static EndpointId From(Guid guid) => new(guid.ToString("N"));

    public static bool TryParse([NotNullWhen(true)] string? s, out EndpointId id)
    {
        id = HexId.IsValid(s) ? new(s!) : default;
        return id._value is not null;
    }

    public static EndpointId Parse(string s) =>
        TryParse(s, out var id) ? id : throw new FormatException($"'{s}' is not an endpoint id of 32 hex digits.");

    public int CompareTo(EndpointId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

internal static class HexId
{
    public const int Digits = 32;

    public static bool IsValid(string? s)
    {
        if (s?.Length != Digits)
            return false;
        foreach (var c in s)
        {
            if (!char.IsAsciiHexDigitLower(c))
                return false;
        }

        return true;
    }
}
