using System.Collections.Immutable;
using Akka.Actor;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Networks;

namespace IpvlanActors.Runtime;

/// <summary>What container runtimes ask that have ids of their own, ask for addresses first, and move links themselves.</summary>
internal sealed partial class GatewayActor
{
    private async Task<object> Bind(BindNetworkCommand command)
    {
        var (id, unknown) = References.Network(command.Network, node.Boards);
        if ((unknown ?? BindRules.Check(id, command.Key, command.Asked, node.View.Current)) is { } refusal)
            return new Refused(refusal);
        return await networks.Ask<object>(new Bind(id, command.Key, command.IsMaker), Patience) is Refusal why
            ? new Refused(why)
            : new NetworkReply(id, NameOf(id, command.Network));
    }

    /// <summary>What the registry does not answer now stays bound, to be tried again; a network that others use stays as it is.</summary>
    private async Task<object> Unbind(string key)
    {
        if (BindRules.Find(key, node.View.Current) is not { } id)
            return new NetworkReply(default, key);
        var name = NameOf(id, key);
        foreach (var left in node.View.Current.EndpointsOf(id).Where(e => e.IsOfRuntime).ToList())
            await networks.Ask<object>(new Forget(id, left.Endpoint), Patience);
        if (node.View.Current.Networks.GetValueOrDefault(id)?.Binding is { IsMaker: true })
        {
            switch (await Remove(id))
            {
                case RegistryRefused { Reason.Code: not RefusalCodes.NetworkInUse } refused:
                    return new Refused(refused.Reason with { Text = WithHostNames(refused.Reason.Text) });
                case NetworkGone:
                    return new NetworkReply(id, name);
            }
        }

        await networks.Ask<object>(new Unbind(id), Patience);
        return new NetworkReply(id, name);
    }

    private async Task<object> ChooseSubnet(ImmutableArray<Prefix> avoid)
    {
        var kernel = await neighbours.Lanes.Observe([]);
        var taken = node.Boards.Catalogue.Current.Networks.Values.Select(n => n.Spec)
            .Concat(node.View.Current.Networks.Values.Select(n => n.Spec!))
            .SelectMany(s => s.Subnets).Select(s => s.Prefix)
            .Concat(kernel.Addresses.Select(a => a.Address.Prefix)).Concat(surroundings()).Concat(avoid);
        return DefaultPools.FirstFree([.. taken]) is { } subnet
            ? new SubnetReply(subnet)
            : new Refused(new Refusal(RefusalCodes.PoolsExhausted, "all predefined address pools are in use by networks, links or name servers: name a --subnet."));
    }

    private async Task<object> Reserve(ReserveAddressCommand command)
    {
        var (id, unknown) = References.Network(command.Network, node.Boards);
        if (unknown is not null)
            return new Refused(unknown);
        return await networks.Ask<object>(new Reserve(id, command.Family, command.Wanted), Patience) switch
        {
            InterfaceAddress address => new AddressReply(address),
            var refusal => Reply(refusal),
        };
    }

    private async Task<object> ReleaseReservation(ReleaseReservationCommand command)
    {
        var (id, unknown) = References.Network(command.Network, node.Boards);
        if (unknown is null)
            await networks.Ask<object>(new FreeReservation(id, command.Address), Patience);
        return new AddressReply(new(command.Address, command.Address.BitWidth)); // of a network that is gone, it is free
    }

    private async Task<object> CreateEndpoint(CreateEndpointCommand command)
    {
        var (id, unknown) = References.Network(command.Network, node.Boards);
        if (unknown is not null)
            return new Refused(unknown);
        var (create, refusals) = JoinReader.Read(command, id);
        return create is null ? new Refused(refusals) : Reply(await networks.Ask<object>(create, Patience));
    }

    private async Task<object> HandOver(HandOverEndpointCommand command)
    {
        if (node.View.Current.Endpoints.GetValueOrDefault(command.Endpoint) is not { } endpoint)
            return new Refused(Unknown(command.Endpoint));
        var sandbox = new Sandbox(command.Sandbox, 0, node.BootId);
        var answer = await networks.Ask<object>(new HandOver(endpoint.Network, endpoint.Endpoint, sandbox), Patience);
        if (answer is not EndpointState state || node.View.Current.Networks.GetValueOrDefault(endpoint.Network)?.Spec is not { } spec)
            return Reply(answer);
        return new HandOverReply(state, state.Interface, ContainerRoutes.Of(state, spec));
    }

    private async Task<object> Forget(EndpointId id) => node.View.Current.Endpoints.GetValueOrDefault(id) is { } endpoint
        ? Reply(await networks.Ask<object>(new Forget(endpoint.Network, id), Patience))
        : new Refused(Unknown(id));

    private static Refusal Unknown(EndpointId id) => new(RefusalCodes.EndpointUnknown, $"endpoint {id.Short} not found on this host: it was removed, or never created.");

    private string NameOf(NetworkId id, string otherwise) => node.View.Current.Networks.GetValueOrDefault(id)?.Spec?.Name ?? otherwise;
}
