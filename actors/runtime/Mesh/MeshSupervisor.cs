using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime.Routes;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>This host has given everything up: leave the cluster, and do not come back before the node is started again.</summary>
public sealed class LeaveMesh : INoSerializationVerificationNeeded
{
    private LeaveMesh()
    {
    }

    public static LeaveMesh Instance { get; } = new();
}

/// <summary>Who in the host system hears what comes out of the mesh.</summary>
public sealed record MeshListeners(IActorRef Networks, IActorRef Routes, IActorRef Host)
{
    /// <summary>Answers services that come by the mesh; null: none may.</summary>
    public IActorRef? Gateway { get; init; }
}

/// <summary>To the host itself: the board of members has been written anew.</summary>
internal sealed class MembersShown : INoSerializationVerificationNeeded
{
    public static readonly MembersShown Instance = new();
}

/// <summary>
/// Owns the second actor system, the mesh: cluster, gossip, registry. That one may be shut down at any time, by a failed
/// TLS handshake or because others downed it; it is started again with back-off, and the host goes on without it meanwhile.
/// So it is when it cannot start (a port in use, an address that the host does not have yet, a certificate that expired),
/// and when this host does not fit among the members.
/// </summary>
/// <param name="setup">Asked for at each start; what it throws keeps this start from happening.</param>
/// <param name="store">
/// Asks the database in which the registry would journal here which one it is. None: the registry never runs here, or in this
/// host's own file. While it cannot be asked the mesh goes without, since routes need no database, and starts anew when it can.
/// </param>
public sealed class MeshSupervisor(NodeContext node, Config config, Func<ActorSystemSetup> setup, Func<Task<string>>? store = null)
    : UntypedActor, IWithTimers
{
    private static readonly TimeSpan IdentifyEvery = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastBackOff = TimeSpan.FromSeconds(30);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly TimeSpan _joinPatience = config.GetTimeSpan("ipvland.mesh.join-patience");
    private MeshListeners? _listeners;
    private MeshSystem? _mesh;
    private OwnRoutes? _own;
    private JoinInstead? _other;
    private string? _trouble;
    private TimeSpan _backOff = FirstBackOff;
    private long _aloneSince;
    private bool _left;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MeshListeners listeners:
                _listeners = listeners;
                Start();
                break;
            case Restart:
                Start();
                break;
            case Identify:
                AskStore(isStart: false);
                break;
            case Identified found:
                Meet(found);
                break;
            case JoinInstead other when _mesh is not null && _other is null:
                _log.Warning("the registry runs at {Address}, in another cluster than this host's: leaving this one to join that one", other.Address);
                _other = other;
                _mesh.System.Terminate();
                break;
            case Knocked knocked when knocked.Mesh == _mesh && knocked.Seed is not null && _trouble is null && !IsMember:
                _backOff = FirstBackOff; // it is there, so it may let us in at once
                Leave(_mesh, $"{knocked.Seed.HostPort()} takes connections, but nobody has let this host into the cluster for {_joinPatience.TotalSeconds:0} s: see what ipvlanctl doctor says of certificates and seeds.");
                break;
            case Knocked:
                break;
            case Gone:
                _mesh?.System.Terminate();
                break;
            case MeshEnded ended when ended.Mesh == _mesh:
                Ended();
                break;
            case IRegistryRequest when _left:
                Sender.Tell(new RegistryRefused(new(RefusalCodes.RegistryUnreachable, "this host has left the cluster: restart ipvland to join it again.")));
                break;
            case IRegistryRequest when _mesh is null || _trouble is not null:
                Sender.Tell(new RegistryRefused(new(RefusalCodes.RegistryUnreachable, $"this host is in no cluster now: {node.Boards.Cluster.Current.Trouble} Ask again when ipvlanctl status shows no such problem.")));
                break;
            case IRegistryRequest request:
                _mesh!.Node.Tell(new ToRegistry(request, Sender));
                break;
            case OwnRoutes own:
                _own = own;
                _mesh?.Feeds.Tell(own);
                break;
            case LeaveMesh:
                _left = true;
                Leave();
                break;
            case Networks.Surrender or Networks.Lend or CatalogueUpdate:
                _listeners!.Networks.Forward(message);
                if (message is CatalogueUpdate)
                    _listeners.Routes.Tell(message);
                break;
            case HostKnown or RegistryRefused:
                _listeners!.Host.Tell(message);
                break;
            case RoutesHeard or FeedRefused:
                _listeners!.Routes.Tell(message);
                break;
            case ClusterEvent.IClusterDomainEvent or Look:
                ShowMembers();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>The cluster's own view of its members may be behind the event that tells of a change, so look again.</summary>
    protected override void PreStart() => Timers.StartPeriodicTimer("look", Look.Instance, TimeSpan.FromSeconds(1));

    protected override void PostStop() => _mesh?.System.Terminate();

    private void Start()
    {
        if (store is null)
            Open(config);
        else
            AskStore(isStart: true);
    }

    private void AskStore(bool isStart) =>
        store!().PipeTo(Self, success: id => new Identified(isStart, id, ""), failure: e => new Identified(isStart, "", Reason(e)));

    private void Meet(Identified found)
    {
        if (_left || (_mesh is null && !found.IsStart))
            return;
        var isKnown = found.Store.Length > 0;
        if (!isKnown)
        {
            _log.Warning("the registry's database cannot be asked which one it is, so nobody knows whether it is that of the other hosts: {Why}", found.Why);
            Timers.StartSingleTimer("identify", Identify.Instance, IdentifyEvery);
        }

        if (found.IsStart)
            Open(MemberRoles.WithStore(config, found.Store));
        else if (isKnown)
            Leave(_mesh!, "the registry's database has been reached: joining again, as one that names it.");
    }

    private void Open(Config from)
    {
        var next = _other is null ? from : Joining(_other.Address, from);
        (_other, _trouble) = (null, null);
        try
        {
            _mesh = MeshSystem.Start(next, setup(), node, Self, _listeners?.Gateway);
        }
        catch (Exception e)
        {
            StartLater($"the connection to the cluster cannot be opened: {Reason(e)}");
            return;
        }

        _aloneSince = Stopwatch.GetTimestamp();
        if (_own is not null)
            _mesh.Feeds.Tell(_own);
        var mesh = _mesh;
        mesh.System.WhenTerminated.PipeTo(Self, success: () => new MeshEnded(mesh));
        _log.Info("mesh started at {Address}", Cluster.Get(mesh.System).SelfAddress);
    }

    /// <summary>That one alone, or we might be let in again where we come from. If it is gone meanwhile: again, by the seeds.</summary>
    private static Config Joining(Address address, Config from) => ConfigurationFactory.ParseString($"""
        akka.cluster.seed-nodes = ["{address}"]
        akka.cluster.shutdown-after-unsuccessful-join-seed-nodes = 20s
        """).WithFallback(from);

    /// <summary>The others hear of it, and then this member is no more; the host stays up without a mesh until it is started again.</summary>
    private void Leave()
    {
        Timers.Cancel("restart");
        if (_mesh is null)
            return;
        var system = _mesh.System;
        Cluster.Get(system).RegisterOnMemberRemoved(() => system.Terminate());
        Cluster.Get(system).Leave(Cluster.Get(system).SelfAddress);
        Timers.StartSingleTimer("gone", new Gone(), LeavePatience);
    }

    private void Ended()
    {
        _mesh = null;
        if (_left)
        {
            _log.Warning("mesh left; restart the node to join it again");
            node.Boards.Cluster.Current = ClusterBoard.Empty with { Trouble = "this host has left the cluster: restart ipvland to join it again." };
            return;
        }

        StartLater(_trouble ?? "the connection to the cluster has ended; the log says why.");
    }

    private void StartLater(string trouble)
    {
        _log.Warning("{Trouble} Trying again in {BackOff}", trouble, _backOff);
        node.Boards.Cluster.Current = ClusterBoard.Empty with { Trouble = trouble };
        Timers.StartSingleTimer("restart", new Restart(), _backOff);
        _backOff = _backOff * 2 < LastBackOff ? _backOff * 2 : LastBackOff;
    }

    /// <summary>Leaves those among whom this host may not be; tried again, since either side may have been put right.</summary>
    private void Leave(MeshSystem mesh, string why)
    {
        _trouble = why;
        node.Boards.Cluster.Current = ClusterBoard.Empty with { Trouble = why };
        mesh.System.Terminate();
    }

    private void ShowMembers()
    {
        if (_mesh is null || _trouble is not null)
            return;
        var cluster = Cluster.Get(_mesh.System);
        var state = cluster.State;
        var self = state.Members.FirstOrDefault(m => m.UniqueAddress == cluster.SelfUniqueAddress);
        if (self is not null && Misfit.Why(Seat.Of(self), state.Members.Where(m => m.IsOlderThan(self)).Select(Seat.Of)) is { } why)
        {
            Leave(_mesh, why);
            return;
        }

        if (self is null)
        {
            KnockAtSeeds(_mesh, cluster);
        }
        else
        {
            _aloneSince = Stopwatch.GetTimestamp();
            _mesh.Admit();
        }

        var speakers = MemberRoles.Speakers(state);
        var members = state.Members.Select(m => new ClusterMember(
            MemberRoles.HostOf(m), m.Address.HostPort(), m.Status.ToString(), !state.Unreachable.Contains(m),
            m.HasRole(MemberRoles.Registry), m.UniqueAddress == cluster.SelfUniqueAddress,
            MemberRoles.ElderOf(m, speakers)?.Address.HostPort())).ToImmutableArray();
        node.Boards.Cluster.Current = new(members, state.RoleLeader(MemberRoles.Registry)?.HostPort());
        if (members.Any(m => m is { IsSelf: true, Status: "Up" }))
            _backOff = FirstBackOff;
        _listeners?.Host.Tell(MembersShown.Instance);
    }

    private bool IsMember => Cluster.Get(_mesh!.System) is var cluster && cluster.State.Members.Any(m => m.UniqueAddress == cluster.SelfUniqueAddress);

    /// <summary>
    /// A host that came back while the others were just removing its last life may be heard by all and hear nobody: what they send goes to
    /// that one (remoting has quarantined the address it thinks). Nothing but another incarnation ends that.
    /// </summary>
    private void KnockAtSeeds(MeshSystem mesh, Cluster cluster)
    {
        if (Stopwatch.GetElapsedTime(_aloneSince) < _joinPatience)
            return;
        _aloneSince = Stopwatch.GetTimestamp();
        var others = cluster.Settings.SeedNodes.Where(seed => seed != cluster.SelfAddress);
        Knock.At(others).PipeTo(Self, success: seed => new Knocked(mesh, seed));
    }

    /// <summary>What is wrong is told by the innermost cause; the outer ones say that an actor system could not be made.</summary>
    private static string Reason(Exception e) => e.InnerException is { } inner ? Reason(inner) : e.Message;

    private sealed record MeshEnded(MeshSystem Mesh) : INoSerializationVerificationNeeded;

    /// <param name="Store">Empty: it could not be asked.</param>
    private sealed record Identified(bool IsStart, string Store, string Why) : INoSerializationVerificationNeeded;

    private sealed class Identify : INoSerializationVerificationNeeded
    {
        public static readonly Identify Instance = new();
    }

    /// <param name="Seed">Who takes connections; null: nobody.</param>
    private sealed record Knocked(MeshSystem Mesh, Address? Seed) : INoSerializationVerificationNeeded;

    private sealed class Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }

    /// <summary>Others may be out of reach and never see this member go.</summary>
    private sealed record Gone : INoSerializationVerificationNeeded;

    private sealed record Restart : INoSerializationVerificationNeeded;
}
