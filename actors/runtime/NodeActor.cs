using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Networks;
using IpvlanActors.Runtime.Routes;
using IpvlanActors.Runtime.Watching;

namespace IpvlanActors.Runtime;

/// <summary>What a node needs from the machine that it runs on.</summary>
/// <param name="OpenKernel">Opens one more way into the kernel; each lane has its own.</param>
/// <param name="DefaultLink">The link of the default route now.</param>
/// <param name="Surroundings">Prefixes and name servers that a default subnet must not overlap.</param>
/// <param name="MeshConfig">Of the second actor system.</param>
public sealed record NodeMachine(
    Func<IKernel> OpenKernel, Func<LinkName?> DefaultLink, Func<ImmutableArray<Prefix>> Surroundings, Config MeshConfig)
{
    /// <summary>
    /// What the mesh takes beside its configuration, such as credentials; asked for at each of its starts. When it throws, the
    /// mesh is tried again later and the exception's text is shown to the operator.
    /// </summary>
    public Func<ActorSystemSetup> MeshSetup { get; init; } = static () => ActorSystemSetup.Empty;

    /// <summary>Asks the database of the registry which one it is; none where the registry has none, or never runs.</summary>
    public Func<Task<string>>? RegistryStore { get; init; }

    public ProbeSettings Probe { get; init; } = ProbeSettings.Off;

    /// <summary>Whoever reaches the mesh may give commands; see <see cref="Clients.ClientDoorActor"/>.</summary>
    public bool ServesClients { get; init; }

    /// <summary>Opens the host's journal for those who follow it.</summary>
    public required Func<IHistory> OpenHistory { get; init; }
}

/// <summary>The node is in sync with its journal and its kernel.</summary>
/// <param name="Gateway">Answers <see cref="INodeCommand"/>s.</param>
public sealed record NodeReady(IActorRef Gateway, long Incarnation) : INoSerializationVerificationNeeded;

/// <summary>Answered by <see cref="NodeReady"/>, once.</summary>
public sealed class StartNode : INoSerializationVerificationNeeded
{
    private StartNode()
    {
    }

    public static StartNode Instance { get; } = new();
}

/// <summary>
/// Parent of everything on a host. Starts in this order: the journal has been replayed into the view before, then the
/// kernel is brought in sync, then doors may open.
/// </summary>
public sealed class NodeActor(NodeContext node, NodeMachine machine) : UntypedActor
{
    /// <summary>
    /// A delete waits for a grace period of the kernel, and the more wait at once the better: 100 a second by 4 lanes, 172 to 193
    /// by 8. By 12 it is 246, but one alone then takes 24 ms instead of 20, and a join 6 instead of 4.
    /// </summary>
    private const int DeleteLanes = 8;
    private const string NetlinkDispatcher = "ipvland.netlink-dispatcher";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IKernel? _watched;
    private IDisposable? _watch;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StartNode:
                var asker = Sender;
                var host = Context.ActorOf(Props.Create<HostActor>(node), "host");
                var catalogue = Context.ActorOf(Props.Create<CatalogueKeeperActor>(node), "catalogue");
                Load(host, catalogue).PipeTo(Self, success: answer => new Started(asker, host, answer));
                break;
            case Started { Answer: HostState state } started:
                StartActors(state.Incarnation, started.Host, started.Asker);
                break;
            case Started { Answer: Refusal refusal } started:
                started.Asker.Tell(new Status.Failure(new InvalidOperationException(refusal.Text)));
                break;
            case Status.Failure failure:
                _log.Error(failure.Cause, "the node cannot start");
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        _watch?.Dispose();
        _watched?.Dispose();
    }

    private static async Task<object> Load(IActorRef host, IActorRef catalogue)
    {
        await catalogue.Ask<Done>(CatalogueKeeperActor.Load.Instance, Patience);
        return await host.Ask<object>(HostActor.Start.Instance, Patience);
    }

    private void StartActors(long incarnation, IActorRef host, IActorRef asker)
    {
        var lanes = new KernelLanes(Lane("netlink"), [.. Enumerable.Range(1, DeleteLanes).Select(n => Lane($"netlink-delete-{n}"))]);
        var reconciler = Context.ActorOf(Props.Create<ReconcilerActor>(node, lanes), "kernel");
        var mesh = Context.ActorOf(Props.Create(() => new MeshSupervisor(node, machine.MeshConfig, machine.MeshSetup, machine.RegistryStore)), "mesh");
        var routes = Context.ActorOf(Props.Create<RouteTableActor>(node, reconciler, mesh), "routes");
        Context.ActorOf(Props.Create<PeerWatchActor>(node, lanes, machine.Probe), "peers");
        var neighbours = new NetworkNeighbours(lanes, reconciler, mesh, routes, machine.DefaultLink);
        var networks = Context.ActorOf(Props.Create<NetworksActor>(node, neighbours), "networks");
        var watch = Context.ActorOf(Props.Create<WatchActor>(node, machine.OpenHistory), "watch");
        var gateway = Context.ActorOf(Props.Create<GatewayActor>(node, neighbours, networks, machine.Surroundings, watch), "gateway");

        _watched = machine.OpenKernel();
        _watch = _watched.Watch(changes => reconciler.Tell(new KernelChanged(changes)));
        mesh.Tell(new MeshListeners(networks, routes, host) { Gateway = machine.ServesClients ? gateway : null });
        _log.Info("node {Host} ({HostName}) incarnation {Incarnation}: {Networks} networks, {Endpoints} endpoints from {Events} events",
            node.Host, node.HostName, incarnation, node.View.Current.Networks.Count, node.View.Current.Endpoints.Count, node.View.Current.Events);
        reconciler.Ask<KernelReport>(new Reconcile(WithSandboxes: true), Patience)
            .PipeTo(asker, success: _ => new NodeReady(gateway, incarnation));
    }

    private IActorRef Lane(string name) =>
        Context.ActorOf(Props.Create<NetlinkActor>(machine.OpenKernel).WithDispatcher(NetlinkDispatcher), name);

    private sealed record Started(IActorRef Asker, IActorRef Host, object Answer) : INoSerializationVerificationNeeded;
}
