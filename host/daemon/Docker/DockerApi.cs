using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IpvlanActors.Daemon.Docker;

/// <summary>A Docker network as dockerd lists it.</summary>
internal sealed record DockerNetwork(string Id, string Name, string Driver, IReadOnlyDictionary<string, string> Labels);

/// <summary>
/// The few things that dockerd itself is asked. Never from within a call of dockerd's: it holds locks then that its answer
/// would wait for.
/// </summary>
internal sealed class DockerApi : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly HttpClient _http;

    public DockerApi(string socket) => _http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancelled) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancelled);
                return new NetworkStream(connection, ownsSocket: true);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new("http://docker"),
        Timeout = Patience,
    };

    /// <exception cref="HttpRequestException">dockerd is not there, or will not.</exception>
    public async Task<IReadOnlyList<DockerNetwork>> Networks()
    {
        var list = JsonNode.Parse(await _http.GetStringAsync("/networks"))!.AsArray();
        return [.. list.Select(n => new DockerNetwork(
            Text(n!, "Id"), Text(n!, "Name"), Text(n!, "Driver"),
            n!["Labels"]?.AsObject().ToDictionary(l => l.Key, l => l.Value?.GetValue<string>() ?? "") ?? []))];
    }

    /// <summary>Endpoints that dockerd knows of a network; null: it knows no such network.</summary>
    /// <exception cref="HttpRequestException">dockerd is not there, or will not.</exception>
    public async Task<IReadOnlyList<string>?> Endpoints(string network)
    {
        using var response = await _http.GetAsync($"/networks/{Uri.EscapeDataString(network)}");
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        response.EnsureSuccessStatusCode();
        var containers = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["Containers"]?.AsObject() ?? [];
        return [.. containers.Select(c => Text(c.Value!, "EndpointID"))];
    }

    /// <exception cref="HttpRequestException">With dockerd's own words.</exception>
    public Task Create(JsonObject network) => Send(HttpMethod.Post, "/networks/create", network);

    /// <exception cref="HttpRequestException">With dockerd's own words.</exception>
    public Task Remove(string network) => Send(HttpMethod.Delete, $"/networks/{Uri.EscapeDataString(network)}", null);

    public void Dispose() => _http.Dispose();

    private async Task Send(HttpMethod method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException(Words(await response.Content.ReadAsStringAsync()), null, response.StatusCode);
    }

    private static string Words(string body)
    {
        try
        {
            return JsonNode.Parse(body)?["message"]?.GetValue<string>() ?? body;
        }
        catch (JsonException)
        {
            return body;
        }
    }

    private static string Text(JsonNode node, string key) => node[key]?.GetValue<string>() ?? "";
}
