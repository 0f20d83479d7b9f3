using IpvlanActors.Domain.Networks;
using static IpvlanActors.Runtime.Mesh.Mapping.ValuesMapping;

namespace IpvlanActors.Runtime.Mesh.Mapping;

/// <summary>What goes back to the registry, what is lent, and which host goes.</summary>
internal static class OwnershipMapping
{
    public static Wire.Claim ToProto(Claim claim) => new() { Block = claim.Block.ToBytes(), Epoch = Counter(claim.Epoch, "epoch") };

    public static Claim ToDomain(Wire.Claim p) => new(p.Block.ToPrefix(), Counter(p.Epoch, "epoch"));

    public static Wire.ReleaseBlocksRequest ToProto(ReleaseBlocksRequest m) =>
        new() { Stamp = m.Stamp.ToProto(), Network = m.Network.ToBytes(), Claims = { m.Claims.Select(ToProto) } };

    public static ReleaseBlocksRequest ToDomain(Wire.ReleaseBlocksRequest p) =>
        new(p.Stamp.ToDomain(), p.Network.ToNetworkId(), [.. p.Claims.Select(ToDomain)]);

    public static Wire.BlocksReleased ToProto(BlocksReleased m) => new() { Network = m.Network.ToBytes() };

    public static BlocksReleased ToDomain(Wire.BlocksReleased p) => new(p.Network.ToNetworkId());

    public static Wire.ForgetHostRequest ToProto(ForgetHostRequest m) => new() { Stamp = m.Stamp.ToProto(), Host = m.Host.ToBytes() };

    public static ForgetHostRequest ToDomain(Wire.ForgetHostRequest p) => new(p.Stamp.ToDomain(), p.Host.ToHostId());

    public static Wire.LeaveClusterRequest ToProto(LeaveClusterRequest m) => new() { Stamp = m.Stamp.ToProto() };

    public static LeaveClusterRequest ToDomain(Wire.LeaveClusterRequest p) => new(p.Stamp.ToDomain());

    public static Wire.HostGone ToProto(HostGone m) => new() { Host = m.Host.ToBytes() };

    public static HostGone ToDomain(Wire.HostGone p) => new(p.Host.ToHostId());

    public static Wire.LendRequest ToProto(LendRequest m) =>
        new() { Network = m.Network.ToBytes(), Address = m.Address.ToBytes(), To = m.To.ToBytes(), Epoch = Counter(m.Epoch, "epoch") };

    public static LendRequest ToDomain(Wire.LendRequest p) =>
        new(p.Network.ToNetworkId(), p.Address.ToIp(), p.To.ToHostId(), Counter(p.Epoch, "epoch"));

    public static Wire.AddressLoan ToProto(AddressLoan m) => new()
    {
        Network = m.Network.ToBytes(),
        Address = m.Address.ToBytes(),
        Epoch = Counter(m.Epoch, "epoch"),
        Refusal = m.Refusal?.ToProto(),
    };

    public static AddressLoan ToDomain(Wire.AddressLoan p) => new(
        p.Network.ToNetworkId(), p.Address.ToIp(), Counter(p.Epoch, "epoch"), p.Refusal is null ? null : p.Refusal.ToDomain());
}
