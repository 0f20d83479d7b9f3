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

    public static DockerSettings Off { get; } = new(No, "", "", AutoCreate: false);

    /// <summary>dockerd makes the directory of its own sockets when it starts; it is not for us to say that there is a Docker.</summary>
    public bool IsWanted => Enabled == On || (Enabled == Auto && Directory.Exists(Path.GetDirectoryName(Path.GetDirectoryName(Socket))));

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
