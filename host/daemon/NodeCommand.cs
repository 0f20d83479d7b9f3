using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using IpvlanActors.Daemon.Cni;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Docker;
using IpvlanActors.Daemon.Http;
using IpvlanActors.Daemon.Machine;
using IpvlanActors.Daemon.Telemetry;
using IpvlanActors.Daemon.Web;

namespace IpvlanActors.Daemon;

/// <summary><c>ipvland</c>: runs a node until it is told to stop. Exit codes: 0 stopped, 1 could not start, 2 wrong configuration.</summary>
public static class NodeCommand
{
    private const string DefaultConfigFile = "/etc/ipvland/ipvland.conf";

    public static async Task<int> Run(string? configFile, string? data, string? socket, CancellationToken cancelled)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var settings = DaemonSettings.Read(HoconFiles.Load(configFile ?? ConfigFile(), Environment.GetEnvironmentVariables()), data, socket);
            using var only = NamespaceLock.Take();
            var node = await Composition.Start(settings);
            var facts = new NodeFacts(node, settings, started, DateTimeOffset.UtcNow);
            await using var docker = await DockerDoor.Open(settings.Docker, node);
            var removals = new LateRemovals(settings.Socket, node.Gateway);
            await removals.CarryOut();
            await using var api = await ApiServer.Start(facts);
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"ready in {facts.ReadySeconds:0.00} s: host {settings.HostName}, socket {settings.Socket}{Listens(settings)}, data {settings.Data}"));
            await removals.CarryOut();
            using var telemetry = new NodeTelemetry(facts, scraped: settings.Web.Port > 0);
            await using var web = await WebServer.Start(facts, telemetry);
            Systemd.Ready();
            await Stopped(cancelled);
            await api.DisposeAsync();
            if (docker is not null)
                await docker.DisposeAsync();
            await node.Stop();
            return 0;
        }
        catch (ConfigException e)
        {
            await Console.Error.WriteLineAsync($"ipvland: {e.Message}");
            return 2;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"ipvland: cannot start: {Reason(e)}");
            return 1;
        }
    }

    /// <summary>The one that counts where none is named; null: there is none.</summary>
    internal static string? ConfigFile() => File.Exists(DefaultConfigFile) ? DefaultConfigFile : null;

    private static string Listens(DaemonSettings settings) => settings.ApiTcp is { } tcp ? $", https {new IPEndPoint(tcp.Bind, tcp.Port)}" : "";

    private static string Reason(Exception e) => e is AggregateException { InnerException: { } inner } ? Reason(inner) : e.Message;

    private static async Task Stopped(CancellationToken cancelled)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Stop(c));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Stop(c));
        await using var cancel = cancelled.Register(() => stopped.TrySetResult());
        await stopped.Task;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopped.TrySetResult();
        }
    }
}
