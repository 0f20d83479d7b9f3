using System.Text;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Http;
using IpvlanActors.Domain.Deciding;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace IpvlanActors.Daemon.Docker;

/// <summary>
/// The plugin on its socket, which only root may open. dockerd sends POSTs without a content type, some without a body, and
/// reads every answer as JSON whatever it is called.
/// </summary>
internal static class DockerServer
{
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string ContentType = "application/vnd.docker.plugins.v1.2+json";
    private const long MaxBody = 1 << 20;

    public static async Task<WebApplication> Start(DockerSettings settings, DockerPlugin plugin)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(settings.Socket)!);
        File.Delete(settings.Socket); // left by a node that was killed

        var builder = BareWeb.New();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.AddServerHeader = false;
            kestrel.ListenUnixSocket(settings.Socket, o => o.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Run(context => Answer(context, plugin));
        await app.StartAsync();
        File.SetUnixFileMode(settings.Socket, OnlyRoot);
        return app;
    }

    private static async Task Answer(HttpContext context, DockerPlugin plugin)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var method = context.Request.Path.Value?.TrimStart('/') ?? "";
        var answer = await Safely(plugin, method, body);
        context.Response.StatusCode = answer is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        context.Response.ContentType = ContentType;
        await context.Response.WriteAsync((answer ?? DockerJson.Failure($"ipvland has no {method}.")).ToJsonString(), CancellationToken.None);
    }

    private static async Task<System.Text.Json.Nodes.JsonObject?> Safely(DockerPlugin plugin, string method, string body)
    {
        try
        {
            return await plugin.Answer(method, body);
        }
        catch (Exception e)
        {
            return DockerJson.Failure([new Refusal(RefusalCodes.NotReady, $"the node failed to answer {method}: {e.Message}")]);
        }
    }
}
