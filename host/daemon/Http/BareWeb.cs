namespace IpvlanActors.Daemon.Http;

/// <summary>What all doors over HTTP start from.</summary>
internal static class BareWeb
{
    /// <summary>
    /// It hears of nothing but what it is told: neither of ASPNETCORE_URLS nor of an appsettings.json in the folder that it was
    /// started in, either of which could open another door; and no folder is watched, with all that is below, for such a file.
    /// </summary>
    public static WebApplicationBuilder New()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        return builder;
    }
}
