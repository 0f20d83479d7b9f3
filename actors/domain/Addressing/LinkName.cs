using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace IpvlanActors.Domain.Addressing;

/// <summary>
/// The name of a network interface, as the kernel allows it (dev_valid_name in net/core/dev.c): 1 to 15 bytes, not
/// <c>.</c> or <c>..</c>, no slash, colon or white space.
/// </summary>
public readonly record struct LinkName : IComparable<LinkName>
{
    public const int MaxBytes = 15;

    private readonly string? _value;

    private LinkName(string value) => _value = value;

    public string Value => _value ?? "";

    public static bool TryParse([NotNullWhen(true)] string? s, out LinkName name)
    {
        name = default;
        if (string.IsNullOrEmpty(s) || s is "." or ".." || Encoding.UTF8.GetByteCount(s) > MaxBytes)
            return false;
        foreach (var c in s)
        {
            if (c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c))
                return false;
        }

        name = new(s);
        return true;
    }

    public static LinkName Parse(string s) =>
        TryParse(s, out var name) ? name : throw new FormatException($"'{s}' is not a link name.");

    public int CompareTo(LinkName other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
