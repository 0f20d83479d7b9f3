using IpvlanActors.Daemon.Http.Contract;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace IpvlanActors.Daemon.Http;

/// <summary>The API on its Unix socket, which only root may open; and, where that is configured, on TCP by TLS.</summary>
internal static class ApiServer
{
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const long MaxBody = 1 << 20;

    public static async Task<WebApplication> Start(NodeFacts facts)
    {
        var settings = facts.Settings;
        Directory.CreateDirectory(Path.GetDirectoryName(settings.Socket)!);
        File.Delete(settings.Socket); // left by a node that was killed: the data directory's lock says that none is alive

        var builder = BareWeb.New();
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
        Map(app, facts);
        await app.StartAsync();
        File.SetUnixFileMode(settings.Socket, OnlyRoot);
        return app;
    }

    /// <summary>Everything that may be asked, whatever door it is asked at.</summary>
    public static void Map(IEndpointRouteBuilder app, NodeFacts facts)
    {
        NetworkApi.Map(app, facts.Node);
        EndpointApi.Map(app, facts.Node);
        NodeApi.Map(app, facts);
        EventApi.Map(app, facts.Node);
        JournalApi.Map(app, facts.Settings.JournalPath);
    }
}
