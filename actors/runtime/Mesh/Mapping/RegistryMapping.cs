using static IpvlanActors.Runtime.Mesh.Mapping.ValuesMapping;

namespace IpvlanActors.Runtime.Mesh.Mapping;

/// <summary>What a host and the registry say to each other.</summary>
internal static class RegistryMapping
{
    public static Wire.RegisterHostRequest ToProto(RegisterHostRequest m) => new()
    {
        Stamp = m.Stamp.ToProto(),
        Name = m.Name,
        Incarnation = Counter(m.Incarnation, "incarnation"),
        Seen = Counter(m.Seen, "version"),
        MustConfirm = m.MustConfirm,
        Life = m.Life.ToBytes(),
    };

    public static RegisterHostRequest ToDomain(Wire.RegisterHostRequest p) => new(
        p.Stamp.ToDomain(), p.Name, Counter(p.Incarnation, "incarnation"), Counter(p.Seen, "version"), p.MustConfirm, p.Life.ToLife());

    public static Wire.CreateNetworkRequest ToProto(CreateNetworkRequest m) => new()
    {
        Stamp = m.Stamp.ToProto(),
        Network = m.Network.ToBytes(),
        Spec = m.Spec.ToProto(),
        Avoid = { m.Avoid.Select(a => a.ToBytes()) },
    };

    public static CreateNetworkRequest ToDomain(Wire.CreateNetworkRequest p) =>
        new(p.Stamp.ToDomain(), p.Network.ToNetworkId(), p.Spec.ToDomain(), p.Avoid.ToPrefixes());

    public static Wire.RemoveNetworkRequest ToProto(RemoveNetworkRequest m) =>
        new() { Stamp = m.Stamp.ToProto(), Network = m.Network.ToBytes() };

    public static RemoveNetworkRequest ToDomain(Wire.RemoveNetworkRequest p) => new(p.Stamp.ToDomain(), p.Network.ToNetworkId());

    public static Wire.ClaimBlockRequest ToProto(ClaimBlockRequest m) => new()
    {
        Stamp = m.Stamp.ToProto(),
        Network = m.Network.ToBytes(),
        Subnet = m.Subnet.ToBytes(),
        Wanted = m.Wanted.ToBytes(),
        Held = { m.Held.Select(h => h.ToBytes()) },
        Seen = Counter(m.Seen, "epoch"),
    };

    public static ClaimBlockRequest ToDomain(Wire.ClaimBlockRequest p) => new(
        p.Stamp.ToDomain(), p.Network.ToNetworkId(), p.Subnet.ToPrefix(), p.Wanted.ToIpOrNone(), p.Held.ToPrefixes(), Counter(p.Seen, "epoch"));

    public static Wire.HostKnown ToProto(HostKnown m) =>
        new() { Host = m.Host.ToBytes(), Version = Counter(m.Version, "version"), Later = Counter(m.Later, "incarnation"), AtUnixMs = m.At?.ToMilliseconds() ?? 0 };

    public static HostKnown ToDomain(Wire.HostKnown p) =>
        new(p.Host.ToHostId(), Counter(p.Version, "version"), Counter(p.Later, "incarnation"), p.AtUnixMs == 0 ? null : p.AtUnixMs.ToTime());

    public static Wire.NetworkGranted ToProto(NetworkGranted m) => new()
    {
        Network = m.Network.ToBytes(),
        Spec = m.Spec.ToProto(),
        CreatedUnixMs = m.Created.ToMilliseconds(),
        Version = Counter(m.Version, "version"),
    };

    public static NetworkGranted ToDomain(Wire.NetworkGranted p) =>
        new(p.Network.ToNetworkId(), p.Spec.ToDomain(), p.CreatedUnixMs.ToTime(), Counter(p.Version, "version"));

    public static Wire.NetworkGone ToProto(NetworkGone m) => new() { Network = m.Network.ToBytes() };

    public static NetworkGone ToDomain(Wire.NetworkGone p) => new(p.Network.ToNetworkId());

    public static Wire.BlockGranted ToProto(BlockGranted m) =>
        new() { Network = m.Network.ToBytes(), Block = m.Block.ToBytes(), Epoch = Counter(m.Epoch, "epoch") };

    public static BlockGranted ToDomain(Wire.BlockGranted p) =>
        new(p.Network.ToNetworkId(), p.Block.ToPrefix(), Counter(p.Epoch, "epoch"));

    public static Wire.RegistryRefused ToProto(RegistryRefused m) => new() { Reason = m.Reason.ToProto() };

    public static RegistryRefused ToDomain(Wire.RegistryRefused p) => new(p.Reason.ToDomain());

    public static Wire.SurrenderRequest ToProto(SurrenderRequest m) => new() { Network = m.Network.ToBytes() };

    public static SurrenderRequest ToDomain(Wire.SurrenderRequest p) => new(p.Network.ToNetworkId());

    public static Wire.BlocksSurrendered ToProto(BlocksSurrendered m) =>
        new() { Network = m.Network.ToBytes(), Host = m.Host.ToBytes(), Refusal = m.Refusal?.ToProto(), Claims = { m.Claims.Select(OwnershipMapping.ToProto) } };

    public static BlocksSurrendered ToDomain(Wire.BlocksSurrendered p) => new(
        p.Network.ToNetworkId(), p.Host.ToHostId(), p.Refusal is null ? null : p.Refusal.ToDomain())
    {
        Claims = [.. p.Claims.Select(OwnershipMapping.ToDomain)],
    };
}
