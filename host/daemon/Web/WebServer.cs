using System.Net;
using System.Net.Sockets;
using IpvlanActors.Client.Security;
using IpvlanActors.Daemon.Http;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Daemon.Security;
using IpvlanActors.Daemon.Telemetry;
using IpvlanActors.Domain.Deciding;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace IpvlanActors.Daemon.Web;

/// <summary>
/// What may be read over TCP: the page, metrics, and the API's questions. Nothing can be changed here. Beyond loopback it speaks
/// TLS, and only with whoever shows a certificate of the cluster's CA.
/// </summary>
internal static class WebServer
{
    private const string MetricsPath = "/metrics";
    private const long NoBody = 0;

    /// <returns>Null: it is off. A port that is taken is told in the log and as a problem, since networks matter more.</returns>
    public static async Task<WebApplication?> Start(NodeFacts facts, NodeTelemetry telemetry)
    {
        if (facts.Settings.Web.Port == 0)
            return null;
        var app = Build(facts, telemetry);
        try
        {
            await app.StartAsync();
            return app;
        }
        catch (Exception e) when (e is IOException or SocketException or CredentialsException)
        {
            await app.DisposeAsync();
            facts.Trouble($"ipvland.web at {facts.Settings.Web} could not open ({e.Message}): there are no page and no metrics; free the port or take another, and restart ipvland.");
            return null;
        }
    }

    private static WebApplication Build(NodeFacts facts, NodeTelemetry telemetry)
    {
        var builder = BareWeb.New();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = NoBody;
            kestrel.AddServerHeader = false;
            kestrel.Listen(facts.Settings.Web, listen => Secure(listen, facts.Settings));
        });
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractJson.Default));

        var app = builder.Build();
        app.UseMiddleware<ProblemMiddleware>();
        app.Use(PageFiles.Guard);
        app.Use((context, next) => OnlyReaders(context, next, facts));
        app.Use(PageFiles.Serve);
        app.UseOpenTelemetryPrometheusScrapingEndpoint(telemetry.Metrics, null, MetricsPath, null, null);
        ApiServer.Map(app, facts);
        return app;
    }

    private static void Secure(ListenOptions listen, Config.DaemonSettings settings)
    {
        if (IPAddress.IsLoopback(settings.Web.Address))
            return;
        var credentials = HostCredentials.Load(settings.Tls!);
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = credentials.Certificate,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (shown, _, _) => credentials.Judge(shown) is null,
        });
    }

    /// <summary>
    /// A page of another origin may send its reader's browser here under a name of its own (DNS rebinding), so on loopback only
    /// loopback's names are answered.
    /// </summary>
    private static Task OnlyReaders(HttpContext context, RequestDelegate next, NodeFacts facts)
    {
        var host = context.Request.Host.Host;
        if (IPAddress.IsLoopback(facts.Settings.Web.Address) && host != "localhost"
            && !(IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)))
        {
            return Problems.From(RefusalCodes.RequestInvalid, $"this is not {host}: ask for it as localhost, or as {facts.Settings.Web}.").ExecuteAsync(context);
        }

        return HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            ? next(context)
            : Problems.From(
                RefusalCodes.RequestUnknown, $"{context.Request.Method}: here things are only read; ipvlanctl and {facts.Settings.Socket} change them.",
                StatusCodes.Status405MethodNotAllowed).ExecuteAsync(context);
    }
}
