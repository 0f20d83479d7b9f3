using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime;
using Route = IpvlanActors.Domain.Kernel.Route;

namespace IpvlanActors.Daemon.Docker;

/// <summary>
/// NetworkDriver.*: networks and endpoints. Docker's ids are ours, shortened, so that whatever is asked twice or after a crash
/// is about the same thing.
/// </summary>
internal sealed class NetworkDriver(AskNode ask, Boards boards, PendingPools pools)
{
    /// <summary>What a Docker network is in the cluster: <c>-o network=blue</c>.</summary>
    private const string NetworkKey = "network";
    private const string GatewayKey = "gateway";
    private const string DefaultRouteKey = "default_route";
    private const int IdDigits = 32;

    public async Task<JsonObject?> Answer(string method, string body) => method switch
    {
        // Local: who owns which address is settled in our own cluster, and nobody needs swarm. Global connectivity: a swarm
        // may tell its hosts of each other's containers. GwAllocChecker: gateway=none is asked about before any is reserved.
        "GetCapabilities" => new() { ["Scope"] = "local", ["ConnectivityScope"] = "global", ["GwAllocChecker"] = true },
        "GwAllocCheck" => CheckGateway(Read(body, DockerJson.Default.CreateNetworkCall)),
        "CreateNetwork" => await Create(Read(body, DockerJson.Default.CreateNetworkCall)),
        "DeleteNetwork" => await Delete(Read(body, DockerJson.Default.CreateNetworkCall)),
        "CreateEndpoint" => await CreateEndpoint(Read(body, DockerJson.Default.CreateEndpointCall)),
        "DeleteEndpoint" => await DeleteEndpoint(Read(body, DockerJson.Default.EndpointCall)),
        "Join" => await Join(Read(body, DockerJson.Default.EndpointCall)),
        "EndpointOperInfo" => new() { ["Value"] = new JsonObject() },
        // the link is still in the container at Leave, and comes back before DeleteEndpoint; addresses are told by no firewall
        "Leave" or "ProgramExternalConnectivity" or "RevokeExternalConnectivity" => [],
        "AllocateNetwork" or "FreeNetwork" or "DiscoverNew" or "DiscoverDelete" => [],
        _ => null,
    };

    public static EndpointId EndpointIdOf(string docker) => EndpointId.Parse(Shortened(docker));

    private static T Read<T>(string body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(body, type) ?? throw new JsonException("null");

    private static JsonObject CheckGateway(CreateNetworkCall call)
    {
        var skip = DockerJson.DriverOptions(call.Options).GetValueOrDefault(GatewayKey) == "none";
        return new() { ["SkipIPv4"] = skip, ["SkipIPv6"] = skip };
    }

    private async Task<JsonObject> Create(CreateNetworkCall call)
    {
        if (BindRules.Find(call.NetworkID, boards.View.Current) is not null)
            return []; // asked again, since the answer was lost
        var options = DockerJson.DriverOptions(call.Options);
        var name = options.GetValueOrDefault(NetworkKey, "docker-" + Shortened(call.NetworkID)[..12]);
        options.Remove(NetworkKey);
        IpamData[] data = [.. call.IPv4Data ?? [], .. call.IPv6Data ?? []];
        var asked = new RuntimeNetwork(
            [.. data.Select(PoolOf)],
            options.ToImmutableSortedDictionary(StringComparer.Ordinal), DockerJson.IsInternal(call.Options));

        var exists = References.Network(name, boards).Refusal is null;
        if (!exists && BindRules.Check(name, asked) is { } unfit)
            throw Refuse(unfit.Code, unfit.Text);
        if (!exists)
            await ask.Granted<NetworkReply>(new CreateNetworkCommand(Request(name, asked, data)) { Id = NetworkId.Parse(Shortened(call.NetworkID)) });
        var made = !exists || References.Network(name, boards).Network.Value == Shortened(call.NetworkID);
        await ask.Granted<NetworkReply>(new BindNetworkCommand(name, call.NetworkID, made, asked));
        foreach (var pool in asked.Pools)
            pools.Remove(pool);
        return [];
    }

    /// <summary>The null IPAM driver says 0.0.0.0/0.</summary>
    private static Prefix PoolOf(IpamData data) => Prefix.TryParse(data.Pool, out var pool) && !pool.IsDefault
        ? pool
        : throw Refuse(RefusalCodes.NoFamily, "ipv4 pool is empty: take an IPAM driver that gives addresses.");

    private NetworkRequest Request(string name, RuntimeNetwork asked, IpamData[] data)
    {
        var pending = data.Select(d => Pending(d)).ToList();
        var noGateway = asked.Options.GetValueOrDefault(GatewayKey) == "none";
        return new()
        {
            Name = name,
            Subnets = [.. data.Select(d => d.Pool!)],
            // one that we chose ourselves is left to be chosen again, by the same rule
            Gateways = noGateway ? [] : [.. data.Zip(pending).Where(d => d.Second is null or { GatewayGiven: true }).Select(d => Bare(d.First.Gateway)).OfType<string>()],
            Ranges = [.. pending.Select(p => p?.Range).OfType<Prefix>().Select(r => r.ToString())],
            AuxAddresses = [.. data.SelectMany(d => d.AuxAddresses ?? ImmutableDictionary<string, string>.Empty).Select(a => KeyValuePair.Create(a.Key, Bare(a.Value)!))],
            Internal = asked.Internal,
            Ipv4 = asked.Pools.Any(p => p.Family == IpFamily.V4),
            Options = asked.Options,
        };
    }

    /// <summary>Null: Docker's own IPAM, or another's, gives out the addresses.</summary>
    private PendingPool? Pending(IpamData data)
    {
        if (data.AddressSpace != IpamDriver.Space)
            return null;
        return pools.Find(Prefix.Parse(data.Pool!))
            ?? throw Refuse(RefusalCodes.NotReady, "ipvland was started anew while Docker was making this network: create it again.");
    }

    private async Task<JsonObject> Delete(CreateNetworkCall call)
    {
        await ask.Granted<NetworkReply>(new UnbindNetworkCommand(call.NetworkID));
        return [];
    }

    private async Task<JsonObject> CreateEndpoint(CreateEndpointCall call)
    {
        if (BindRules.Find(call.NetworkID, boards.View.Current) is not { } network)
            throw Refuse(RefusalCodes.NetworkUnknown, $"network id {call.NetworkID} not found: its network was removed from the cluster, so remove it from Docker as well (docker network rm).");
        var reply = await ask(new CreateEndpointCommand(
            network.Value, EndpointIdOf(call.EndpointID), Bare(call.Interface?.Address), Bare(call.Interface?.AddressIPv6), call.Interface?.MacAddress,
            call.Options?.GetValueOrDefault(DefaultRouteKey) is { ValueKind: JsonValueKind.String } wish ? wish.GetString() != "no" : null));
        if (reply is Refused { Reasons: [{ Code: RefusalCodes.AddressInUse or RefusalCodes.AddressElsewhere } taken, ..] })
            throw Refuse(taken.Code, $"{taken.Text} {OfDockersOwn(boards.View.Current.Networks[network].Spec!.Name)}");
        if (reply is Refused refused)
            throw new RefusedException(refused);
        return new() { ["Interface"] = new JsonObject() };
    }

    /// <summary>Ours has reserved what it gave out, so it was another that chose what is taken.</summary>
    private static string OfDockersOwn(string network) =>
        $"It was chosen by Docker's own IPAM, which knows this host alone: make the Docker network with --ipam-driver ipvland --ipam-opt network={network}, or say --ip with an address that is free.";

    private async Task<JsonObject> DeleteEndpoint(EndpointCall call)
    {
        var id = EndpointIdOf(call.EndpointID);
        if (boards.View.Current.Endpoints.ContainsKey(id) && await ask(new RemoveEndpointCommand(id.Value)) is Refused refused && refused.Reasons[0].Code != RefusalCodes.EndpointUnknown)
            throw new RefusedException(refused);
        return [];
    }

    private async Task<JsonObject> Join(EndpointCall call)
    {
        var reply = await ask.Granted<HandOverReply>(new HandOverEndpointCommand(EndpointIdOf(call.EndpointID), call.SandboxKey ?? ""));
        var gateways = reply.Routes.Where(r => r is { Destination.IsDefault: true, NextHop: not null }).ToList();
        var answer = new JsonObject
        {
            ["InterfaceName"] = new JsonObject { ["SrcName"] = reply.Link.Value, ["DstPrefix"] = "eth" },
            ["StaticRoutes"] = new JsonArray([.. reply.Routes.Except(gateways).Select(StaticRoute)]),
            ["DisableGatewayService"] = true, // otherwise Docker adds a bridge of its own to whatever has no gateway
        };
        foreach (var route in gateways)
            answer[route.Destination.Family == IpFamily.V4 ? "Gateway" : "GatewayIPv6"] = route.NextHop!.Value.ToString();
        return answer;
    }

    private static JsonObject StaticRoute(Route route)
    {
        const int ByNextHop = 0, Connected = 1;
        return new()
        {
            ["Destination"] = route.Destination.ToString(),
            ["RouteType"] = route.NextHop is null ? Connected : ByNextHop,
            ["NextHop"] = route.NextHop?.ToString() ?? "",
        };
    }

    private static string? Bare(string? address) => string.IsNullOrEmpty(address) ? null : address.Split('/')[0];

    private static RefusedException Refuse(string code, string text) => new(new Refused(new Refusal(code, text)));

    /// <summary>Docker's ids are 64 random hex digits, of which the first 32 are as good; those of swarm networks are other letters.</summary>
    private static string Shortened(string id) => id.Length >= IdDigits && id.All(char.IsAsciiHexDigitLower)
        ? id[..IdDigits]
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..IdDigits];
}
