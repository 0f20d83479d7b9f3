using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Journal.Mapping;

internal static class NetworksMapping
{
    public static Schema.NetworkCreated ToProto(this NetworkCreated e) =>
        new() { Stamp = e.Stamp.ToProto(), Network = e.Network.ToBytes(), Spec = e.Spec.ToProto() };

    public static NetworkCreated ToDomain(this Schema.NetworkCreated p) =>
        new(p.Stamp.ToDomain(), p.Network.ToNetworkId(), p.Spec.ToDomain());

    public static Schema.BlockClaimed ToProto(this BlockClaimed e) =>
        new() { Stamp = e.Stamp.ToProto(), Block = e.Block.ToProto(), Owner = e.Owner.ToBytes(), Epoch = e.Epoch };

    public static BlockClaimed ToDomain(this Schema.BlockClaimed p) =>
        new(p.Stamp.ToDomain(), p.Block.ToDomain("block"), p.Owner.ToHostId(), p.Epoch);

    public static Schema.BlockReleased ToProto(this BlockReleased e) =>
        new() { Stamp = e.Stamp.ToProto(), Block = e.Block.ToProto(), Epoch = e.Epoch };

    public static BlockReleased ToDomain(this Schema.BlockReleased p) =>
        new(p.Stamp.ToDomain(), p.Block.ToDomain("block"), p.Epoch);

    public static Schema.EpochsSkipped ToProto(this EpochsSkipped e) => new() { Stamp = e.Stamp.ToProto(), To = e.To };

    public static EpochsSkipped ToDomain(this Schema.EpochsSkipped p) => new(p.Stamp.ToDomain(), p.To);

    public static Schema.BlockFenced ToProto(this BlockFenced e) =>
        new() { Stamp = e.Stamp.ToProto(), Block = e.Block.ToProto(), Host = e.Host.ToBytes(), Epoch = e.Epoch };

    public static BlockFenced ToDomain(this Schema.BlockFenced p) =>
        new(p.Stamp.ToDomain(), p.Block.ToDomain("block"), p.Host.ToHostId(), p.Epoch);

    public static Schema.LoanOffered ToProto(this LoanOffered e) =>
        new() { Stamp = e.Stamp.ToProto(), Address = e.Address.ToBytes(), From = e.From.ToBytes(), To = e.To.ToBytes(), Epoch = e.Epoch };

    public static LoanOffered ToDomain(this Schema.LoanOffered p) =>
        new(p.Stamp.ToDomain(), p.Address.ToIp(), p.From.ToHostId(), p.To.ToHostId(), p.Epoch);

    public static Schema.AddressLent ToProto(this AddressLent e) =>
        new() { Stamp = e.Stamp.ToProto(), Address = e.Address.ToBytes(), From = e.From.ToBytes(), To = e.To.ToBytes(), Epoch = e.Epoch };

    public static AddressLent ToDomain(this Schema.AddressLent p) =>
        new(p.Stamp.ToDomain(), p.Address.ToIp(), p.From.ToHostId(), p.To.ToHostId(), p.Epoch);

    public static Schema.AddressReturned ToProto(this AddressReturned e) =>
        new() { Stamp = e.Stamp.ToProto(), Address = e.Address.ToBytes(), Epoch = e.Epoch };

    public static AddressReturned ToDomain(this Schema.AddressReturned p) => new(p.Stamp.ToDomain(), p.Address.ToIp(), p.Epoch);

    public static Schema.NetworkRemoved ToProto(this NetworkRemoved e) => new() { Stamp = e.Stamp.ToProto() };

    public static NetworkRemoved ToDomain(this Schema.NetworkRemoved p) => new(p.Stamp.ToDomain());
}
