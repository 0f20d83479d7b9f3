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
    private WebApplication? _app;

    private HttpNode() => Http = new(new SocketsHttpHandler { ConnectCallback = async (_, cancel) => await Connect(cancel) })
    {
        BaseAddress = new("http://node/"),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public TestHost Host { get; } = new();

    public TestNode Node { get; private set; } = null!;

    public HttpClient Http { get; }

    public string Socket => _socket;

    public WebApplication App => _app!;

    public static async Task<HttpNode> Start()
    {
        var node = new HttpNode();
        await node.Restart();
        return node;
    }

    public async Task Restart()
    {
        await Stop();
        Node = await Host.Start();
        var settings = new DaemonSettings(
            "h1", Path.GetDirectoryName(Host.Journal)!, _socket, IPAddress.Loopback, 0, [], true, TimeSpan.Zero, TimeSpan.Zero, "ERROR", null, RegistryJournal.InFile);
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
