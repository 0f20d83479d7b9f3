using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Domain.Routes;

/// <summary>
/// Who is there: peers by their membership, and the hops that lead to them by whether they answer. Membership is what is
/// shown; only a dead hop withdraws routes.
/// </summary>
/// <param name="Count">Echoes in a row that must be lost before a hop can be dead.</param>
public sealed record PeerWatch(
    ImmutableDictionary<HostId, PeerHealth> Peers, ImmutableDictionary<Hop, HopHealth> Hops, int Count)
{
    /// <summary>A hop that answers, and one about which all is known, is asked at every n-th tick.</summary>
    public const int TicksPerTurn = 4;

    public static PeerWatch Of(int count) =>
        new([], [], count);

    public ImmutableHashSet<Hop> Dead => [.. Hops.Where(h => h.Value.IsDead).Select(h => h.Key)];

    /// <summary>These hops matter now, and no others. What is known of them stays.</summary>
    public PeerWatch Watch(IReadOnlySet<Hop> hops) => this with
    {
        Hops = Hops.RemoveRange(Hops.Keys.Where(h => !hops.Contains(h)))
            .AddRange(hops.Where(h => !Hops.ContainsKey(h)).Select(h => KeyValuePair.Create(h, HopHealth.Fresh))),
    };

    /// <param name="members">Whether each member can be reached. Peers that are not among them were members once.</param>
    public PeerWatch Members(IReadOnlyDictionary<HostId, bool> members, DateTimeOffset now)
    {
        var peers = Peers.ToBuilder();
        foreach (var host in Peers.Keys.Concat(members.Keys).Distinct())
        {
            var known = Peers.TryGetValue(host, out var health) ? health : new(PeerState.Live, now);
            peers[host] = known.Next(members.TryGetValue(host, out var reachable) ? reachable : null, now);
        }

        return this with { Peers = peers.ToImmutable() };
    }

    /// <summary>A step of the clock.</summary>
    /// <returns>Ask: hops to send an echo to now. Look: those of them of which the kernel should be asked as well.</returns>
    public (PeerWatch Next, ImmutableArray<Hop> Ask, ImmutableArray<Hop> Look) Tick(long tick)
    {
        var hops = Hops.ToBuilder();
        var (ask, look) = (ImmutableArray.CreateBuilder<Hop>(), ImmutableArray.CreateBuilder<Hop>());
        foreach (var (hop, health) in Hops)
        {
            // turns differ by address, so that not all are asked in the same instant
            var turn = (ulong)tick % TicksPerTurn == hop.Address.Low % TicksPerTurn;
            if (!health.IsDue(turn, Count))
                continue;
            hops[hop] = health.Asked();
            ask.Add(hop);
            if (hops[hop].Lost > 0)
                look.Add(hop);
        }

        return (this with { Hops = hops.ToImmutable() }, ask.ToImmutable(), look.ToImmutable());
    }

    public PeerWatch Answered(Hop hop) => With(hop, _ => HopHealth.Fresh);

    public PeerWatch Seen(Hop hop, NeighbourState neighbour) => With(hop, h => h.Seen(neighbour, Count));

    private PeerWatch With(Hop hop, Func<HopHealth, HopHealth> change) =>
        Hops.TryGetValue(hop, out var health) ? this with { Hops = Hops.SetItem(hop, change(health)) } : this;
}
