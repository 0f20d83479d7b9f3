using System.Diagnostics;
using System.Globalization;
using System.Net;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using IpvlanActors.Client;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Journal;
using IpvlanActors.Daemon.Logging;
using IpvlanActors.Daemon.Machine;
using IpvlanActors.Daemon.Probe;
using IpvlanActors.Daemon.Security;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Journal;
using IpvlanActors.Netlink;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Routes;
using IpvlanActors.Runtime.Telemetry;
using IpvlanActors.Sqlite;

namespace IpvlanActors.Daemon;

/// <summary>The only place where everything meets: settings, journal, kernel, actors.</summary>
public static class Composition
{
    private const string CrashVariable = "IPVLAND_CRASH_AT";

    /// <summary>Replays the journal, starts the actors, and returns when the kernel is in sync.</summary>
    public static async Task<Node> Start(DaemonSettings settings)
    {
        Directory.CreateDirectory(settings.Data);
        var system = ActorSystem.Create("host", HostConfig(settings));
        try
        {
            return await Start(system, settings);
        }
        catch
        {
            await system.Terminate();
            throw;
        }
    }

    private static async Task<Node> Start(ActorSystem system, DaemonSettings settings)
    {
        var view = HostJournal.LoadView(settings.JournalPath, new ReplayLog(system.Log, TimeProvider.System));
        var host = view.Host.Id ?? new HostId(Guid.NewGuid());
        var boards = new Boards(new HostViewStore(view)) { FenceRule = Sabotage.Fence() };
        var context = new NodeContext(
            host, settings.HostName, Surroundings.BootId(), Sabotage.Clock(), boards, settings.Rest, CrashPoint())
        {
            Journal = JournalIdentity.Of(settings.JournalPath),
            BlockRest = settings.BlockRest,
            MaxPrefixesPerHost = settings.MaxPrefixesPerHost,
            Judge = Sabotage.Judge(),
            CheckBlocks = Sabotage.CheckBlocks(),
            Origin = Sabotage.Origin(host, boards),
        };

        var machine = new NodeMachine(static () => Sabotage.Spoil(new LinuxKernel(asMacvlan: Sabotage.Of("macvlan"))), Surroundings.DefaultLink, Surroundings.NameServers, MeshConfig(settings, host))
        {
            MeshSetup = MeshSetup(settings),
            RegistryStore = settings is { Registry: true, Journal.IsShared: true } ? settings.Journal.Identify : null,
            Probe = Probe(settings),
            ServesClients = settings.ServesClients,
            OpenHistory = () => new HostHistory(settings.JournalPath),
        };
        var node = system.ActorOf(Props.Create<NodeActor>(context, machine), "node");
        var ready = await node.Ask<NodeReady>(StartNode.Instance, TimeSpan.FromMinutes(2));
        return new(system, context, ready.Gateway, ready.Incarnation);
    }

    /// <summary>A node that listens on loopback alone has no peers whose hops could die, and opens no port to the world.</summary>
    private static ProbeSettings Probe(DaemonSettings settings)
    {
        var (port, interval, count) = settings.Probe;
        return new(interval, count, port == 0 || IPAddress.IsLoopback(settings.Bind) ? null : answered => UdpEcho.Open(port, answered));
    }

    private static Akka.Configuration.Config HostConfig(DaemonSettings settings) => Log(settings)
        .WithFallback(SqlitePersistence.ConfigFor(settings.JournalPath))
        .WithFallback(HoconFiles.Host)
        .WithFallback(JournalSerializer.Config);

    private static Akka.Configuration.Config MeshConfig(DaemonSettings settings, HostId host)
    {
        var self = $"{HostPart(settings.Bind.ToString())}:{settings.Port}";
        var seeds = settings.Seeds.Count > 0 ? settings.Seeds : settings.Port > 0 ? [self] : [];
        string[] roles = [MemberRoles.Host(host), MemberRoles.Speaks(settings.Journal.Kind), .. settings.Registry ? [MemberRoles.Registry] : Array.Empty<string>()];
        var scheme = settings.Tls is null ? "akka.tcp" : "akka.ssl.tcp";
        return ConfigurationFactory.ParseString($$"""
            akka.remote.dot-netty.tcp.hostname = "{{settings.Bind}}"
            akka.remote.dot-netty.tcp.port = {{settings.Port.ToString(CultureInfo.InvariantCulture)}}
            akka.cluster.seed-nodes = [{{string.Join(", ", seeds.Select(s => $"\"{scheme}://ipvland@{s}\""))}}]
            akka.cluster.roles = [{{string.Join(", ", roles.Select(r => $"\"{r}\""))}}]
            """)
            .WithFallback(settings.Tls is null ? Akka.Configuration.Config.Empty : HoconFiles.MeshTls)
            .WithFallback(settings.Journal.IsShared ? HoconFiles.MeshSql : Akka.Configuration.Config.Empty)
            .WithFallback(Log(settings))
            .WithFallback(settings.Journal.Persistence(settings.JournalPath))
            .WithFallback(HoconFiles.Mesh)
            .WithFallback(JournalSerializer.Config)
            .WithFallback(MeshSerializer.Config)
            .WithFallback(IpvlanClient.Config)
            .WithFallback(DistributedData.DefaultConfig())
            .WithFallback(ClusterSingleton.DefaultConfig());
    }

    /// <summary>The files are read at each start of the mesh, so that a renewed certificate helps one that could not start.</summary>
    private static Func<ActorSystemSetup> MeshSetup(DaemonSettings settings) => settings.Tls is { } files
        ? () => ActorSystemSetup.Create(HostCredentials.Load(files).ForRemoting())
        : static () => ActorSystemSetup.Empty;

    private static string HostPart(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

    private static Akka.Configuration.Config Log(DaemonSettings settings) =>
        ConfigurationFactory.ParseString($"akka.loglevel = {settings.LogLevel}, {StderrLogger.FormatKey} = {settings.LogFormat}");

    /// <summary>The file that tests name says at which point the process ends as if by kill -9; nobody else sets the variable.</summary>
    private static Action<string> CrashPoint()
    {
        var file = Environment.GetEnvironmentVariable(CrashVariable);
        if (string.IsNullOrEmpty(file))
            return static _ => { };
        return point =>
        {
            if (File.Exists(file) && File.ReadAllText(file) == point)
                Suicide.Commit(point);
        };
    }
}

/// <summary>A node that runs.</summary>
/// <param name="Gateway">Answers all commands.</param>
public sealed record Node(ActorSystem System, NodeContext Context, IActorRef Gateway, long Incarnation)
{
    /// <summary>Asks for the one whose trace this is, if any.</summary>
    public Task<object> Ask(INodeCommand command, TimeSpan patience) =>
        Gateway.Ask<object>(Activity.Current is { } trace ? new Traced(command, trace.Context) : command, patience);

    /// <summary>What the kernel holds stays: the next node of this host takes it over.</summary>
    public Task Stop() => System.Terminate();
}
