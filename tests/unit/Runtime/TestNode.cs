using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using IpvlanActors.Daemon.Journal;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Networks;
using IpvlanActors.Runtime.Routes;
using IpvlanActors.Runtime.Watching;
using IpvlanActors.Sqlite;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>
/// A node as NodeActor puts it together, with a registry of its own in the place of the mesh. It can be told to crash at a
/// named point: from there on it changes neither kernel nor journal, and a new one may be started on what it left.
/// </summary>
internal sealed class TestNode
{
    private const string Interface = "eth0";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly Config Quiet = ConfigurationFactory.ParseString("""
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        akka.persistence.journal.sqlite.synchronous = NORMAL
        """);

    private readonly TestHost _host;
    private readonly ActorSystem _system;
    private readonly TaskCompletionSource _crashed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _crashAt = "";
    private IDisposable? _watch;

    private TestNode(TestHost host)
    {
        _host = host;
        Door = new(host.Kernel);
        var view = HostJournal.LoadView(host.Journal);
        Context = new(
            view.Host.Id ?? new HostId(Guid.NewGuid()), "h1", host.BootId, TimeProvider.System,
            new(new HostViewStore(view)), TimeSpan.Zero, Reached)
        {
            Journal = host.Identity,
        };
        _system = ActorSystem.Create("host", Quiet.WithFallback(SqlitePersistence.ConfigFor(host.Journal)).WithFallback(JournalSerializer.Config));
    }

    public NodeContext Context { get; }

    public KernelDoor Door { get; }

    public HostView View => Context.View.Current;

    /// <summary>Done once the point that <see cref="CrashAt"/> named was reached.</summary>
    public Task HasCrashed() => _crashed.Task.WaitAsync(Patience);

    public IActorRef Mesh { get; private set; } = ActorRefs.Nobody;

    public IActorRef Networks { get; private set; } = ActorRefs.Nobody;

    public IActorRef Reconciler { get; private set; } = ActorRefs.Nobody;

    public IActorRef Gateway { get; private set; } = ActorRefs.Nobody;

    public ActorSystem System => _system;

    /// <summary>What doors are opened to.</summary>
    public IpvlanActors.Daemon.Node Behind => new(_system, Context, Gateway, View.Host.Incarnation);

    public static async Task<TestNode> Start(TestHost host)
    {
        var node = new TestNode(host);
        await node.StartActors();
        return node;
    }

    public void CrashAt(string point) => _crashAt = point;

    public async Task Stop()
    {
        Door.Shut();
        _watch?.Dispose();
        await _system.Terminate().WaitAsync(Patience);
    }

    public Task<object> Ask(INodeCommand command) => Gateway.Ask<object>(command, Patience);

    public async Task<NetworkId> Create(string name, string subnet, params (string Key, string Value)[] options) =>
        (await Granted<NetworkReply>(Creation(name, subnet, options))).Network;

    public static CreateNetworkCommand Creation(string name, string subnet, params (string Key, string Value)[] options) => new(new()
    {
        Name = name,
        Subnets = [subnet],
        Options = options.ToImmutableSortedDictionary(o => o.Key, o => o.Value, StringComparer.Ordinal),
    });

    public async Task<EndpointState> Join(string network, string container, string? name = null, string? ip = null) =>
        (await Granted<EndpointReply>(Joining(network, container, name, ip))).Endpoint;

    public static JoinEndpointCommand Joining(string network, string container, string? name = null, string? ip = null) =>
        new(network, container, name ?? container, ip, null, Interface);

    public async Task<T> Granted<T>(INodeCommand command) => await Ask(command) switch
    {
        T reply => reply,
        Refused refused => throw new InvalidOperationException($"{command} was refused: {string.Join("; ", refused.Reasons)}"),
        var other => throw new InvalidOperationException($"{command} was answered by {other}"),
    };

    /// <summary>Asks, expects a refusal of one reason, and that neither journal nor kernel has changed.</summary>
    public async Task<Refusal> IsRefusedWithoutATrace(INodeCommand command)
    {
        var (kernel, events) = (_host.Kernel.ToString(), View.Events);
        var refusal = await IsRefused(command);
        Assert.Equal(kernel, _host.Kernel.ToString());
        Assert.Equal(events, View.Events);
        return refusal;
    }

    public async Task<Refusal> IsRefused(INodeCommand command) =>
        Assert.Single(Assert.IsType<Refused>(await Ask(command)).Reasons);

    /// <summary>A pass that looks into every container; what it found and did.</summary>
    public Task<KernelReport> Reconcile() => Reconciler.Ask<KernelReport>(new Reconcile(WithSandboxes: true), Patience);

    public async Task<Catalogue> Catalogue() => (await Mesh.Ask<CatalogueUpdate>(new CatalogueRequest(), Patience)).Catalogue;

    /// <summary>Waits until journal, kernel, view and registry say the same.</summary>
    public async Task Agrees()
    {
        var catalogue = await Catalogue();
        await Eventually.Nothing(() => Context.Boards.Catalogue.Current.Version < catalogue.Version
            ? [$"this host has not heard of version {catalogue.Version} of the catalogue"]
            : Disagreements());
    }

    private async Task StartActors()
    {
        await _system.ActorOf(Props.Create<CatalogueKeeperActor>(Context), "catalogue").Ask<Done>(CatalogueKeeperActor.Load.Instance, Patience);
        var self = _system.ActorOf(Props.Create<HostActor>(Context), "host");
        Assert.IsType<HostState>(await self.Ask<object>(HostActor.Start.Instance, Patience));
        var lanes = new KernelLanes(Lane("netlink"), [Lane("netlink-delete-1"), Lane("netlink-delete-2")]);
        Reconciler = _system.ActorOf(Props.Create<ReconcilerActor>(Context, lanes), "kernel");
        Mesh = _system.ActorOf(Props.Create<LocalMesh>(Context, _host.IsAlone), "mesh");
        var routes = _system.ActorOf(Props.Create<RouteTableActor>(Context, Reconciler, Mesh), "routes");
        var neighbours = new NetworkNeighbours(lanes, Reconciler, Mesh, routes, () => _host.DefaultLink is { } link ? LinkName.Parse(link) : null);
        Networks = _system.ActorOf(Props.Create<NetworksActor>(Context, neighbours), "networks");
        Func<ImmutableArray<Prefix>> surroundings = static () => [];
        Gateway = _system.ActorOf(Props.Create<GatewayActor>(Context, neighbours, Networks, surroundings, Watch()), "gateway");
        _watch = _host.Kernel.Watch(changes => Reconciler.Tell(new KernelChanged(changes)));
        Mesh.Tell(new MeshListeners(Networks, routes, self));
        await Reconcile();
    }

    private IActorRef Watch()
    {
        Func<IHistory> open = () => new HostHistory(_host.Journal);
        return _system.ActorOf(Props.Create<WatchActor>(Context, open), "watch");
    }

    private IActorRef Lane(string name) => _system.ActorOf(Props.Create<NetlinkActor>((Func<IKernel>)Door.Open), name);

    /// <summary>An actor that is killed is not restarted; and as the door is shut, the others are deaf and dumb from now on.</summary>
    private void Reached(string point)
    {
        if (point != _crashAt)
            return;
        Door.Shut();
        _crashed.TrySetResult();
        throw new ActorKilledException("crash at " + point);
    }

    private IEnumerable<string> Disagreements()
    {
        var stored = HostJournal.LoadView(_host.Journal);
        if (stored.Events != View.Events)
            yield return $"the file has {stored.Events} events, the view {View.Events}";
        var desired = DesiredKernel.From(stored, []);
        var delta = KernelDelta.Between(desired, _host.Kernel.Observe(_host.Sandboxes));
        foreach (var op in delta.Ops)
            yield return "the kernel lacks: " + KernelWords.Of(op);
        foreach (var gone in delta.Gone)
            yield return $"endpoint {gone} has no namespace";
        var catalogue = Context.Boards.Catalogue.Current;
        foreach (var id in catalogue.Networks.Keys.Except(stored.Networks.Keys))
            yield return $"network {id} of the catalogue is not attached";
        foreach (var (id, network) in stored.Networks)
        {
            foreach (var wrong in Disagreements(id, network, stored, catalogue.Networks.GetValueOrDefault(id)))
                yield return wrong;
        }
    }

    private IEnumerable<string> Disagreements(NetworkId id, HostNetworkState network, HostView stored, CatalogueEntry? entry)
    {
        if (entry is null)
            yield return $"network {id} is attached, but not in the catalogue";
        foreach (var (block, own) in network.Blocks)
        {
            if (entry?.Blocks.GetValueOrDefault(block) != new BlockOwner(Context.Host, own.Epoch))
                yield return $"block {block} at epoch {own.Epoch} is not this host's in the registry";
        }

        foreach (var (endpoint, holder) in network.Holders)
        {
            if (stored.Endpoints.GetValueOrDefault(endpoint)?.Name != holder.Name)
                yield return $"{holder.Name} holds {string.Join(", ", holder.Addresses)}, but there is no such endpoint";
        }

        foreach (var endpoint in stored.EndpointsOf(id))
        {
            if (!network.AddressesOf(endpoint.Endpoint).SequenceEqual(endpoint.Addresses))
                yield return $"endpoint {endpoint.Name} has {string.Join(", ", endpoint.Addresses)}, which it does not hold";
        }
    }
}
