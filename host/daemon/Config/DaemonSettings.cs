using System.Globalization;
using System.Net;
using IpvlanActors.Daemon.Logging;
using IpvlanActors.Daemon.Security;

namespace IpvlanActors.Daemon.Config;

/// <summary>The settings that the daemon itself reads, checked.</summary>
public sealed record DaemonSettings(
    string HostName, string Data, string Socket, IPAddress Bind, int Port, IReadOnlyList<string> Seeds, bool Registry, TimeSpan Rest, TimeSpan BlockRest,
    string LogLevel, TlsFiles? Tls, RegistryJournal Journal)
{
    private static readonly string[] LogLevels = ["DEBUG", "INFO", "WARNING", "ERROR"];
    private static readonly string[] LogFormats = [LogLine.Text, LogLine.Json];

    public ProbeConfig Probe { get; private init; } = ProbeConfig.Default;

    public DockerSettings Docker { get; private init; } = DockerSettings.Off;

    /// <summary>Null: the API is to be had on its socket alone.</summary>
    public ApiTcp? ApiTcp { get; init; }

    /// <summary>How many prefixes one other host may tell of.</summary>
    public int MaxPrefixesPerHost { get; init; } = 10_000;

    public string LogFormat { get; init; } = LogLine.Text;

    /// <summary>Page and metrics. Port 0: none.</summary>
    public IPEndPoint Web { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Where metrics and traces are sent; null: nowhere.</summary>
    public Uri? Collector { get; init; }

    /// <summary>Services may give commands by the mesh.</summary>
    public bool ServesClients { get; init; }

    public string JournalPath => Path.Combine(Data, "journal.db");

    /// <param name="data">--data; none: as configured.</param>
    /// <param name="socket">--socket; none: as configured.</param>
    /// <exception cref="ConfigException">A value is not possible.</exception>
    public static DaemonSettings Read(Akka.Configuration.Config config, string? data, string? socket)
    {
        var ipvland = config.GetConfig("ipvland");
        var name = ipvland.GetString("host.name");
        var settings = new DaemonSettings(
            name.Length > 0 ? name : Environment.MachineName,
            Path.GetFullPath(data ?? ipvland.GetString("data")),
            Path.GetFullPath(socket ?? ipvland.GetString("api.socket")),
            Address(ipvland.GetString("cluster.bind"), "cluster.bind"),
            Number(ipvland.GetString("cluster.port"), "cluster.port", 0, 65535),
            [.. ipvland.GetStringList("cluster.seeds")],
            ipvland.GetBoolean("cluster.registry"),
            ipvland.GetTimeSpan("addresses.rest"),
            ipvland.GetTimeSpan("addresses.block-rest"),
            ipvland.GetString("log.level").ToUpperInvariant(),
            TlsFiles.Read(ipvland.GetConfig("security.tls")),
            RegistryJournal.Read(ipvland.GetConfig("registry")))
        {
            Probe = new(
                Number(ipvland.GetString("cluster.probe.port"), "cluster.probe.port", 0, 65535),
                ipvland.GetTimeSpan("cluster.probe.interval"),
                Number(ipvland.GetString("cluster.probe.count"), "cluster.probe.count", 1, 100)),
            Web = new(Address(ipvland.GetString("web.bind"), "web.bind"), Number(ipvland.GetString("web.port"), "web.port", 0, 65535)),
            LogFormat = ipvland.GetString("log.format"),
            ServesClients = OnByTls(ipvland, "client.enabled"),
            Collector = CollectorAt(ipvland.GetString("telemetry.collector")),
            Docker = DockerSettings.Read(ipvland.GetConfig("docker")),
            ApiTcp = ApiTcp.Read(ipvland.GetConfig("api.tcp")),
            MaxPrefixesPerHost = Number(ipvland.GetString("routes.max-per-host"), "routes.max-per-host", 1, 1_000_000),
        };
        settings.Check(ipvland);
        return settings;
    }

    private void Check(Akka.Configuration.Config ipvland)
    {
        const int MaxSocketPath = 107; // sun_path of sockaddr_un, less its closing zero
        foreach (var (key, path) in new[] { ("api.socket", Socket), ("docker.socket", Docker.Socket), ("docker.api", Docker.Api) })
        {
            if (path.Length > MaxSocketPath)
                throw new ConfigException($"ipvland.{key} = {path} is longer than {MaxSocketPath} bytes, which a socket path may have: take a shorter one.");
        }

        if (!LogLevels.Contains(LogLevel))
            throw new ConfigException($"ipvland.log.level = {LogLevel} is none of {string.Join(", ", LogLevels)}.");
        if (!LogFormats.Contains(LogFormat))
            throw new ConfigException($"ipvland.log.format = {LogFormat} is none of {string.Join(", ", LogFormats)}.");
        if (!IPAddress.IsLoopback(Bind) && Tls is null && !ipvland.GetBoolean("security.insecure-remoting"))
            throw new ConfigException($"ipvland.cluster.bind = {Bind} is beyond loopback, where anybody who reaches the port could join: set ipvland.security.tls (ipvland certs makes the files), or ipvland.security.insecure-remoting = true on a network that you trust.");
        if (Tls is not null && ipvland.GetBoolean("security.insecure-remoting"))
            throw new ConfigException("ipvland.security has tls and insecure-remoting = true, which contradict each other: take one of them out.");
        if (Probe.Interval < ProbeConfig.Fastest || Probe.Interval > ProbeConfig.Slowest)
            throw new ConfigException($"ipvland.cluster.probe.interval = {Probe.Interval.TotalSeconds:0.###} s is not between {ProbeConfig.Fastest.TotalSeconds:0.###} s and {ProbeConfig.Slowest.TotalSeconds} s.");
        if (Port == 0 && Seeds.Count > 0)
            throw new ConfigException("ipvland.cluster.port = 0 with seeds: others could not find this host again after a restart; set a port.");
        if (Web.Port > 0 && !IPAddress.IsLoopback(Web.Address) && Tls is null)
            throw new ConfigException($"ipvland.web.bind = {Web.Address} is beyond loopback, where anybody who reaches the port could read: set ipvland.security.tls, so that only those with a certificate of the cluster's CA can, or bind to 127.0.0.1.");
        Journal.Check(Registry);
        foreach (var seed in Seeds.Where(s => !IsSeed(s)))
            throw new ConfigException($"ipvland.cluster.seeds has {seed}, which is not ADDRESS:PORT (10.0.0.1:4053, [fd00::1]:4053).");
    }

    private static bool IsSeed(string seed)
    {
        var colon = seed.LastIndexOf(':');
        return colon > 0 && IPAddress.TryParse(seed[..colon].Trim('[', ']'), out _)
            && int.TryParse(seed.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535;
    }

    private static IPAddress Address(string text, string key) => IPAddress.TryParse(text, out var address)
        ? address
        : throw new ConfigException($"ipvland.{key} = {text} is not an IP address.");

    private static Uri? CollectorAt(string text) => text.Length == 0
        ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.AbsolutePath == "/"
            ? uri
            : throw new ConfigException($"ipvland.telemetry.collector = {text} is no URL of an OTLP/HTTP collector without a path (http://127.0.0.1:4318).");

    /// <summary><c>auto</c> is on where whoever comes has shown a certificate.</summary>
    private static bool OnByTls(Akka.Configuration.Config ipvland, string key) => ipvland.GetString(key) switch
    {
        "auto" => ipvland.GetString("security.tls.ca").Length > 0,
        "true" or "on" or "yes" => true,
        "false" or "off" or "no" => false,
        var other => throw new ConfigException($"ipvland.{key} = {other} is none of auto, true, false."),
    };

    internal static int Number(string text, string key, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new ConfigException($"ipvland.{key} = {text} is not a number from {min} to {max}.");
}
