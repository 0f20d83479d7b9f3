using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Mesh;

namespace IpvlanActors.Tests.Unit.Mesh;

/// <summary>A host that has a mesh, under its supervisor as in a node, and nothing else.</summary>
internal sealed class BareMesh : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Config Quiet = ConfigurationFactory.ParseString("""
        akka.loggers = []
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        """);

    private readonly NodeContext _node;
    private readonly ActorSystem _system;
    private readonly IActorRef _supervisor;
    private readonly Func<ActorSystemSetup> _setup;
    private volatile bool _dead;
    private int _starts;

    /// <param name="seed">The port of the host that founds the cluster.</param>
    /// <param name="over">Laid over the shipped configuration: what a profile has of its own.</param>
    /// <param name="roles">Beside the one that says which host it is.</param>
    /// <param name="setup">Asked for at each start of the mesh.</param>
    /// <param name="store">Asked for at each start of the mesh, if the registry may run here in a database.</param>
    public BareMesh(int port, int seed, Config over, string[] roles, Func<ActorSystemSetup>? setup = null, Func<Task<string>>? store = null)
    {
        Port = port;
        _setup = setup ?? (static () => ActorSystemSetup.Empty);
        _node = new(new HostId(Guid.NewGuid()), $"h{port}", "boot", TimeProvider.System, new(new HostViewStore(HostView.Empty)), TimeSpan.Zero, static _ => { });
        _system = ActorSystem.Create("host", Quiet);
        Func<ActorSystemSetup> counted = Setup;
        var config = MeshConfig(seed, over, [MemberRoles.Host(_node.Host), .. roles]);
        _supervisor = _system.ActorOf(Props.Create(() => new MeshSupervisor(_node, config, counted, store)), "mesh");
        _supervisor.Tell(new MeshListeners(_system.DeadLetters, _system.DeadLetters, _system.DeadLetters));
    }

    public int Port { get; }

    public HostId Host => _node.Host;

    /// <summary>How often the mesh was started, or tried to.</summary>
    public int Starts => Volatile.Read(ref _starts);

    public ClusterBoard Cluster => _node.Boards.Cluster.Current;

    public bool IsUpWith(int members) => Cluster.Members.Count(m => m is { Status: "Up", Reachable: true }) == members;

    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        Array.ForEach(listeners, l => l.Start());
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        Array.ForEach(listeners, l => l.Dispose());
        return ports;
    }

    public Task<IMeshMessage> Ask(IRegistryRequest request) => _supervisor.Ask<IMeshMessage>(request, Patience);

    /// <summary>As a host does: asks again while nobody can answer, and until it is registered.</summary>
    public async Task<IMeshMessage> Answer(Func<BareMesh, IRegistryRequest> request)
    {
        string[] notNow = [RefusalCodes.RegistryUnreachable, RefusalCodes.JournalFailed, RefusalCodes.NotReady];
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var answer = await Ask(request(this));
            if (answer is not RegistryRefused refused || !notNow.Contains(refused.Reason.Code))
                return answer;
            await Task.Delay(200, limit.Token);
        }
    }

    /// <summary>As kill -9 of its process: no goodbye, and it does not come back.</summary>
    public async Task Kill()
    {
        _dead = true;
        var mesh = KillSwitch.Meshes[Port];
        mesh.Abort();
        await mesh.WhenTerminated.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync() => await _system.Terminate().WaitAsync(Patience);

    private ActorSystemSetup Setup()
    {
        Interlocked.Increment(ref _starts);
        return _dead ? throw new InvalidOperationException("this host is dead") : _setup();
    }

    private Config MeshConfig(int seed, Config over, string[] roles)
    {
        var scheme = over.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl") ? "akka.ssl.tcp" : "akka.tcp";
        return ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka.extensions = ["{{typeof(KillSwitch).FullName}}, {{typeof(KillSwitch).Assembly.GetName().Name}}"]
            akka.remote.dot-netty.tcp.hostname = "127.0.0.1"
            akka.remote.dot-netty.tcp.port = {{Port}}
            akka.remote.retry-gate-closed-for = 300 ms
            akka.cluster.seed-nodes = ["{{scheme}}://ipvland@127.0.0.1:{{seed}}"]
            akka.cluster.roles = [{{string.Join(", ", roles.Select(r => $"\"{r}\""))}}]
            akka.cluster.gossip-interval = 100 ms
            akka.cluster.leader-actions-interval = 100 ms
            akka.cluster.seed-node-timeout = 1 s
            akka.cluster.retry-unsuccessful-join-after = 500 ms
            """))
            .WithFallback(Quiet)
            .WithFallback(over)
            .WithFallback(HoconFiles.Mesh)
            .WithFallback(JournalSerializer.Config)
            .WithFallback(MeshSerializer.Config)
            .WithFallback(DistributedData.DefaultConfig())
            .WithFallback(ClusterSingleton.DefaultConfig());
    }
}

/// <summary>Where a test gets hold of the mesh of the host at a port.</summary>
public sealed class KillSwitch : ExtensionIdProvider<KillSwitch.None>
{
    internal static ConcurrentDictionary<int, ExtendedActorSystem> Meshes { get; } = new();

    public override None CreateExtension(ExtendedActorSystem system)
    {
        Meshes[system.Settings.Config.GetInt("akka.remote.dot-netty.tcp.port")] = system;
        return new();
    }

    public sealed class None : IExtension;
}
