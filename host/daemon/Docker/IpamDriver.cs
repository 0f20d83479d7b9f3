using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime;

namespace IpvlanActors.Daemon.Docker;

/// <summary>
/// IpamDriver.*: addresses, unique in the cluster. Docker asks for one before it creates the endpoint, so it is reserved, and
/// taken over by the endpoint.
/// </summary>
internal sealed class IpamDriver(AskNode ask, Boards boards, PendingPools pools, Action doubt)
{
    public const string Space = "ipvland";
    private const string NetworkKey = "network";
    private const string TypeKey = "RequestAddressType";
    private const string Gateway = "com.docker.network.gateway";

    public async Task<JsonObject?> Answer(string method, string body) => method switch
    {
        // Replay: our journal needs none, but it makes a starting dockerd load us, so that it tells us of what it cleans up.
        "GetCapabilities" => new() { ["RequiresMACAddress"] = false, ["RequiresRequestReplay"] = true },
        "GetDefaultAddressSpaces" => new() { ["LocalDefaultAddressSpace"] = Space, ["GlobalDefaultAddressSpace"] = Space + "-global" },
        "RequestPool" => await RequestPool(JsonSerializer.Deserialize(body, DockerJson.Default.RequestPoolCall) ?? throw new JsonException("null")),
        "ReleasePool" => ReleasePool(Call(body)),
        "RequestAddress" => await RequestAddress(Call(body)),
        "ReleaseAddress" => await ReleaseAddress(Call(body)),
        _ => null,
    };

    private static AddressCall Call(string body) =>
        JsonSerializer.Deserialize(body, DockerJson.Default.AddressCall) ?? throw new JsonException("null");

    private async Task<JsonObject> RequestPool(RequestPoolCall call)
    {
        var name = call.Options?.GetValueOrDefault(NetworkKey, "") ?? "";
        var subnet = name.Length > 0 ? Existing(name, call)
            : !string.IsNullOrEmpty(call.Pool) ? Read(call.Pool)
            : call.V6 ? throw Refuse(RefusalCodes.SubnetInvalid, "there is no default pool for IPv6: say --subnet with an IPv6 prefix.")
            : (await ask.Granted<SubnetReply>(new ChooseSubnetCommand([.. pools.Subnets]))).Subnet;
        Prefix? range = string.IsNullOrEmpty(call.SubPool) ? null : Read(call.SubPool);
        var id = new PoolId(subnet, range, name);
        if (name.Length == 0 || string.IsNullOrEmpty(call.Pool))
            pools.Add(id);
        return new() { ["PoolID"] = id.ToString(), ["Pool"] = subnet.ToString(), ["Data"] = new JsonObject() };
    }

    /// <summary>
    /// A subnet of a network of the cluster. dockerd asks again, and again, while what it is offered overlaps a route of this
    /// host, and an L3 network is routed here: the second time it must hear that it has to name the subnet.
    /// </summary>
    private Prefix Existing(string name, RequestPoolCall call)
    {
        var (id, unknown) = References.Network(name, boards);
        if (unknown is not null)
            throw new RefusedException(new(unknown));
        var family = call.V6 ? IpFamily.V6 : IpFamily.V4;
        var subnets = SpecOf(id)!.SubnetsOf(family).Select(s => s.Prefix).ToList();
        if (!string.IsNullOrEmpty(call.Pool))
        {
            var asked = Read(call.Pool);
            return subnets.Contains(asked) ? asked
                : throw Refuse(RefusalCodes.SubnetInvalid, $"--subnet {asked} is no subnet of network {name}, which has {string.Join(", ", subnets)}: take one of these.");
        }

        if (subnets.Count == 0)
            throw Refuse(RefusalCodes.NoFamily, $"network {name} has no {family.Name()} subnet.");
        var offered = pools.Subnets;
        var free = subnets.Where(s => !offered.Contains(s)).ToList();
        return free.Count > 0 ? free[0] : throw Refuse(RefusalCodes.SubnetTaken,
            $"Docker takes no subnet of network {name} by itself, as this host has routes to it: say --subnet {subnets[0]} as well.");
    }

    private JsonObject ReleasePool(AddressCall call)
    {
        if (PoolId.TryParse(call.PoolID, out var pool))
            pools.Remove(pool.Subnet);
        return [];
    }

    private async Task<JsonObject> RequestAddress(AddressCall call)
    {
        if (!PoolId.TryParse(call.PoolID, out var pool))
            throw Refuse(RefusalCodes.NetworkUnknown, $"{call.PoolID} is no pool of ipvland's.");
        Ip? wanted = string.IsNullOrEmpty(call.Address) ? null
            : Ip.TryParse(call.Address, out var ip) ? ip : throw Refuse(RefusalCodes.AddressInvalid, $"{call.Address} is not an IP address.");
        var isGateway = call.Options?.GetValueOrDefault(TypeKey) == Gateway;
        if (NetworkOf(pool) is { } network && SpecOf(network)?.Subnets.FirstOrDefault(s => s.Prefix == pool.Subnet) is { } subnet)
        {
            if (isGateway)
                return Address(GatewayOf(subnet, wanted), pool.Subnet);
            if (wanted is { } aux && subnet.Reserved.ContainsValue(aux))
                return Address(aux, pool.Subnet);
            var reserved = await ask.Granted<AddressReply>(new ReserveAddressCommand(network.Value, pool.Subnet.Family, wanted));
            return new() { ["Address"] = reserved.Address.ToString(), ["Data"] = new JsonObject() };
        }

        // the network is still to come, and will be judged as a whole then; for containers nothing is asked before
        if (!isGateway && wanted is null)
            throw Refuse(RefusalCodes.NetworkUnknown, $"ipvland has no network with {pool.Subnet}, and gives addresses to no other driver's: say -d ipvland as well, or take another --ipam-driver.");
        if (isGateway && wanted is not null)
            pools.GiveGateway(pool.Subnet);
        return Address(wanted ?? First(pool.Subnet), pool.Subnet);
    }

    private static Ip GatewayOf(SubnetSpec subnet, Ip? wanted) => wanted is null || wanted == subnet.Gateway || subnet.Gateway is null
        ? wanted ?? subnet.Gateway ?? subnet.FirstUsable
        : throw Refuse(RefusalCodes.GatewayInvalid, $"--gateway {wanted}: subnet {subnet.Prefix} of the network has the gateway {subnet.Gateway}; leave it out.");

    private static Ip First(Prefix subnet) => new SubnetSpec(subnet, null, null, ImmutableSortedDictionary<string, Ip>.Empty, IsDefault: false).FirstUsable;

    private async Task<JsonObject> ReleaseAddress(AddressCall call)
    {
        if (!PoolId.TryParse(call.PoolID, out var pool) || !Ip.TryParse(call.Address, out var ip) || NetworkOf(pool) is not { } network)
            return [];
        var state = boards.View.Current.Networks.GetValueOrDefault(network);
        if (state?.ReservationOf(ip) is not null)
            await ask.Granted<AddressReply>(new ReleaseReservationCommand(network.Value, ip));
        else if (state?.BlockOf(ip)?.Value.Used.ContainsKey(ip) == true)
            doubt();
        return [];
    }

    private NetworkId? NetworkOf(PoolId pool)
    {
        if (pool.Network.Length > 0)
            return References.Network(pool.Network, boards) is { Refusal: null } found ? found.Network : null;
        foreach (var (id, network) in boards.View.Current.Networks)
        {
            if (network.Spec!.Subnets.Any(s => s.Prefix == pool.Subnet))
                return id;
        }

        return null;
    }

    private NetworkSpec? SpecOf(NetworkId id) => boards.View.Current.Networks.GetValueOrDefault(id)?.Spec
        ?? boards.Catalogue.Current.Networks.GetValueOrDefault(id)?.Spec;

    private static JsonObject Address(Ip ip, Prefix subnet) =>
        new() { ["Address"] = new InterfaceAddress(ip, subnet.Length).ToString(), ["Data"] = new JsonObject() };

    private static Prefix Read(string text) => Prefix.TryParse(text, out var prefix)
        ? prefix
        : throw Refuse(RefusalCodes.SubnetInvalid, $"{text} is not a prefix, like 192.168.1.0/24.");

    private static RefusedException Refuse(string code, string text) => new(new Refused(new Refusal(code, text)));
}
