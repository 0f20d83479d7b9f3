using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Http.Contract;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace IpvlanActors.Daemon.Http;

/// <summary>The API on its Unix socket, which only root may open; and, where that is configured, on TCP by TLS.</summary>
public static class ApiServer
{
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const long MaxBody = 1 << 20;

    public static async Task<WebApplication> Start(DaemonSettings settings, Node node, long started)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(settings.Socket)!);
        File.Delete(settings.Socket); // left by a node that was killed: the data directory's lock says that none is alive

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.AddServerHeader = false;
            kestrel.ListenUnixSocket(settings.Socket, o =>
            {
                o.Protocols = HttpProtocols.Http1;
                Doorkeeper.LetIn(o);
            });
            if (settings.ApiTcp is { } tcp)
                kestrel.Listen(tcp.Bind, tcp.Port, o => o.UseHttps(https => Doorkeeper.Secure(https, tcp)));
        });
        if (settings.ApiTcp is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true); // so that the asker is told what is wrong
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractJson.Default));

        var app = builder.Build();
        app.UseMiddleware<ProblemMiddleware>();
        if (settings.ApiTcp is { } listens)
            app.UseMiddleware<Doorkeeper>(listens);
        var facts = new NodeFacts(node, settings, started, DateTimeOffset.UtcNow);
        NetworkApi.Map(app, node);
        EndpointApi.Map(app, node);
        NodeApi.Map(app, facts);
        EventApi.Map(app, node);
        JournalApi.Map(app, settings.JournalPath);
        await app.StartAsync();
        File.SetUnixFileMode(settings.Socket, OnlyRoot);
        return app;
    }
}

/// <summary>What the status shows beside the boards.</summary>
/// <param name="StartedTicks">Stopwatch ticks at the start of the process.</param>
/// <param name="Ready">When the doors opened.</param>
internal sealed record NodeFacts(Node Node, DaemonSettings Settings, long StartedTicks, DateTimeOffset Ready)
{
    public double ReadySeconds { get; } = System.Diagnostics.Stopwatch.GetElapsedTime(StartedTicks).TotalSeconds;
}
