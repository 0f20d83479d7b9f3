using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Kernel;

namespace IpvlanActors.Runtime;

/// <summary>
/// What doors show without asking any actor: each board is written by one actor and read by whoever wants.
/// </summary>
/// <param name="View">Everything that happened on this host.</param>
public sealed record Boards(HostViewStore View)
{
    /// <summary>What the last pass found and did.</summary>
    public Latest<KernelReport> Kernel { get; } = new(KernelReport.Empty);

    /// <summary>The newest catalogue that the registry sent, or that was kept from before this start.</summary>
    public Latest<Catalogue> Catalogue { get; } = new(Domain.Networks.Catalogue.Empty);

    /// <summary>What became of each route that a peer told of, and what this host tells.</summary>
    public Latest<RouteBoard> Routes { get; } = new(RouteBoard.Empty);

    /// <summary>Hops of the routes to peers that should stand, whether or not they are alive.</summary>
    public Latest<ImmutableHashSet<Hop>> Hops { get; } = new([]);

    /// <summary>Which peers are there, and which hops to them are dead.</summary>
    public Latest<PeerBoard> Peers { get; } = new(PeerBoard.Empty);

    public Latest<ClusterBoard> Cluster { get; } = new(ClusterBoard.Empty);

    /// <summary>What the registry last said to this host about itself.</summary>
    public Latest<RegistrationBoard> Registration { get; } = new(new RegistrationBoard(null, 0));

    /// <summary>Against the clock of the registry's host, as of this host's last registration.</summary>
    public Latest<RegistryClock> Clock { get; } = new(RegistryClock.Unknown);

    /// <summary>What this start of the node could not open though it was configured.</summary>
    public Latest<ImmutableList<string>> Troubles { get; } = new([]);

    /// <summary>Why this host may give out no new address and tell of no route; null: it may. What it gave out before stays.</summary>
    public Refusal? Fence => FenceRule(View.Current.Host, Cluster.Current, Registration.Current);

    /// <summary>Whether this host may. A test lets a node go without, to see that the wrong is found.</summary>
    public Func<HostState, ClusterBoard, RegistrationBoard, Refusal?> FenceRule { get; init; } = Runtime.Fence.Of;

    /// <summary>Networks of the catalogue that this host cannot attach, and why.</summary>
    public Latest<ImmutableSortedDictionary<NetworkId, Refusal>> Waiting { get; } =
        new(ImmutableSortedDictionary<NetworkId, Refusal>.Empty);
}

/// <param name="Told">What became of each route that a peer told of, by peer.</param>
/// <param name="Rejected">How many routes and route messages were rejected since the node started, by <see cref="RejectCodes"/>.</param>
public sealed record RouteBoard(
    ImmutableSortedDictionary<HostId, HashMap<RouteKey, RouteVerdict>> Told,
    HashMap<RouteKey, RouteAd> Own,
    ImmutableSortedDictionary<string, long> Rejected)
{
    public static RouteBoard Empty { get; } = new(
        ImmutableSortedDictionary<HostId, HashMap<RouteKey, RouteVerdict>>.Empty, HashMap<RouteKey, RouteAd>.Empty,
        ImmutableSortedDictionary<string, long>.Empty.WithComparers(StringComparer.Ordinal));

    /// <summary>What an earlier life of this node has left in the kernel, until its owners are heard.</summary>
    public IReadOnlyList<Route> Kept { get; init; } = [];

    public IEnumerable<RouteVerdict> Peers => Told.Values.SelectMany(t => t.Values);
}

/// <param name="Dead">Hops whose routes are withdrawn.</param>
/// <param name="Problem">Why hops cannot be probed; empty otherwise.</param>
public sealed record PeerBoard(ImmutableDictionary<HostId, PeerHealth> Peers, ImmutableHashSet<Hop> Dead, string Problem)
{
    public static PeerBoard Empty { get; } = new([], [], "");

    /// <summary>A peer that has been no member since this node started is stale: all that is known of it is older.</summary>
    public PeerState StateOf(HostId host) => Peers.TryGetValue(host, out var health) ? health.State : PeerState.Stale;
}

/// <param name="Registry">The address of the member that the registry runs on; none if it is not known.</param>
/// <param name="Trouble">Why this host is in no cluster now; none if it is.</param>
public sealed record ClusterBoard(ImmutableArray<ClusterMember> Members, string? Registry, string? Trouble = null)
{
    public static ClusterBoard Empty { get; } = new([], null);
}

/// <param name="Status">Akka's word: Joining, WeaklyUp, Up, Leaving, Exiting, Down.</param>
/// <param name="Elder">Where the member is that bears the same host id, can be reached, and has been here longer: that one
/// counts, and this one is a copy of it. None: there is no such member.</param>
public sealed record ClusterMember(
    HostId? Host, string Address, string Status, bool Reachable, bool MayRegistry, bool IsSelf, string? Elder = null);

/// <param name="Refusal">Why the registry does not accept this host; null: it does, or has not answered yet.</param>
/// <param name="Later">The start of this host that the registry has on record although this journal has not come so far; 0: none.</param>
public sealed record RegistrationBoard(Refusal? Refusal, long Later);

/// <summary>The newest of something that one actor makes and many read.</summary>
public sealed class Latest<T>(T first)
    where T : class
{
    private T _current = first;

    public T Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}
