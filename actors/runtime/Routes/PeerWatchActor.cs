using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime.Kernel;

namespace IpvlanActors.Runtime.Routes;

/// <summary>How hops are probed.</summary>
/// <param name="Interval">Between two echoes to a hop that is in doubt; others are asked at every fourth.</param>
/// <param name="Count">Echoes in a row that must be lost before a hop can be dead.</param>
/// <param name="Open">Opens the echo; it calls back with the number of each answer. Null: nothing is probed, and no hop ever dead.</param>
public sealed record ProbeSettings(TimeSpan Interval, int Count, Func<Action<ulong>, IEcho>? Open)
{
    public static ProbeSettings Off { get; } = new(TimeSpan.FromMilliseconds(250), 3, null);
}

/// <summary>What is thought of peers and hops has changed. Published; the board has it too.</summary>
public sealed record PeersChanged(PeerBoard Board) : INoSerializationVerificationNeeded;

/// <summary>Who is there: keeps the pure watch, sends the echoes and asks the kernel as it says, and tells what has changed.</summary>
internal sealed class PeerWatchActor(NodeContext node, KernelLanes lanes, ProbeSettings settings) : UntypedActor, IWithTimers
{
    /// <summary>An answer that comes later than this many ticks after its question is none.</summary>
    private const int AnswerWithin = 8;

    private const int OpenEvery = 40;

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<ulong, (Hop Hop, long Tick)> _asked = [];
    private PeerWatch _watch = PeerWatch.Of(settings.Count);
    private IEcho? _echo;
    private ImmutableHashSet<Hop>? _hops;
    private string _problem = "";
    private long _tick;
    private bool _looking;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("tick", Tick.Instance, settings.Interval);

    protected override void PostStop() => _echo?.Dispose();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                Step();
                break;
            case EchoAnswered answered when _asked.Remove(answered.Number, out var asked):
                Change(_watch.Answered(asked.Hop));
                break;
            case EchoAnswered:
                break;
            case NeighboursSeen seen:
                _looking = false;
                Change(seen.Neighbours.Aggregate(_watch, (watch, n) => watch.Seen(n.Hop, n.State)));
                break;
            case Status.Failure failure:
                _looking = false;
                _log.Warning(failure.Cause, "the kernel's neighbours cannot be read");
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Step()
    {
        var members = node.Boards.Cluster.Current.Members.Where(m => m is { IsSelf: false, Host: not null, Elder: null })
            .GroupBy(m => m.Host!.Value).ToDictionary(g => g.Key, g => g.Any(m => m.Reachable));
        var watch = _watch.Members(members, node.Clock.GetUtcNow());
        if (IsOpen(_tick++))
            watch = Probe(watch);
        Change(watch);
    }

    private PeerWatch Probe(PeerWatch watch)
    {
        if (_tick % PeerWatch.TicksPerTurn == 0 && !ReferenceEquals(_hops, node.Boards.Hops.Current))
        {
            _hops = node.Boards.Hops.Current;
            watch = watch.Watch(_hops);
        }

        foreach (var (number, _) in _asked.Where(a => _tick - a.Value.Tick > AnswerWithin).ToArray())
            _asked.Remove(number);
        var (next, ask, look) = watch.Tick(_tick);
        foreach (var hop in ask)
            Ask(hop);
        if (!look.IsEmpty && !_looking)
        {
            _looking = true;
            lanes.Neighbours(look).PipeTo(Self);
        }

        return next;
    }

    private void Ask(Hop hop)
    {
        if (node.Boards.Kernel.Current.Observed.Link(hop.Link) is not { } link)
            return;
        var number = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        _asked[number] = (hop, _tick);
        _echo!.Ask(hop.Address, link.Index, number);
    }

    private bool IsOpen(long tick)
    {
        if (_echo is not null || settings.Open is null || tick % OpenEvery != 0)
            return _echo is not null;
        try
        {
            var self = Self;
            _echo = settings.Open(number => self.Tell(new EchoAnswered(number)));
            _problem = "";
        }
        catch (IOException e)
        {
            if (_problem.Length == 0)
                _log.Error(e, "hops to peers cannot be probed");
            _problem = e.Message;
        }

        return _echo is not null;
    }

    private void Change(PeerWatch watch)
    {
        var (before, dead) = (node.Boards.Peers.Current, watch.Dead);
        _watch = watch;
        if (before.Peers.Equals(watch.Peers) && before.Dead.SetEquals(dead) && before.Problem == _problem)
            return;
        var board = new PeerBoard(watch.Peers, dead, _problem);
        node.Boards.Peers.Current = board;
        Tell(before, board);
        Context.System.EventStream.Publish(new PeersChanged(board));
    }

    private void Tell(PeerBoard before, PeerBoard now)
    {
        foreach (var hop in now.Dead.Except(before.Dead))
            _log.Warning("next hop {Hop} is dead: neither its daemon nor its kernel answers; its routes are withdrawn", hop);
        foreach (var hop in before.Dead.Except(now.Dead))
            _log.Info("next hop {Hop} is dead no more", hop);
        foreach (var (host, health) in now.Peers)
        {
            if (before.StateOf(host) != health.State)
                _log.Info("host {Host} is {State}", node.Boards.Catalogue.Current.HostName(host), health.State);
        }
    }

    private sealed record EchoAnswered(ulong Number) : INoSerializationVerificationNeeded;

    private sealed class Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
