namespace IpvlanActors.Daemon.Config;

/// <summary><c>ipvland.docker</c>.</summary>
/// <param name="Enabled"><c>on</c>, <c>off</c> or <c>auto</c>.</param>
/// <param name="Socket">Where dockerd looks for the plugin.</param>
/// <param name="Api">dockerd's own socket; empty: it is never asked.</param>
public sealed record DockerSettings(string Enabled, string Socket, string Api, bool AutoCreate)
{
    private const string On = "on";
    private const string No = "off";
    private const string Auto = "auto";
    private const string DockerData = "/var/lib/docker";

    public static DockerSettings Off { get; } = new(No, "", "", AutoCreate: false);

    /// <summary>Its data tell of a Docker too: after a boot ipvland is there before dockerd has made the directory of its sockets.</summary>
    public bool IsWanted => Enabled == On
        || (Enabled == Auto && (Directory.Exists(Path.GetDirectoryName(Path.GetDirectoryName(Socket))) || Directory.Exists(DockerData)));

    /// <exception cref="ConfigException">A value is not possible.</exception>
    public static DockerSettings Read(Akka.Configuration.Config docker)
    {
        var enabled = docker.GetString("enabled") switch
        {
            "on" or "true" or "yes" => On,
            "off" or "false" or "no" => No,
            Auto => Auto,
            var other => throw new ConfigException($"ipvland.docker.enabled = {other} is none of {On}, {No}, {Auto}."),
        };
        var api = docker.GetString("api");
        var settings = new DockerSettings(
            enabled, Path.GetFullPath(docker.GetString("socket")), api.Length == 0 ? "" : Path.GetFullPath(api), docker.GetBoolean("auto-create"));
        return settings.AutoCreate && settings.Api.Length == 0
            ? throw new ConfigException("ipvland.docker.auto-create = on needs ipvland.docker.api, Docker's own socket (/run/docker.sock).")
            : settings;
    }
}
