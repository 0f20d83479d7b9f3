using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text.Json;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Node;

/// <summary>HTTP over the node's Unix socket: one request, one answer, and no exception for what an operator can meet.</summary>
internal sealed class NodeClient : IDisposable
{
    private readonly string _socket;
    private readonly HttpClient _http;

    public NodeClient(string socket, TimeSpan patience)
    {
        _socket = socket;
        _http = new HttpClient(new SocketsHttpHandler
        {
            // http_proxy in the environment is about other machines
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = async (_, cancel) => await Connect(socket, cancel),
        })
        {
            BaseAddress = new Uri("http://ipvland/"),
            Timeout = patience,
        };
    }

    public async Task<Answer> Send(HttpMethod method, string path, byte[]? body, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
                request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var response = await _http.SendAsync(request, cancel);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancel);
            return response.IsSuccessStatusCode ? new Answered(bytes) : new Declined(Reasons(bytes, $"{method} /{path}", (int)response.StatusCode));
        }
        catch (HttpRequestException gone)
        {
            return new NotReached(Unreachable.Text(_socket, gone.InnerException));
        }
        catch (OperationCanceledException late) when (late.InnerException is TimeoutException)
        {
            return new NotReached(Unreachable.Text(_socket, late.InnerException));
        }
    }

    /// <summary>
    /// Server-sent events, each told as it comes, until the node ends the stream; or why there is none, or no more.
    /// </summary>
    /// <param name="last">The id of the last one that was told, if any.</param>
    public async Task<Answer> Follow(string path, string? last, Action<SseItem<string>> each, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (last is not null)
                request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (!response.IsSuccessStatusCode)
                return new Declined(Reasons(await response.Content.ReadAsByteArrayAsync(cancel), $"GET /{path.Split('?')[0]}", (int)response.StatusCode));
            await using var items = SseParser.Create(await response.Content.ReadAsStreamAsync(cancel)).EnumerateAsync(cancel).GetAsyncEnumerator(cancel);
            while (true)
            {
                var (more, broken) = await Next(items);
                if (!more)
                    return broken is null ? new Answered([]) : new NotReached(Unreachable.Text(_socket, broken.InnerException));
                each(items.Current);
            }
        }
        catch (HttpRequestException gone)
        {
            return new NotReached(Unreachable.Text(_socket, gone.InnerException));
        }
        catch (OperationCanceledException late) when (late.InnerException is TimeoutException)
        {
            return new NotReached(Unreachable.Text(_socket, late.InnerException));
        }
    }

    /// <summary>Only what is wrong with the node's stream: that of who shows it is another's.</summary>
    private static async Task<(bool More, Exception? Broken)> Next(IAsyncEnumerator<SseItem<string>> items)
    {
        try
        {
            return (await items.MoveNextAsync(), null);
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            return (false, gone);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<Stream> Connect(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Never empty: a refusal without a problem we can read (a newer or older node) is told by its status.</summary>
    private static IReadOnlyList<ProblemReason> Reasons(byte[] body, string request, int status)
    {
        var problem = Read(body);
        return problem switch
        {
            { Reasons: { Count: > 0 } reasons } => reasons,
            { Title: { Length: > 0 } title } => [new ProblemReason($"http-{status}", title)],
            _ => [new ProblemReason($"http-{status}", $"the node answered {status} to {request}; are ipvlanctl and ipvland of one version?")],
        };
    }

    private static Problem? Read(byte[] body)
    {
        try
        {
            return body.Length == 0 ? null : JsonSerializer.Deserialize(body, ContractJson.Default.Problem);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
