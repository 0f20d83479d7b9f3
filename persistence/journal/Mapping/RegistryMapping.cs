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

    public static Schema.NetworkNameReserved ToProto(this NetworkNameReserved e) =>
        new() { Stamp = e.Stamp.ToProto(), Network = e.Network.ToBytes(), Spec = e.Spec.ToProto() };

    public static NetworkNameReserved ToDomain(this Schema.NetworkNameReserved p) =>
        new(p.Stamp.ToDomain(), p.Network.ToNetworkId(), p.Spec.ToDomain());

    public static Schema.NetworkNameFreed ToProto(this NetworkNameFreed e) =>
        new() { Stamp = e.Stamp.ToProto(), Network = e.Network.ToBytes(), Events = e.Events };

    public static NetworkNameFreed ToDomain(this Schema.NetworkNameFreed p) =>
        new(p.Stamp.ToDomain(), p.Network.ToNetworkId(), p.Events);
}
