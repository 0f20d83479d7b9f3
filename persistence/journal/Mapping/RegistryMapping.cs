using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Journal.Mapping;

internal static class RegistryMapping
{
    public static Schema.HostRegistered ToProto(this HostRegistered e) =>
        new() { Stamp = e.Stamp.ToProto(), Id = e.Id.ToBytes(), Name = e.Name, Incarnation = e.Incarnation };

    public static HostRegistered ToDomain(this Schema.HostRegistered p) =>
        new(p.Stamp.ToDomain(), p.Id.ToHostId(), p.Name, p.Incarnation);

    public static Schema.HostForgotten ToProto(this HostForgotten e) =>
        new() { Stamp = e.Stamp.ToProto(), Id = e.Id.ToBytes() };

    public static HostForgotten ToDomain(this Schema.HostForgotten p) => new(p.Stamp.ToDomain(), p.Id.ToHostId());

    public static Schema.RegistryDoubted ToProto(this RegistryDoubted e) =>
        new() { Stamp = e.Stamp.ToProto(), Why = e.Why, Version = e.Version };

    public static RegistryDoubted ToDomain(this Schema.RegistryDoubted p) => new(p.Stamp.ToDomain(), p.Why, p.Version);

    public static Schema.TestimonyAdopted ToProto(this TestimonyAdopted e) =>
        new() { Stamp = e.Stamp.ToProto(), From = e.From.ToBytes(), Version = e.Version };

    public static TestimonyAdopted ToDomain(this Schema.TestimonyAdopted p) =>
        new(p.Stamp.ToDomain(), p.From.ToHostId(), p.Version);

    public static Schema.RegistryTrusted ToProto(this RegistryTrusted e) => new() { Stamp = e.Stamp.ToProto(), Lost = e.Lost };

    public static RegistryTrusted ToDomain(this Schema.RegistryTrusted p) => new(p.Stamp.ToDomain(), p.Lost);

    public static Schema.NetworkNameReserved ToProto(this NetworkNameReserved e) =>
        new() { Stamp = e.Stamp.ToProto(), Network = e.Network.ToBytes(), Spec = e.Spec.ToProto() };

    public static NetworkNameReserved ToDomain(this Schema.NetworkNameReserved p) =>
        new(p.Stamp.ToDomain(), p.Network.ToNetworkId(), p.Spec.ToDomain());

    public static Schema.NetworkNameFreed ToProto(this NetworkNameFreed e) =>
        new() { Stamp = e.Stamp.ToProto(), Network = e.Network.ToBytes(), Events = e.Events };

    public static NetworkNameFreed ToDomain(this Schema.NetworkNameFreed p) =>
        new(p.Stamp.ToDomain(), p.Network.ToNetworkId(), p.Events);
}
