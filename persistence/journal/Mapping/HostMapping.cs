using IpvlanActors.Domain.Networks;
using static IpvlanActors.Journal.Mapping.ValuesMapping;

namespace IpvlanActors.Journal.Mapping;

internal static class HostMapping
{
    public static Schema.HostBorn ToProto(this HostBorn e) => new() { Stamp = e.Stamp.ToProto(), Id = e.Id.ToBytes() };

    public static HostBorn ToDomain(this Schema.HostBorn p) => new(p.Stamp.ToDomain(), p.Id.ToHostId());

    public static Schema.HostStarted ToProto(this HostStarted e) =>
        new() { Stamp = e.Stamp.ToProto(), Incarnation = e.Incarnation, BootId = e.BootId, Journal = e.Journal };

    public static HostStarted ToDomain(this Schema.HostStarted p) => new(p.Stamp.ToDomain(), p.Incarnation, p.BootId, p.Journal);

    public static Schema.HostConfirmed ToProto(this HostConfirmed e) =>
        new() { Stamp = e.Stamp.ToProto(), Incarnation = e.Incarnation };

    public static HostConfirmed ToDomain(this Schema.HostConfirmed p) => new(p.Stamp.ToDomain(), p.Incarnation);

    public static Schema.NetworkAttached ToProto(this NetworkAttached e) => new()
    {
        Stamp = e.Stamp.ToProto(),
        Network = e.Network.ToBytes(),
        Spec = e.Spec.ToProto(),
        Parent = e.Parent.ToProto(),
        CreatedUnixMs = e.Created.ToUnixTimeMilliseconds(),
    };

    public static NetworkAttached ToDomain(this Schema.NetworkAttached p) => new(
        p.Stamp.ToDomain(), p.Network.ToNetworkId(), p.Spec.ToDomain(), p.Parent.ToDomain(),
        DateTimeOffset.FromUnixTimeMilliseconds(p.CreatedUnixMs));

    public static Schema.ParentLinkCreated ToProto(this ParentLinkCreated e) =>
        new() { Stamp = e.Stamp.ToProto(), Link = e.Link.ToProto() };

    public static ParentLinkCreated ToDomain(this Schema.ParentLinkCreated p) => new(p.Stamp.ToDomain(), p.Link.ToDomain());

    public static Schema.BlockReceived ToProto(this BlockReceived e) =>
        new() { Stamp = e.Stamp.ToProto(), Block = e.Block.ToProto(), Epoch = e.Epoch };

    public static BlockReceived ToDomain(this Schema.BlockReceived p) =>
        new(p.Stamp.ToDomain(), p.Block.ToDomain("block"), p.Epoch);

    public static Schema.AddressAllocated ToProto(this AddressAllocated e) => new()
    {
        Stamp = e.Stamp.ToProto(),
        Address = e.Address.ToBytes(),
        Endpoint = e.Endpoint.ToBytes(),
        EndpointName = e.EndpointName,
        Kind = (Schema.AddressKind)e.Kind,
    };

    public static AddressAllocated ToDomain(this Schema.AddressAllocated p) => new(
        p.Stamp.ToDomain(), p.Address.ToIp(), p.Endpoint.ToEndpointId(), p.EndpointName, Known<AddressKind>((int)p.Kind));

    public static Schema.AddressReleased ToProto(this AddressReleased e) =>
        new() { Stamp = e.Stamp.ToProto(), Address = e.Address.ToBytes(), Endpoint = e.Endpoint.ToBytes() };

    public static AddressReleased ToDomain(this Schema.AddressReleased p) =>
        new(p.Stamp.ToDomain(), p.Address.ToIp(), p.Endpoint.ToEndpointId());

    public static Schema.BlockSurrendered ToProto(this BlockSurrendered e) =>
        new() { Stamp = e.Stamp.ToProto(), Block = e.Block.ToProto(), Epoch = e.Epoch };

    public static BlockSurrendered ToDomain(this Schema.BlockSurrendered p) =>
        new(p.Stamp.ToDomain(), p.Block.ToDomain("block"), p.Epoch);

    public static Schema.BlockLost ToProto(this BlockLost e) =>
        new() { Stamp = e.Stamp.ToProto(), Block = e.Block.ToProto(), Epoch = e.Epoch };

    public static BlockLost ToDomain(this Schema.BlockLost p) => new(p.Stamp.ToDomain(), p.Block.ToDomain("block"), p.Epoch);

    public static Schema.AddressLentOut ToProto(this AddressLentOut e) =>
        new() { Stamp = e.Stamp.ToProto(), Address = e.Address.ToBytes(), To = e.To.ToBytes(), Epoch = e.Epoch };

    public static AddressLentOut ToDomain(this Schema.AddressLentOut p) =>
        new(p.Stamp.ToDomain(), p.Address.ToIp(), p.To.ToHostId(), p.Epoch);

    public static Schema.AddressCameBack ToProto(this AddressCameBack e) =>
        new() { Stamp = e.Stamp.ToProto(), Address = e.Address.ToBytes(), Epoch = e.Epoch };

    public static AddressCameBack ToDomain(this Schema.AddressCameBack p) => new(p.Stamp.ToDomain(), p.Address.ToIp(), p.Epoch);

    public static Schema.NetworkBound ToProto(this NetworkBound e) => new() { Stamp = e.Stamp.ToProto(), Key = e.Key, IsMaker = e.IsMaker };

    public static NetworkBound ToDomain(this Schema.NetworkBound p) => new(p.Stamp.ToDomain(), p.Key, p.IsMaker);

    public static Schema.NetworkUnbound ToProto(this NetworkUnbound e) => new() { Stamp = e.Stamp.ToProto() };

    public static NetworkUnbound ToDomain(this Schema.NetworkUnbound p) => new(p.Stamp.ToDomain());

    public static Schema.NetworkDetached ToProto(this NetworkDetached e) => new() { Stamp = e.Stamp.ToProto() };

    public static NetworkDetached ToDomain(this Schema.NetworkDetached p) => new(p.Stamp.ToDomain());
}
