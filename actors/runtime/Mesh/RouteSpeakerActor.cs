using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime.Routes;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>
/// Tells every other host this host's route set, and hears theirs. A change goes at once and straight to all; the version
/// goes round by gossip, so that whoever missed it (a late joiner, the other side of a partition) notices and asks. A host
/// only ever tells its own set: nobody can say anything about another's routes.
/// </summary>
/// <param name="host">In the host system: where the others' sets go.</param>
internal sealed class RouteSpeakerActor(HostId self, IActorRef host) : UntypedActor
{
    public const string Name = "routes";

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;
    private readonly Dictionary<HostId, VersionMark> _held = [];
    private readonly HashSet<HostId> _subscribed = [];
    private RouteSet? _own;

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.ReachableMember));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case OwnRoutes own:
                _own = own.Set;
                TellAll();
                break;
            case RouteSetUpdate update:
                _held[update.Set.Host] = Held(update.Set.Host).Merge(Mark(update.Set));
                host.Tell(update);
                break;
            case RouteSetRequest when _own is not null:
                Sender.Tell(new RouteSetUpdate(_own));
                break;
            case Changed { Key: VersionMarkKey key } changed:
                MarkChanged(key, changed.Get(key));
                break;
            case ClusterEvent.MemberUp or ClusterEvent.MemberWeaklyUp:
                Met(((ClusterEvent.MemberStatusChange)message).Member);
                break;
            case ClusterEvent.ReachableMember reachable:
                Met(reachable.Member);
                break;
            case RouteSetRequest or IUpdateResponse or ClusterEvent.IClusterDomainEvent:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void TellAll()
    {
        foreach (var member in _cluster.State.Members.Where(m => m.UniqueAddress != _cluster.SelfUniqueAddress))
            Peer(member).Tell(new RouteSetUpdate(_own!), Self);
        _replicator.Tell(Dsl.Update(VersionMarkKey.Routes(self), VersionMark.None, Dsl.WriteLocal, old => old.Merge(Mark(_own!))));
    }

    /// <summary>The newcomer hears our set now, not with the next gossip; its own marks are followed from now on.</summary>
    private void Met(Member member)
    {
        if (member.UniqueAddress == _cluster.SelfUniqueAddress || MemberRoles.HostOf(member) is not { } peer)
            return;
        if (_subscribed.Add(peer))
            _replicator.Tell(Dsl.Subscribe(VersionMarkKey.Routes(peer), Self));
        if (_own is not null)
            Peer(member).Tell(new RouteSetUpdate(_own), Self);
        Peer(member).Tell(new RouteSetRequest(), Self);
    }

    private void MarkChanged(VersionMarkKey key, VersionMark mark)
    {
        var member = _cluster.State.Members.FirstOrDefault(m => MemberRoles.HostOf(m) is { } h && VersionMarkKey.Routes(h).Id == key.Id);
        if (member is not null && MemberRoles.HostOf(member) is { } peer && mark.IsNewerThan(Held(peer)))
            Peer(member).Tell(new RouteSetRequest(), Self);
    }

    private VersionMark Held(HostId host) => _held.GetValueOrDefault(host, VersionMark.None);

    private static VersionMark Mark(RouteSet set) => new(set.Incarnation, set.Version);

    private static ActorSelection Peer(Member member) => Context.ActorSelection(member.Address + "/user/" + Name);
}
