using System.Net;
using System.Net.Sockets;
using IpvlanActors.Daemon;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Http;
using IpvlanActors.Tests.Unit.Runtime;
using Microsoft.AspNetCore.Builder;

namespace IpvlanActors.Tests.Unit.Http;

/// <summary>A node with its HTTP door on a Unix socket, and a client of it.</summary>
internal sealed class HttpNode : IAsyncDisposable
{
    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"api-{Guid.NewGuid():N}.sock");
    private readonly ApiTcp? _tcp;
    private WebApplication? _app;

    private HttpNode(ApiTcp? tcp) => (_tcp, Http) = (tcp, new HttpClient(new SocketsHttpHandler { ConnectCallback = async (_, cancel) => await Connect(cancel) })
    {
        BaseAddress = new("http://node/"),
        Timeout = Timeout.InfiniteTimeSpan,
    });

    public TestHost Host { get; } = new();

    public TestNode Node { get; private set; } = null!;

    public HttpClient Http { get; }

    public string Socket => _socket;

    public WebApplication App => _app!;

    /// <summary>Where TLS listens, if it does.</summary>
    public Uri Tls => new(_app!.Urls.Single(u => u.StartsWith("https", StringComparison.Ordinal)));

    public static async Task<HttpNode> Start(ApiTcp? tcp = null)
    {
        var node = new HttpNode(tcp);
        await node.Restart();
        return node;
    }

    public async Task Restart()
    {
        await Stop();
        Node = await Host.Start();
        var settings = new DaemonSettings(
            "h1", Path.GetDirectoryName(Host.Journal)!, _socket, IPAddress.Loopback, 0, [], true, TimeSpan.Zero, TimeSpan.Zero, "ERROR", null, RegistryJournal.InFile)
        {
            ApiTcp = _tcp,
        };
        _app = await ApiServer.Start(new(new Node(Node.System, Node.Context, Node.Gateway, Node.View.Host.Incarnation), settings, 0, DateTimeOffset.UtcNow));
    }

    /// <summary>As ipvland does it: the door first.</summary>
    public async Task Stop()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _app = null;
        await Host.Stop();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Stop();
        await Host.DisposeAsync();
    }

    private async Task<Stream> Connect(CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancel);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
