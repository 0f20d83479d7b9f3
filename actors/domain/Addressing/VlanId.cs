using System.Globalization;

namespace IpvlanActors.Domain.Addressing;

/// <summary>An 802.1q VLAN id, 1 to 4094. The kernel would take 0 as well; the document, and Docker, do not.</summary>
public readonly record struct VlanId
{
    public const int Min = 1;
    public const int Max = 4094;

    private VlanId(ushort value) => Value = value;

    public ushort Value { get; }

    public static bool TryCreate(int value, out VlanId id)
    {
        id = value is >= Min and <= Max ? new((ushort)value) : default;
        return id.Value != 0;
    }

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
