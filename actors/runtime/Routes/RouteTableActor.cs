using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Mesh;

namespace IpvlanActors.Runtime.Routes;

/// <summary>Something that this host's own routes follow from has changed: a block, a first or last endpoint.</summary>
public sealed class OwnRoutesChanged : INoSerializationVerificationNeeded
{
    private OwnRoutesChanged()
    {
    }

    public static OwnRoutesChanged Instance { get; } = new();
}

/// <summary>This host's whole route set, to be told to all others.</summary>
public sealed record OwnRoutes(RouteSet Set) : INoSerializationVerificationNeeded;

/// <summary>
/// Both directions of route distribution on this host: from its own state to the route set that it publishes, and from
/// what peers publish, verified, to the routes that the reconciler keeps in the kernel.
/// </summary>
public sealed class RouteTableActor(NodeContext node, IActorRef reconciler, IActorRef mesh) : UntypedActor, IWithTimers
{
    /// <summary>Several changes at once (a batch of sets, a pass and a catalogue) are judged once.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(5);

    private readonly Dictionary<HostId, RouteSet> _sets = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ImmutableArray<RouteVerdict> _verdicts = [];
    private RouteSet? _own;
    private bool _registryHeard;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(KernelReport));
        Context.System.EventStream.Subscribe(Self, typeof(OwnRoutesChanged));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RouteSetUpdate update:
                Receive(update.Set);
                break;
            case CatalogueUpdate:
                _registryHeard = true;
                Timers.StartSingleTimer(Settle, Judge.Instance, Settle);
                break;
            case KernelReport or OwnRoutesChanged:
                Timers.StartSingleTimer(Settle, Judge.Instance, Settle);
                break;
            case Judge:
                JudgePeers();
                TellOwn();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Receive(RouteSet set)
    {
        if (set.Host == node.Host || (_sets.TryGetValue(set.Host, out var held) && !set.IsNewerThan(held)))
            return;
        _sets[set.Host] = set;
        Timers.StartSingleTimer(Settle, Judge.Instance, Settle);
    }

    private void JudgePeers()
    {
        var catalogue = node.Boards.Catalogue.Current;
        if (catalogue.Version == 0)
            return; // without the registry's word nothing is accepted, and nothing that stands is taken away
        var kernel = node.Boards.Kernel.Current.Observed;
        var verdicts = RouteVerifier.Judge(_sets.Values, catalogue, node.View.Current, kernel);
        foreach (var rejected in verdicts.Where(v => !v.IsAccepted).Except(_verdicts))
            _log.Warning("route rejected: {Prefix} from host {Host}: {Reason}", rejected.Ad.Prefix, catalogue.HostName(rejected.Origin), rejected.Reason);
        _verdicts = verdicts;
        reconciler.Tell(new PeerRoutes(PeerRouteTable.Desired(node.Host, verdicts, _sets.Keys.ToHashSet(), catalogue, kernel, !_registryHeard)));
        node.Boards.Routes.Current = node.Boards.Routes.Current with { Peers = verdicts };
    }

    /// <summary>A host that is fenced says nothing: neither what it might not own, nor that it withdraws what it does.</summary>
    private void TellOwn()
    {
        if (node.Boards.Fence is not null)
            return;
        var incarnation = node.View.Current.Host.Incarnation;
        var routes = RouteOrigin.Of(node.View.Current, node.Boards.Kernel.Current.Observed);
        if (_own is not null && _own.Incarnation == incarnation && _own.Routes.SequenceEqual(routes))
            return;
        _own = new(node.Host, incarnation, (_own?.Version ?? -1) + 1, routes);
        mesh.Tell(new OwnRoutes(_own));
        node.Boards.Routes.Current = node.Boards.Routes.Current with { Own = routes };
    }

    private sealed class Judge : INoSerializationVerificationNeeded
    {
        public static readonly Judge Instance = new();
    }
}
