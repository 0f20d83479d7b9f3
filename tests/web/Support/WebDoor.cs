using System.Net;
using System.Net.Sockets;
using IpvlanActors.Daemon;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Http;
using IpvlanActors.Daemon.Telemetry;
using IpvlanActors.Daemon.Web;
using Microsoft.AspNetCore.Builder;

namespace IpvlanActors.Tests.Web.Support;

/// <summary>The web door of a node, on a port that stays the same over restarts.</summary>
internal sealed class WebDoor : IAsyncDisposable
{
    private readonly int _port = FreePort();
    private WebApplication? _web;
    private NodeTelemetry? _telemetry;

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    public async Task Open(Node node, string folder)
    {
        var settings = DaemonSettings.Read(HoconFiles.Load(null, new Dictionary<string, string>()), folder, null) with
        {
            Web = new(IPAddress.Loopback, _port),
        };
        var facts = new NodeFacts(node, settings, 0, DateTimeOffset.UtcNow);
        _telemetry = new(facts, scraped: true);
        _web = await WebServer.Start(facts, _telemetry) ?? throw new InvalidOperationException($"port {_port} is taken");
    }

    public async Task Close()
    {
        if (_web is not null)
            await _web.DisposeAsync();
        _telemetry?.Dispose();
        (_web, _telemetry) = (null, null);
    }

    public async ValueTask DisposeAsync() => await Close();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
