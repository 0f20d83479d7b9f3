using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Daemon.Docker;

// What dockerd says (libnetwork's remote driver and IPAM API). Whatever may be missing or null in any version may be so here.

internal sealed record CreateNetworkCall(
    string NetworkID, IReadOnlyDictionary<string, JsonElement>? Options, IReadOnlyList<IpamData>? IPv4Data, IReadOnlyList<IpamData>? IPv6Data);

/// <param name="Pool">A prefix.</param>
/// <param name="Gateway">With prefix length.</param>
internal sealed record IpamData(string? AddressSpace, string? Pool, string? Gateway, IReadOnlyDictionary<string, string>? AuxAddresses);

internal sealed record CreateEndpointCall(
    string NetworkID, string EndpointID, InterfaceData? Interface, IReadOnlyDictionary<string, JsonElement>? Options);

/// <summary>Addresses with prefix length.</summary>
internal sealed record InterfaceData(string? Address, string? AddressIPv6, string? MacAddress);

internal sealed record EndpointCall(string NetworkID, string EndpointID, string? SandboxKey);

internal sealed record RequestPoolCall(string? Pool, string? SubPool, IReadOnlyDictionary<string, string>? Options, bool V6);

internal sealed record AddressCall(string PoolID, string? Address, IReadOnlyDictionary<string, string>? Options);

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(CreateNetworkCall))]
[JsonSerializable(typeof(CreateEndpointCall))]
[JsonSerializable(typeof(EndpointCall))]
[JsonSerializable(typeof(RequestPoolCall))]
[JsonSerializable(typeof(AddressCall))]
internal sealed partial class DockerJson : JsonSerializerContext
{
    private const string Generic = "com.docker.network.generic";
    private const string DockerMtu = "com.docker.network.driver.mtu";
    private const string Internal = "com.docker.network.internal";

    /// <summary>What was said by <c>-o key=value</c>; Docker's own word for the MTU is ours as well.</summary>
    public static Dictionary<string, string> DriverOptions(IReadOnlyDictionary<string, JsonElement>? options) =>
        options?.GetValueOrDefault(Generic) is { ValueKind: JsonValueKind.Object } generic
            ? generic.EnumerateObject().ToDictionary(o => o.Name == DockerMtu ? "mtu" : o.Name, o => o.Value.ToString(), StringComparer.Ordinal)
            : [];

    public static bool IsInternal(IReadOnlyDictionary<string, JsonElement>? options) =>
        options?.GetValueOrDefault(Internal) is { ValueKind: JsonValueKind.True };

    /// <summary>Under both names: the network driver's is Err, the IPAM driver's Error.</summary>
    public static JsonObject Failure(string text) => new() { ["Err"] = text, ["Error"] = text };

    public static JsonObject Failure(IEnumerable<Refusal> reasons) => Failure(string.Join(" ", reasons.Select(r => r.Text)));
}
