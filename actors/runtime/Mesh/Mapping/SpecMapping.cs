using System.Collections.Immutable;
using System.Runtime.Serialization;
using Google.Protobuf.Collections;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using static IpvlanActors.Runtime.Mesh.Mapping.ValuesMapping;

namespace IpvlanActors.Runtime.Mesh.Mapping;

/// <summary>A network as it was asked for.</summary>
internal static class SpecMapping
{
    public static Wire.NetworkSpec ToProto(this NetworkSpec spec)
    {
        var proto = new Wire.NetworkSpec
        {
            Name = NotEmpty(spec.Name, "network name"),
            Mode = (Wire.IpvlanMode)Known<IpvlanMode>((int)spec.Mode),
            Flag = (Wire.IpvlanFlag)Known<IpvlanFlag>((int)spec.Flag),
            Internal = spec.Internal,
            Parent = spec.Parents.Name,
            ParentsByHost = { Pairs(spec.Parents.ByHost) },
            Subnets = { spec.Subnets.Select(ToProto) },
            WantsDefaultSubnet = spec.WantsDefaultSubnet,
            Options = { Pairs(spec.Options) },
            Labels = { Pairs(spec.Labels) },
            ParentInContainer = spec.Parents.InContainer,
        };
        Write(spec.Settings, proto);
        return proto;
    }

    public static NetworkSpec ToDomain(this Wire.NetworkSpec? proto)
    {
        var spec = Present(proto, "spec");
        return new(
            NotEmpty(spec.Name, "network name"),
            Known<IpvlanMode>((int)spec.Mode),
            Known<IpvlanFlag>((int)spec.Flag),
            spec.Internal,
            new(spec.Parent, Pairs(spec.ParentsByHost, "parents")) { InContainer = spec.ParentInContainer },
            [.. spec.Subnets.Select(ToDomain)],
            spec.WantsDefaultSubnet,
            ReadSettings(spec),
            Pairs(spec.Options, "options"),
            Pairs(spec.Labels, "labels"));
    }

    private static Wire.SubnetSpec ToProto(SubnetSpec subnet) => new()
    {
        Prefix = subnet.Prefix.ToBytes(),
        Gateway = subnet.Gateway.ToBytes(),
        Range = subnet.Range.ToBytes(),
        Reserved =
        {
            subnet.Reserved.OrderBy(r => r.Key, StringComparer.Ordinal)
                .Select(r => new Wire.NamedAddress { Name = r.Key, Address = r.Value.ToBytes() }),
        },
        IsDefault = subnet.IsDefault,
    };

    private static SubnetSpec ToDomain(Wire.SubnetSpec proto) => new(
        proto.Prefix.ToPrefix(),
        proto.Gateway.ToIpOrNone(),
        proto.Range.ToPrefixOrNone(),
        proto.Reserved.Select(r => KeyValuePair.Create(r.Name, r.Address.ToIp())).Sorted(StringComparer.Ordinal, "reserved addresses"),
        proto.IsDefault);

    private static void Write(NetworkSettings settings, Wire.NetworkSpec proto)
    {
        if (settings.Mtu is { } mtu)
            proto.Mtu = checked((uint)mtu);
        if (settings.BlockLength4 is { } length4)
            proto.BlockLength4 = checked((uint)length4);
        if (settings.BlockLength6 is { } length6)
            proto.BlockLength6 = checked((uint)length6);
        proto.OriginateAlways = settings.OriginateAlways;
    }

    private static NetworkSettings ReadSettings(Wire.NetworkSpec spec) => new(
        spec.HasMtu ? AtMost(spec.Mtu, ushort.MaxValue, "mtu") : null,
        spec.HasBlockLength4 ? AtMost(spec.BlockLength4, IpFamily.V4.BitWidth(), "IPv4 block length") : null,
        spec.HasBlockLength6 ? AtMost(spec.BlockLength6, IpFamily.V6.BitWidth(), "IPv6 block length") : null,
        spec.OriginateAlways);

    private static int AtMost(uint number, int max, string what) =>
        number <= max ? (int)number : throw new SerializationException($"{what} is {number}, which is above {max}");

    private static IEnumerable<Wire.Pair> Pairs(ImmutableSortedDictionary<string, string> pairs) =>
        pairs.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new Wire.Pair { Key = p.Key, Value = p.Value });

    private static ImmutableSortedDictionary<string, string> Pairs(RepeatedField<Wire.Pair> pairs, string what) =>
        pairs.Select(p => KeyValuePair.Create(p.Key, p.Value)).Sorted(StringComparer.Ordinal, what);
}
