using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using IpvlanActors.Domain.Feeds;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>Who else has feeds, and who writes which.</summary>
internal sealed class FeedMembers(Cluster cluster)
{
    public void Subscribe(IActorRef subscriber) => cluster.Subscribe(
        subscriber, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.ReachableMember));

    public void Unsubscribe(IActorRef subscriber) => cluster.Unsubscribe(subscriber);

    public bool IsSelf(Member member) => member.UniqueAddress == cluster.SelfUniqueAddress;

    /// <summary>A host is spoken for by one member, should others bear its id as well; the oldest of those that can be reached (<see cref="MemberRoles.Speakers"/>).</summary>
    public bool IsWriter(FeedId feed, Address address) => WriterOf(feed)?.Address == address;

    /// <summary>The writer first, and twice; then, or if it is out of reach, one of the others after the other.</summary>
    public Member? WhomToAsk(FeedId feed, int times)
    {
        var others = Reachable().ToList();
        if (others.Count == 0)
            return null;
        var writer = WriterOf(feed) is { } w ? others.Find(m => m.UniqueAddress == w.UniqueAddress) : null;
        return writer is not null && times % 3 != 2 ? writer : others[times % others.Count];
    }

    public IEnumerable<Member> Reachable()
    {
        var state = cluster.State;
        return state.Members.Where(m => !IsSelf(m) && !m.HasRole(MemberRoles.Service) && m.Status is not (MemberStatus.Down or MemberStatus.Removed) && !state.Unreachable.Contains(m));
    }

    private Member? WriterOf(FeedId feed)
    {
        var state = cluster.State;
        Member? writer = null;
        foreach (var member in state.Members)
        {
            var writes = feed.Host is { } host
                ? MemberRoles.HostOf(member) == host
                : member.HasRole(MemberRoles.Registry) && member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting;
            if (writes && (writer is null || Precedes(member, writer, state.Unreachable)))
                writer = member;
        }

        return writer;
    }

    private static bool Precedes(Member one, Member other, ImmutableHashSet<Member> unreachable) =>
        unreachable.Contains(one) == unreachable.Contains(other) ? one.IsOlderThan(other) : unreachable.Contains(other);
}
