using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Cni.Node;

/// <summary>What is asked of the node. A refusal becomes an error of CNI, with the node's own words.</summary>
internal sealed class NodeApi(NodeSocket socket)
{
    private static readonly ContractJson Types = ContractJson.Default;

    public EndpointDetail Join(JoinEndpointRequest request) =>
        Ask("POST", "/v1/endpoints", Bytes(request, Types.JoinEndpointRequest), Types.EndpointDetail);

    public EndpointDetail CheckEndpoint(string name, CheckRequest request) =>
        Ask("POST", $"/v1/endpoints/{name}/check", Bytes(request, Types.CheckRequest), Types.EndpointDetail);

    public void CheckNetwork(string name, CheckRequest request) =>
        Send("POST", $"/v1/networks/{name}/check", Bytes(request, Types.CheckRequest));

    /// <summary>One that is not there is removed already.</summary>
    public void Remove(string endpoint, string network) =>
        Unless404("DELETE", $"/v1/endpoints/{endpoint}?network={network}");

    /// <returns>Names of endpoints of this host; none, if there is no such network.</returns>
    public IEnumerable<string> Endpoints(string network) => Unless404("GET", $"/v1/endpoints?network={network}") is { } body
        ? Read(body, Types.IReadOnlyListEndpointSummary).Select(e => e.Name)
        : [];

    private T Ask<T>(string method, string target, byte[] body, JsonTypeInfo<T> type) => Read(Send(method, target, body), type);

    private byte[]? Unless404(string method, string target)
    {
        const int NotFound = 404;
        var (status, body) = socket.Send(method, target, []);
        return status == NotFound ? null : Body(status, body);
    }

    private byte[] Send(string method, string target, byte[] body)
    {
        var (status, answer) = socket.Send(method, target, body);
        return Body(status, answer);
    }

    private static byte[] Body(int status, byte[] body) => status is >= 200 and < 300 ? body : throw Refusals.ToError(status, Reasons(status, body));

    private static IReadOnlyList<ProblemReason> Reasons(int status, byte[] body)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, Types.Problem) is { Reasons: { Count: > 0 } reasons })
                return reasons;
        }
        catch (JsonException)
        {
        }

        return [new("", $"the node answered {status}; are this plugin and ipvland of one version?")];
    }

    private static T Read<T>(byte[] body, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new CniException(CniCode.TryAgain, "the node's answer was not understood; are this plugin and ipvland of one version?") { IsUnsure = true };
        }
    }

    private static byte[] Bytes<T>(T request, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(request, type);
}
