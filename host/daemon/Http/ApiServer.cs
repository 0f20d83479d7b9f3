using IpvlanActors.Daemon.Http.Contract;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace IpvlanActors.Daemon.Http;

/// <summary>The API on its Unix socket, which only root may open.</summary>
internal static class ApiServer
{
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const long MaxBody = 1 << 20;

    public static async Task<WebApplication> Start(NodeFacts facts)
    {
        var (node, settings) = (facts.Node, facts.Settings);
        Directory.CreateDirectory(Path.GetDirectoryName(settings.Socket)!);
        File.Delete(settings.Socket); // left by a node that was killed: the data directory's lock says that none is alive

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.AddServerHeader = false;
            kestrel.ListenUnixSocket(settings.Socket, o => o.Protocols = HttpProtocols.Http1);
        });
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractJson.Default));

        var app = builder.Build();
        app.UseMiddleware<ProblemMiddleware>();
        NetworkApi.Map(app, node);
        EndpointApi.Map(app, node);
        NodeApi.Map(app, facts);
        EventApi.Map(app, node);
        await app.StartAsync();
        File.SetUnixFileMode(settings.Socket, OnlyRoot);
        return app;
    }
}
