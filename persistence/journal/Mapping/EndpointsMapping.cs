using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using static IpvlanActors.Journal.Mapping.ValuesMapping;

namespace IpvlanActors.Journal.Mapping;

internal static class EndpointsMapping
{
    public static Schema.EndpointCreated ToProto(this EndpointCreated e)
    {
        var proto = new Schema.EndpointCreated
        {
            Stamp = e.Stamp.ToProto(),
            Endpoint = e.Endpoint.ToBytes(),
            Network = e.Network.ToBytes(),
            Name = e.Name,
            Addresses = { e.Addresses.Select(a => a.ToProto()) },
        };
        if (e.BringsDefault is { } brings)
            proto.BringsDefault = brings;
        return proto;
    }

    public static EndpointCreated ToDomain(this Schema.EndpointCreated p) => new(
        p.Stamp.ToDomain(), p.Endpoint.ToEndpointId(), p.Network.ToNetworkId(), p.Name, [.. p.Addresses.Select(a => a.ToDomain())])
    {
        BringsDefault = p.HasBringsDefault ? p.BringsDefault : null,
    };

    public static Schema.EndpointJoined ToProto(this EndpointJoined e) => new()
    {
        Stamp = e.Stamp.ToProto(),
        Sandbox = new() { Path = e.Sandbox.Path, Inode = e.Sandbox.Inode, BootId = e.Sandbox.BootId },
        Interface = e.Interface.Value,
        Routes = e.Routes?.ToProto(),
        Parent = e.Parent?.Value ?? "",
    };

    public static EndpointJoined ToDomain(this Schema.EndpointJoined p)
    {
        var sandbox = Present(p.Sandbox, "sandbox");
        return new(p.Stamp.ToDomain(), new Sandbox(sandbox.Path, sandbox.Inode, sandbox.BootId), LinkName.Parse(p.Interface))
        {
            Routes = p.Routes?.ToDomain(),
            Parent = p.Parent.Length == 0 ? null : LinkName.Parse(p.Parent),
        };
    }

    public static Schema.EndpointHandedOver ToProto(this EndpointHandedOver e) => new()
    {
        Stamp = e.Stamp.ToProto(),
        Sandbox = new() { Path = e.Sandbox.Path, Inode = e.Sandbox.Inode, BootId = e.Sandbox.BootId },
        Link = e.Link.Value,
        HasDefault = e.HasDefault,
    };

    public static EndpointHandedOver ToDomain(this Schema.EndpointHandedOver p)
    {
        var sandbox = Present(p.Sandbox, "sandbox");
        return new(p.Stamp.ToDomain(), new Sandbox(sandbox.Path, sandbox.Inode, sandbox.BootId), LinkName.Parse(p.Link), p.HasDefault);
    }

    private static Schema.GivenRoutes ToProto(this GivenRoutes routes) => new()
    {
        All = { routes.All.Select(r => new Schema.GivenRoute { Destination = r.Destination.ToProto(), Via = r.Via.ToBytes() }) },
    };

    private static GivenRoutes ToDomain(this Schema.GivenRoutes p) =>
        new([.. p.All.Select(r => new GivenRoute(r.Destination.ToDomain("destination"), r.Via.ToIpOrNone()))]);

    public static Schema.EndpointJoinFailed ToProto(this EndpointJoinFailed e) =>
        new() { Stamp = e.Stamp.ToProto(), Reason = e.Reason };

    public static EndpointJoinFailed ToDomain(this Schema.EndpointJoinFailed p) => new(p.Stamp.ToDomain(), p.Reason);

    public static Schema.EndpointLeft ToProto(this EndpointLeft e) =>
        new() { Stamp = e.Stamp.ToProto(), Reason = (Schema.LeaveReason)e.Reason };

    public static EndpointLeft ToDomain(this Schema.EndpointLeft p) =>
        new(p.Stamp.ToDomain(), Known<LeaveReason>((int)p.Reason));

    public static Schema.EndpointRemoved ToProto(this EndpointRemoved e) => new() { Stamp = e.Stamp.ToProto() };

    public static EndpointRemoved ToDomain(this Schema.EndpointRemoved p) => new(p.Stamp.ToDomain());
}
