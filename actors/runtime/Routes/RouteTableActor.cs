using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Mesh;

namespace IpvlanActors.Runtime.Routes;

/// <summary>Something that this host's routes follow from has changed: a block, a first or last endpoint.</summary>
public sealed class OwnRoutesChanged : INoSerializationVerificationNeeded
{
    private OwnRoutesChanged()
    {
    }

    public static OwnRoutesChanged Instance { get; } = new();
}

/// <summary>This host's routes, all of them, and what has changed since the version before.</summary>
/// <param name="Version">From 1 in each incarnation, without gaps.</param>
public sealed record OwnRoutes(
    long Incarnation, long Version, HashMap<RouteKey, RouteAd> All, ImmutableArray<RouteAd> Told, ImmutableArray<RouteKey> Withdrawn)
    : INoSerializationVerificationNeeded;

/// <summary>
/// Both directions of route distribution on this host: from its own state to the routes that it tells of, and from what
/// peers tell, verified, to the routes that the reconciler keeps in the kernel. Each change is worked on by itself and at once.
/// </summary>
public sealed class RouteTableActor : UntypedActor, IWithTimers
{
    private readonly NodeContext _node;
    private readonly IActorRef _reconciler;
    private readonly IActorRef _mesh;
    private readonly RouteTable _table;
    private readonly RejectLog _rejects;
    private RouteBasis _basis;
    private ObservedKernel _kernel;
    private OwnRoutes? _own;
    private readonly OwnRouteSet _ownSet;
    private bool _toldReconciler;

    public RouteTableActor(NodeContext node, IActorRef reconciler, IActorRef mesh)
    {
        (_node, _reconciler, _mesh) = (node, reconciler, mesh);
        _kernel = node.Boards.Kernel.Current.Observed;
        _basis = new(node.Boards.Catalogue.Current, node.View.Current, _kernel, node.MaxPrefixesPerHost) { IsKept = true };
        (_table, _ownSet) = (new(_basis, node.Judge), new(node.Origin));
        _rejects = new(Context.System.EventStream, Context.GetLogger());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(KernelReport));
        Context.System.EventStream.Subscribe(Self, typeof(OwnRoutesChanged));
        Timers.StartPeriodicTimer("rejects", LookAtRejects.Instance, RejectLog.Every);
        Done(_table.Rebase(_basis));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RoutesHeard heard:
                _rejects.Unreadable(heard.Host, heard.Unreadable);
                Done(_table.Hear(heard.Host, heard.Whole, heard.Told, heard.Withdrawn));
                break;
            case FeedRefused refused:
                _rejects.Refused(refused);
                Show();
                break;
            case CatalogueUpdate update when update.Catalogue.Version >= _basis.Catalogue.Version:
                _basis = _basis with { IsKept = false };
                Rebase(update.Catalogue);
                break;
            case OwnRoutesChanged:
                TellOwn(); // others wait for it
                Rebase(_basis.Catalogue);
                break;
            case KernelReport report when !_basis.IsKnown || !SameLinks(report.Observed):
                _kernel = report.Observed;
                Rebase(_basis.Catalogue);
                TellOwn();
                break;
            case AllPeerRoutes when _toldReconciler:
                Sender.Tell(AllRoutes);
                break;
            case LookAtRejects:
                _rejects.Settle(_table);
                TellOwn(); // a fence may be gone
                Show();
                break;
            case CatalogueUpdate or KernelReport or AllPeerRoutes:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Routes are judged by links and addresses; most reports tell of neither.</summary>
    private bool SameLinks(ObservedKernel kernel) =>
        kernel.Links.SequenceEqual(_kernel.Links) && kernel.Addresses.SequenceEqual(_kernel.Addresses);

    private void Rebase(Catalogue catalogue)
    {
        _basis = _basis with { Catalogue = catalogue, View = _node.View.Current, Kernel = _kernel };
        Done(_table.Rebase(_basis));
    }

    private void Done(RouteChanges changes)
    {
        _rejects.Add(changes.Rejected);
        if (_basis.IsKnown && (changes.AffectKernel || !_toldReconciler))
        {
            _reconciler.Tell(_toldReconciler ? new PeerRoutes(IsWhole: false, changes.Adds, changes.Removes) : AllRoutes);
            _toldReconciler = true;
        }

        Show();
    }

    private PeerRoutes AllRoutes => new(IsWhole: true, [.. _table.Desired.Values], []);

    private void Show() => _node.Boards.Routes.Current =
        new(_table.Verdicts, _ownSet.All, _rejects.Counts) { Kept = _table.StillKept };

    /// <summary>A host that is fenced says nothing: neither what it might not own, nor that it withdraws what it does.</summary>
    private void TellOwn()
    {
        if (_node.Boards.Fence is not null)
            return;
        var incarnation = _node.View.Current.Host.Incarnation;
        foreach (var step in _ownSet.Follow(_node.View.Current, _kernel))
            TellOwn(incarnation, step);
        if (_own?.Incarnation != incarnation)
            TellOwn(incarnation, new(_ownSet.All, [], []));
    }

    private void TellOwn(long incarnation, OwnRouteStep step)
    {
        _own = new(incarnation, (_own?.Version ?? 0) + 1, step.All, step.Told, step.Withdrawn);
        _mesh.Tell(_own);
        Show();
    }

    private sealed class LookAtRejects : INoSerializationVerificationNeeded
    {
        public static readonly LookAtRejects Instance = new();
    }
}
