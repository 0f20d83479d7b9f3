using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Routes;

namespace IpvlanActors.Tests.Bench;

/// <summary>
/// The route distribution of one host: table, reconciler and mesh are real, the kernel only notes when a route came. What
/// happens to the host's networks is put straight into its view, without a journal.
/// </summary>
internal sealed class BenchHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Config Quiet = ConfigurationFactory.ParseString("""
        akka.loggers = []
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.local"
        """);

    private readonly ActorSystem _system;
    private readonly NodeContext _node;
    private readonly IActorRef _routes;
    private readonly IActorRef _mesh;
    private readonly NoteKernel _kernel;

    public BenchHost(int number, int port, int seed)
    {
        var id = new HostId(Guid.NewGuid());
        Address = Ip.Parse($"192.168.0.{number.ToString(CultureInfo.InvariantCulture)}");
        _kernel = new(Address);
        _node = new(id, $"h{number}", "boot", TimeProvider.System, new(new HostViewStore(HostView.Empty)), TimeSpan.Zero, static _ => { }) { MaxPrefixesPerHost = int.MaxValue };
        _node.View.Apply(PersistenceIds.Host, new HostBorn(Now, id));
        _node.View.Apply(PersistenceIds.Host, new HostStarted(Now, 1, "boot"));
        _system = ActorSystem.Create("host", Quiet.WithFallback(HoconFiles.Host));
        var lanes = new KernelLanes(Lane(), [Lane()]);
        var reconciler = _system.ActorOf(Props.Create<ReconcilerActor>(_node, lanes), "kernel");
        _mesh = _system.ActorOf(Props.Create<MeshSupervisor>(_node, Mesh(id, port, seed), (Func<ActorSystemSetup>)(static () => ActorSystemSetup.Empty), null!), "mesh");
        _routes = _system.ActorOf(Props.Create<RouteTableActor>(_node, reconciler, _mesh), "routes");
        _mesh.Tell(new MeshListeners(ActorRefs.Nobody, _routes, ActorRefs.Nobody));
        reconciler.Tell(new Reconcile(WithSandboxes: false));
    }

    public Ip Address { get; }

    public Boards Boards => _node.Boards;

    public int Routes => _kernel.Routes.Count;

    private Stamp Now => new(DateTimeOffset.UnixEpoch, _node.Host);

    public Task<IMeshMessage> Ask(Func<Stamp, IRegistryRequest> request) => _mesh.Ask<IMeshMessage>(request(_node.Now()), Patience);

    public void Attach(NetworkId network, NetworkSpec spec)
    {
        _node.View.Apply(PersistenceIds.HostNetwork(_node.Host, network), new NetworkAttached(Now, network, spec, ParentLink.Given(NoteKernel.Parent), Now.At));
        _routes.Tell(OwnRoutesChanged.Instance);
    }

    /// <summary>The host originates these once it has been told that something <see cref="Changed"/>.</summary>
    public void Own(NetworkId network, long epoch, IEnumerable<Prefix> blocks)
    {
        foreach (var block in blocks)
            _node.View.Apply(PersistenceIds.HostNetwork(_node.Host, network), new BlockReceived(Now, block, epoch));
    }

    public void Changed() => _routes.Tell(OwnRoutesChanged.Instance);

    public Task Has(Prefix prefix) => _kernel.Has(prefix);

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private IActorRef Lane() => _system.ActorOf(Props.Create<NetlinkActor>((Func<IKernel>)(() => _kernel)));

    private static Config Mesh(HostId host, int port, int seed)
    {
        var roles = port == seed ? $"\"{MemberRoles.Registry}\", " : "";
        return ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka.remote.dot-netty.tcp.hostname = "127.0.0.1"
            akka.remote.dot-netty.tcp.port = {{port}}
            akka.cluster.seed-nodes = ["akka.tcp://ipvland@127.0.0.1:{{seed}}"]
            akka.cluster.roles = [{{roles}}"{{MemberRoles.Speaks(MemberRoles.SqliteRegistry)}}", "{{MemberRoles.Host(host)}}"]
            """))
            .WithFallback(Quiet).WithFallback(HoconFiles.Mesh).WithFallback(JournalSerializer.Config).WithFallback(MeshSerializer.Config)
            .WithFallback(DistributedData.DefaultConfig()).WithFallback(ClusterSingleton.DefaultConfig());
    }

    /// <summary>One link; routes are noted, and whoever waits for one is told.</summary>
    private sealed class NoteKernel(Ip address) : IKernel
    {
        public static readonly LinkName Parent = LinkName.Parse("eth0");

        private readonly ConcurrentDictionary<Prefix, TaskCompletionSource> _awaited = [];

        public ConcurrentDictionary<Prefix, Route> Routes { get; } = [];

        public Task Has(Prefix prefix)
        {
            var awaited = _awaited.GetOrAdd(prefix, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
            if (Routes.ContainsKey(prefix))
                awaited.TrySetResult();
            return awaited.Task;
        }

        public ImmutableArray<KernelFault?> Apply(IReadOnlyList<KernelOp> ops)
        {
            foreach (var op in ops)
            {
                if (op is AddRoute { Route.Metric: Ownership.PeerMetric } add)
                {
                    Routes[add.Route.Destination] = add.Route;
                    if (_awaited.TryRemove(add.Route.Destination, out var awaited))
                        awaited.TrySetResult();
                }
                else if (op is DeleteRoute delete)
                {
                    Routes.TryRemove(delete.Route.Destination, out _);
                }
            }

            return [.. new KernelFault?[ops.Count]];
        }

        public ObservedKernel Observe(IReadOnlyCollection<Sandbox> sandboxes) => new(
            [new(2, Parent, "", "", 0, 1500, true, true, null, null, null)],
            [new(2, InterfaceAddress.Parse(address + "/24"))], [.. Routes.Values], []);

        public (Sandbox? Sandbox, KernelFault? Fault) Identify(string path) => throw new NotSupportedException();

        public ImmutableArray<NeighbourState> Neighbours(IReadOnlyList<Hop> hops) => throw new NotSupportedException();

        public KernelAbilities Probe() => throw new NotSupportedException();

        public IDisposable Watch(Action<KernelChanges> changed) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
