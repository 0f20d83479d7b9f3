using System.Collections.Immutable;
using Google.Protobuf.Collections;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using static IpvlanActors.Journal.Mapping.ValuesMapping;

namespace IpvlanActors.Journal.Mapping;

/// <summary>A network as it was asked for, and the link it hangs on.</summary>
internal static class SpecMapping
{
    public static Schema.NetworkSpec ToProto(this NetworkSpec spec) => new()
    {
        Name = spec.Name,
        Mode = (Schema.IpvlanMode)spec.Mode,
        Flag = (Schema.IpvlanFlag)spec.Flag,
        Internal = spec.Internal,
        Parents = new() { Name = spec.Parents.Name, ByHost = { Pairs(spec.Parents.ByHost) }, InContainer = spec.Parents.InContainer },
        Subnets = { spec.Subnets.Select(ToProto) },
        WantsDefaultSubnet = spec.WantsDefaultSubnet,
        Settings = ToProto(spec.Settings),
        Options = { Pairs(spec.Options) },
        Labels = { Pairs(spec.Labels) },
    };

    public static NetworkSpec ToDomain(this Schema.NetworkSpec? proto)
    {
        var spec = Present(proto, "spec");
        var parents = Present(spec.Parents, "parents");
        return new(
            spec.Name,
            Known<IpvlanMode>((int)spec.Mode),
            Known<IpvlanFlag>((int)spec.Flag),
            spec.Internal,
            new(parents.Name, Dictionary(parents.ByHost)) { InContainer = parents.InContainer },
            [.. spec.Subnets.Select(ToDomain)],
            spec.WantsDefaultSubnet,
            ToDomain(Present(spec.Settings, "settings")),
            Dictionary(spec.Options),
            Dictionary(spec.Labels));
    }

    public static Schema.ParentLink ToProto(this ParentLink link) => new()
    {
        Name = link.Name.Value,
        Made = (Schema.ParentKind)link.Made,
        Base = link.Base?.Value ?? "",
        Vlan = link.Vlan?.Value ?? 0u,
    };

    public static ParentLink ToDomain(this Schema.ParentLink? proto)
    {
        var link = Present(proto, "parent link");
        return new(
            LinkName.Parse(link.Name),
            Known<ParentKind>((int)link.Made),
            link.Base.Length == 0 ? null : LinkName.Parse(link.Base),
            link.Vlan == 0 ? null : ToVlan(link.Vlan));
    }

    private static VlanId ToVlan(uint number) => number <= VlanId.Max && VlanId.TryCreate((int)number, out var id)
        ? id
        : throw new InvalidDataException($"{number} is no VLAN id");

    private static Schema.SubnetSpec ToProto(SubnetSpec subnet) => new()
    {
        Prefix = subnet.Prefix.ToProto(),
        Gateway = subnet.Gateway.ToBytes(),
        Range = subnet.Range?.ToProto(),
        Reserved =
        {
            subnet.Reserved.OrderBy(r => r.Key, StringComparer.Ordinal)
                .Select(r => new Schema.NamedAddress { Name = r.Key, Address = r.Value.ToBytes() }),
        },
        IsDefault = subnet.IsDefault,
    };

    private static SubnetSpec ToDomain(Schema.SubnetSpec proto) => new(
        proto.Prefix.ToDomain("prefix"),
        proto.Gateway.ToIpOrNone(),
        proto.Range?.ToDomain("range"),
        proto.Reserved.ToImmutableSortedDictionary(r => r.Name, r => r.Address.ToIp(), StringComparer.Ordinal),
        proto.IsDefault);

    private static Schema.NetworkSettings ToProto(NetworkSettings settings)
    {
        var proto = new Schema.NetworkSettings { OriginateAlways = settings.OriginateAlways };
        if (settings.Mtu is { } mtu)
            proto.Mtu = (uint)mtu;
        if (settings.BlockLength4 is { } length4)
            proto.BlockLength4 = (uint)length4;
        if (settings.BlockLength6 is { } length6)
            proto.BlockLength6 = (uint)length6;
        return proto;
    }

    private static NetworkSettings ToDomain(Schema.NetworkSettings proto) => new(
        proto.HasMtu ? checked((int)proto.Mtu) : null,
        proto.HasBlockLength4 ? checked((int)proto.BlockLength4) : null,
        proto.HasBlockLength6 ? checked((int)proto.BlockLength6) : null,
        proto.OriginateAlways);

    private static IEnumerable<Schema.Pair> Pairs(ImmutableSortedDictionary<string, string> pairs) =>
        pairs.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new Schema.Pair { Key = p.Key, Value = p.Value });

    private static ImmutableSortedDictionary<string, string> Dictionary(RepeatedField<Schema.Pair> pairs) =>
        pairs.ToImmutableSortedDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
}
