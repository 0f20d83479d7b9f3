using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Runtime.Routes;
using IpvlanActors.Runtime.Telemetry;

namespace IpvlanActors.Runtime.Kernel;

/// <summary>
/// Makes the kernel agree with the journal. A pass reads the kernel, compares it with what should be there and applies
/// the difference: at start, when something changed on either side, and every minute with a look into every container.
/// Single endpoints are plugged and unplugged, and single routes added and deleted, between passes without any look round.
/// </summary>
/// <remarks>
/// A pass and single requests never overlap: a pass that read the kernel before a plug and compares after it would see
/// the new slave as missing. Requests wait for the pass; a pass waits for the requests under way.
/// </remarks>
public sealed class ReconcilerActor : UntypedActor, IWithTimers, IWithStash
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    /// <summary>One change of ours or of others raises several kernel events.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The kernel tells of routes that we wrote like of any others. Looking round for each would cost as much as the whole table, and
    /// what comes meanwhile waits: so there is one look when none has come or gone for a second, which confirms them and repairs what
    /// others did; and one in ten seconds while they never cease.
    /// </summary>
    private static readonly TimeSpan ConfirmAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConfirmAtLast = TimeSpan.FromSeconds(10);
    private const string Confirm = "confirm";
    private const string ConfirmLast = "confirm at last";

    /// <summary>
    /// Each slave that we make or delete is told of once more, by its parent. While that may be all there is to hear, no container
    /// is looked into for it: with thousands of them each join would cost a look into all. What somebody does to a slave in
    /// just that moment is found within <see cref="Period"/>.
    /// </summary>
    private static readonly TimeSpan EchoLasts = TimeSpan.FromSeconds(1);
    private const string Echo = "echo";

    private readonly NodeContext _node;
    private readonly KernelLanes _lanes;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<EndpointId> _leaving = [];
    private readonly Dictionary<EndpointId, IActorRef> _askers = [];
    private List<(IActorRef Asker, bool WithSandboxes)> _wanted = [];
    private List<(IActorRef Asker, bool WithSandboxes)> _served = [];
    /// <summary>Null until the routes to peers are known: what the kernel has of them stays.</summary>
    private Dictionary<Prefix, Route>? _peerRoutes;

    /// <summary>By how many of them each hop is the next.</summary>
    private readonly Dictionary<Hop, int> _hops = [];
    private int _routesUnderWay;
    private ImmutableHashSet<Hop> _dead = [];
    private TimeSpan _retry = FirstRetry;
    private bool _passing;
    private long _passedSince;

    public ReconcilerActor(NodeContext node, KernelLanes lanes)
    {
        _node = node;
        _lanes = lanes;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("period", new Want(WithSandboxes: true), Period);
        Context.System.EventStream.Subscribe(Self, typeof(PeersChanged));
        _dead = _node.Boards.Peers.Current.Dead; // after the subscription, so that nothing between the two is missed
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PlugEndpoint or UnplugEndpoint or LendEndpoint or PeerRoutes or GuardBlock when _passing || _wanted.Count > 0:
                Stash.Stash();
                break;
            case PlugEndpoint plug:
                Plug(plug);
                break;
            case UnplugEndpoint unplug:
                _leaving.Add(unplug.Endpoint);
                _askers[unplug.Endpoint] = Sender;
                Unplug(unplug).PipeTo(Self, success: a => Handled(unplug.Endpoint, a));
                break;
            case LendEndpoint lend:
                _askers[lend.Slave.Endpoint] = Sender;
                _leaving.Remove(lend.Slave.Endpoint);
                LooseLinks.Make(_lanes, lend).PipeTo(
                    Self, success: a => Handled(lend.Slave.Endpoint, a), failure: e => new SlaveHandled(lend.Slave.Endpoint, Lost(e)));
                break;
            case SlaveHandled handled:
                Timers.StartSingleTimer(Echo, EchoEnds.Instance, EchoLasts);
                if (_askers.Remove(handled.Endpoint, out var asker))
                    asker.Tell(handled);
                PassIfWanted();
                break;
            case Reconcile reconcile:
                _wanted.Add((Sender, reconcile.WithSandboxes));
                PassIfWanted();
                break;
            case PeerRoutes routes:
                Route(routes);
                break;
            case GuardBlock guard:
                Apply([new AddRoute(DesiredKernel.GuardOf(guard.Block))]);
                break;
            case RoutesApplied applied:
                Routed(applied);
                break;
            case PeersChanged peers when !_dead.SetEquals(peers.Board.Dead):
                _dead = peers.Board.Dead;
                WantSoon(withSandboxes: false);
                break;
            case PeersChanged:
                break;
            case KernelChanged changed:
                Heed(Unexplained(changed.Changes));
                break;
            case EchoEnds:
                break;
            case Want want:
                _wanted.Add((ActorRefs.Nobody, want.WithSandboxes));
                PassIfWanted();
                break;
            case KernelReport report:
                Passed(report);
                break;
            case Status.Failure failure:
                _log.Error(failure.Cause, "reconcile failed");
                Passed(_node.Boards.Kernel.Current with { Writes = 0, Gone = [] });
                WantAgain();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Heed(KernelChanges changes)
    {
        if (changes != 0)
            WantSoon(withSandboxes: (changes & (KernelChanges.Links | KernelChanges.Slaves)) != 0);
    }

    /// <summary>
    /// What need not be what we did ourselves. A join's slave and its block's guard are often told of in one breath; after an overrun
    /// nothing is explained.
    /// </summary>
    private KernelChanges Unexplained(KernelChanges changes)
    {
        if (changes == KernelChanges.All)
            return changes;
        var ours = (Timers.IsTimerActive(Confirm) ? KernelChanges.Routes : 0) | (IsEcho ? KernelChanges.Slaves : 0);
        return changes & ~ours;
    }

    private bool IsEcho => _askers.Count > 0 || Timers.IsTimerActive(Echo);

    private void Plug(PlugEndpoint plug)
    {
        _askers[plug.Slave.Endpoint] = Sender;
        _leaving.Remove(plug.Slave.Endpoint);
        var applied = Kernel(plug.Trace, plug.Fresh ? PlugFresh(_lanes, plug.Slave) : LookAndPlug(_lanes, plug.Slave));
        applied.PipeTo(Self, success: a => Handled(plug.Slave.Endpoint, a), failure: e => new SlaveHandled(plug.Slave.Endpoint, Lost(e)));
    }

    private static async Task<OpsApplied> Kernel(ActivityContext trace, Task<OpsApplied> applying)
    {
        using var span = Spans.Start("kernel", trace);
        return await applying;
    }

    /// <summary>A pass that came between the journal and this request may have made it already.</summary>
    private static async Task<OpsApplied> PlugFresh(KernelLanes lanes, Slave slave)
    {
        var applied = await lanes.Apply([new PlugSlave(slave)]);
        return applied.Faults is [{ Class: FaultClass.Exists }] ? await LookAndPlug(lanes, slave) : applied;
    }

    private static async Task<OpsApplied> LookAndPlug(KernelLanes lanes, Slave slave)
    {
        var ops = KernelDelta.ForSlave(slave, await lanes.Look(slave.Sandbox), []);
        return await lanes.Apply([.. ops]);
    }

    private Task<OpsApplied> Unplug(UnplugEndpoint unplug) => unplug.IsHandedOver
        ? LooseLinks.Delete(_lanes, unplug)
        : _lanes.Unplug([new UnplugSlave(unplug.Network, unplug.Endpoint, unplug.Sandbox)]);

    private static SlaveHandled Handled(EndpointId endpoint, OpsApplied applied) =>
        new(endpoint, applied.Faults.FirstOrDefault(f => f is not null));

    private static KernelFault Lost(Exception e) => new(FaultClass.Transient, 0, $"the kernel lane did not answer: {e.Message}");

    private void Route(PeerRoutes routes)
    {
        if (routes.IsWhole)
        {
            _peerRoutes = [];
            _hops.Clear();
        }
        else if (_peerRoutes is null)
        {
            Sender.Tell(AllPeerRoutes.Instance);
            return;
        }

        foreach (var gone in routes.Removes.Where(r => _peerRoutes!.Remove(r.Destination)))
            Count(gone, -1);
        foreach (var route in routes.Adds)
        {
            _peerRoutes![route.Destination] = route;
            Count(route, 1);
        }

        if (!_node.Boards.Hops.Current.SetEquals(_hops.Keys))
            _node.Boards.Hops.Current = [.. _hops.Keys];
        ImmutableArray<KernelOp> ops = [.. routes.Removes.Select(r => new DeleteRoute(r)), .. routes.Adds.Where(Stands).Select(r => new AddRoute(r))];
        if (routes.IsWhole)
            WantSoon(withSandboxes: false); // only a look at the kernel says what is there of an earlier life
        else if (!ops.IsEmpty)
            Apply(ops);
    }

    private void Count(Route route, int more)
    {
        if (Hop.Of(route) is not { } hop)
            return;
        var count = _hops.GetValueOrDefault(hop) + more;
        if (count > 0)
            _hops[hop] = count;
        else
            _hops.Remove(hop);
    }

    private void Apply(ImmutableArray<KernelOp> ops)
    {
        _routesUnderWay++;
        ConfirmSoon();
        _lanes.Apply(ops).PipeTo(
            Self, success: a => new RoutesApplied(a.Faults.Any(f => f is { Class: not FaultClass.NotFound })), failure: _ => new RoutesApplied(Failed: true));
    }

    private void ConfirmSoon()
    {
        Timers.StartSingleTimer(Confirm, new Want(WithSandboxes: false), ConfirmAfter);
        if (!Timers.IsTimerActive(ConfirmLast))
            Timers.StartSingleTimer(ConfirmLast, new Want(WithSandboxes: false), ConfirmAtLast);
    }

    private void Routed(RoutesApplied applied)
    {
        _routesUnderWay--;
        if (applied.Failed)
            WantSoon(withSandboxes: false); // a pass tries again, and reports what cannot be
        PassIfWanted();
    }

    /// <summary>By a dead hop packets go nowhere: without the route their senders hear "unreachable" from the guard below it.</summary>
    private bool Stands(Route route) => Hop.Of(route) is not { } hop || !_dead.Contains(hop);

    private void WantSoon(bool withSandboxes)
    {
        if (!Timers.IsTimerActive(withSandboxes))
            Timers.StartSingleTimer(withSandboxes, new Want(withSandboxes), Settle);
    }

    private void WantAgain()
    {
        Timers.StartSingleTimer("retry", new Want(WithSandboxes: true), _retry);
        _retry = _retry * 2 < Period ? _retry * 2 : Period;
    }

    private void PassIfWanted()
    {
        if (_passing || _wanted.Count == 0 || _askers.Count > 0 || _routesUnderWay > 0)
            return;
        _passing = true;
        _passedSince = Stopwatch.GetTimestamp();
        (_served, _wanted) = (_wanted, []);
        _leaving.RemoveWhere(e => _node.View.Current.Endpoints.GetValueOrDefault(e) is not { IsJoined: true });
        var pass = new Pass(_lanes, _node, _peerRoutes?.Values.Where(Stands), [.. _leaving]);
        pass.Run(_served.Any(s => s.WithSandboxes)).PipeTo(Self);
    }

    private void Passed(KernelReport report)
    {
        _passing = false;
        var took = Stopwatch.GetElapsedTime(_passedSince);
        Timers.Cancel(ConfirmLast);
        Instruments.Reconciled(report.Writes, took);
        foreach (var (asker, _) in _served)
            asker.Tell(report);
        _served = [];
        if (report.Writes > 0)
            _log.Info("reconciled: {Writes} kernel operations, {Failed} refused", report.Writes, report.Failed.Length);
        foreach (var (op, fault) in report.Failed.Except(_node.Boards.Kernel.Current.Failed))
            _log.Warning("kernel refused {Op}: {Fault}", op.GetType().Name, fault.Text);
        if (report.Failed.IsEmpty)
            _retry = FirstRetry;
        else
            WantAgain();
        _node.Boards.Kernel.Current = report;
        Context.System.EventStream.Publish(report);
        Stash.UnstashAll();
        PassIfWanted();
    }

    private sealed record RoutesApplied(bool Failed) : INoSerializationVerificationNeeded;

    private sealed class EchoEnds
    {
        public static readonly EchoEnds Instance = new();
    }

    private sealed record Want(bool WithSandboxes) : INoSerializationVerificationNeeded;
}
