using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Domain.Routes;

/// <summary>What a change to the table means for the kernel.</summary>
/// <param name="Adds">One with the prefix of a removed route takes its place.</param>
/// <param name="Rejected">What was not rejected before, or for another reason.</param>
public sealed record RouteChanges(ImmutableArray<Route> Adds, ImmutableArray<Route> Removes, ImmutableArray<RouteVerdict> Rejected)
{
    public bool AffectKernel => !Adds.IsEmpty || !Removes.IsEmpty;
}

/// <summary>
/// All routes that peers tell of, and which of them should stand. Judges what a change touches and nothing else: a route
/// that comes or goes costs the same whether there are ten others or ten thousand. For each prefix one next hop: the highest
/// epoch wins, then, which no registry would bring about, the smaller host id.
/// </summary>
/// <remarks>
/// A node that was killed or upgraded knows no peer's routes for a while, but the kernel still has them and containers use
/// them. Each stays until its owner has been heard, or the registry says that it is nobody's.
/// </remarks>
public sealed class RouteTable(RouteBasis basis, RouteJudge? judge = null)
{
    /// <summary>For as much as comes in one step.</summary>
    private const int KeptRoom = 10_000;

    private readonly RouteJudge _judge = judge ?? RouteVerifier.Judge;
    private readonly Dictionary<HostId, Peer> _peers = [];
    private readonly Dictionary<Prefix, Claim> _told = [];
    private readonly SortedSet<Prefix> _prefixes = [];

    /// <summary>How many of them have each length: only those lengths can lie around another prefix.</summary>
    private readonly int[] _lengths = new int[129];
    private readonly Dictionary<Prefix, (Route Route, HostId? Owner)> _kept = [];
    private List<Route>? _stillKept;
    private readonly Dictionary<Prefix, Route> _desired = [];
    private HashSet<Prefix> _dirty = [];

    /// <summary>Not whether the basis was known at first: the kernel may have been looked at before this table was made.</summary>
    private bool _hasKept;

    /// <summary>No longer told of, but still shown.</summary>
    private readonly List<(HostId Host, RouteKey Key)> _gone = [];

    /// <summary>By which everything was judged last.</summary>
    public RouteBasis Basis { get; private set; } = basis;

    /// <summary>What should stand in the kernel.</summary>
    public IReadOnlyDictionary<Prefix, Route> Desired => _desired;

    /// <summary>Routes that this node found in the kernel, and that stand until their owners are heard.</summary>
    public IReadOnlyList<Route> StillKept => _stillKept ??= [.. _kept.Values.Select(k => k.Route)];

    /// <summary>Of each host that was heard.</summary>
    public ImmutableSortedDictionary<HostId, HashMap<RouteKey, RouteVerdict>> Verdicts { get; private set; } =
        ImmutableSortedDictionary<HostId, HashMap<RouteKey, RouteVerdict>>.Empty;

    /// <summary>Everything may look different now.</summary>
    public RouteChanges Rebase(RouteBasis next)
    {
        var (old, first) = (Basis, !_hasKept && next.IsKnown);
        Basis = next;
        _hasKept |= first;
        if (!next.IsKnown)
            return Settle();
        if (first)
            Keep(next.Kernel);
        else if (!ReferenceEquals(old.Catalogue, next.Catalogue) || old.IsKept != next.IsKept)
            Doubt(_kept.Keys);
        if (next.DoubtsSince(old) is { } doubts)
        {
            foreach (var doubt in doubts)
                Doubt(Affected(doubt));
        }
        else
        {
            foreach (var (host, peer) in _peers)
                Limit(host, peer);
            Doubt(_told.Keys);
        }

        return Settle();
    }

    /// <summary>A peer told of these, and takes those back.</summary>
    /// <param name="whole">What it does not tell of now, it does not tell of any more.</param>
    public RouteChanges Hear(HostId host, bool whole, IReadOnlyCollection<RouteAd> told, IReadOnlyCollection<RouteKey> withdrawn)
    {
        var peer = PeerOf(host);
        if (!peer.Heard)
        {
            peer.Heard = true;
            Doubt(KeptOf(host));
        }

        if (whole)
        {
            var keys = told.Select(t => t.Key).ToHashSet();
            withdrawn = [.. AdsOf(host).Select(a => a.Key).Where(k => !keys.Contains(k))];
        }

        foreach (var key in withdrawn)
            Remove(host, peer, key);
        foreach (var ad in told)
            Put(host, peer, ad);
        Limit(host, peer);
        return Settle();
    }

    /// <summary>All that a host tells of, as long as nothing is in doubt.</summary>
    private IEnumerable<RouteAd> AdsOf(HostId host) => Verdicts.TryGetValue(host, out var verdicts) ? verdicts.Values.Select(v => v.Ad) : [];

    private Peer PeerOf(HostId host) => _peers.TryGetValue(host, out var peer) ? peer : _peers[host] = new();

    private void Put(HostId host, Peer peer, RouteAd ad)
    {
        var first = _told.GetValueOrDefault(ad.Prefix);
        if (Claim.Of(first, host, ad.Network) is { } claim)
        {
            if (claim.Ad == ad)
                return;
            claim.Ad = ad;
        }
        else
        {
            _told[ad.Prefix] = new() { Host = host, Ad = ad, Next = first };
            peer.Count++;
            if (first is null)
            {
                _prefixes.Add(ad.Prefix);
                _lengths[ad.Prefix.Length]++;
            }
        }

        _dirty.Add(ad.Prefix);
    }

    private void Remove(HostId host, Peer peer, RouteKey key)
    {
        var first = _told.GetValueOrDefault(key.Prefix);
        if (Claim.Of(first, host, key.Network) is not { } claim)
            return;
        peer.Count--;
        if (Claim.Without(first!, claim) is { } left)
        {
            _told[key.Prefix] = left;
        }
        else
        {
            _told.Remove(key.Prefix);
            _prefixes.Remove(key.Prefix);
            _lengths[key.Prefix.Length]--;
        }

        _gone.Add((host, key));
        _dirty.Add(key.Prefix);
    }

    /// <summary>Of more prefixes than a host may tell of, the first in their order count.</summary>
    private void Limit(HostId host, Peer peer)
    {
        if (peer.Count <= Basis.MaxPrefixes && peer.TooMany.Count == 0)
            return;
        var before = peer.TooMany;
        var keys = _told.Values.SelectMany(Claim.All).Where(c => c.Host == host).Select(c => c.Ad.Key);
        peer.TooMany = [.. keys.Order().Skip(Basis.MaxPrefixes)];
        Doubt(before.Except(peer.TooMany).Concat(peer.TooMany.Except(before)).Select(k => k.Prefix));
    }

    private void Keep(ObservedKernel kernel)
    {
        foreach (var route in kernel.Routes.Where(r => r.Metric == Ownership.PeerMetric))
            _kept.TryAdd(route.Destination, (route, OwnerOf(route.Destination)));
        _stillKept = null;
        Doubt(_kept.Keys);
    }

    private List<Prefix> KeptOf(HostId host) => [.. _kept.Where(k => k.Value.Owner == host).Select(k => k.Key)];

    /// <summary>A route that this node found in the kernel: whose it is now, and whether that host has spoken, decides.</summary>
    private Route? Kept(Prefix prefix)
    {
        if (!_kept.TryGetValue(prefix, out var kept) || !Basis.IsKnown)
            return null;
        var owner = OwnerOf(prefix);
        if (owner is null && Basis.IsKept)
            return kept.Route;
        if (owner is null || owner == Basis.View.Host.Id || (_peers.TryGetValue(owner.Value, out var peer) && peer.Heard))
        {
            _kept.Remove(prefix);
            _stillKept = null;
            return null;
        }

        _kept[prefix] = (kept.Route, owner);
        return kept.Route;
    }

    private HostId? OwnerOf(Prefix prefix)
    {
        foreach (var network in Basis.Catalogue.Networks.Values)
        {
            if (network.OwnerOf(prefix) is { } owner)
                return owner.Host;
        }

        return null;
    }

    private IEnumerable<Prefix> Affected(RouteDoubt doubt)
    {
        if (doubt.Block is not { } block)
        {
            foreach (var (prefix, claim) in _told)
            {
                if (Claim.All(claim).Any(c => c.Ad.Network == doubt.Network))
                    yield return prefix;
            }

            yield break;
        }

        foreach (var inside in _prefixes.GetViewBetween(block, Prefix.Single(block.Last)))
            yield return inside;
        for (var length = block.Length - 1; length >= 0; length--)
        {
            if (_lengths[length] > 0 && Prefix.Of(block.First, length) is var around && _told.ContainsKey(around))
                yield return around;
        }
    }

    private void Doubt(IEnumerable<Prefix> prefixes) => _dirty.UnionWith(prefixes);

    /// <summary>Judges what is in doubt.</summary>
    private RouteChanges Settle()
    {
        var (adds, removes) = (ImmutableArray.CreateBuilder<Route>(), ImmutableArray.CreateBuilder<Route>());
        var rejected = ImmutableArray.CreateBuilder<RouteVerdict>();
        var touched = new Dictionary<HostId, HashMap<RouteKey, RouteVerdict>.Builder>();
        foreach (var prefix in _dirty)
        {
            var right = Resolve(prefix, touched, rejected);
            var held = _desired.GetValueOrDefault(prefix);
            if (right == held)
                continue;
            if (held is not null)
                removes.Add(held);
            if (right is not null)
            {
                adds.Add(right);
                _desired[prefix] = right;
            }
            else
            {
                _desired.Remove(prefix);
            }
        }

        if (_dirty.Count > KeptRoom)
            _dirty = []; // it has held all there is
        _dirty.Clear();
        Show(touched);
        return new(adds.DrainToImmutable(), removes.DrainToImmutable(), rejected.DrainToImmutable());
    }

    /// <summary>The route that should stand for a prefix, if any.</summary>
    private Route? Resolve(
        Prefix prefix, Dictionary<HostId, HashMap<RouteKey, RouteVerdict>.Builder> touched, ImmutableArray<RouteVerdict>.Builder rejected)
    {
        RouteVerdict? winner = null;
        var first = _told.GetValueOrDefault(prefix);
        for (var claim = first; claim is not null; claim = claim.Next)
        {
            var verdict = claim.Verdict = Judge(claim.Host, claim.Ad);
            if (verdict.IsAccepted && (winner is null || Precedes(verdict, winner)))
                winner = verdict;
        }

        for (var claim = first; claim is not null; claim = claim.Next)
        {
            if (claim.Verdict is { IsAccepted: true } && !ReferenceEquals(claim.Verdict, winner))
                claim.Verdict = RouteVerdict.Rejected(claim.Host, claim.Ad, RejectCodes.PrefixHeld, $"host {winner!.Origin} holds the prefix at epoch {winner.Ad.Epoch}");
            Show(claim.Verdict!, touched, rejected);
        }

        return winner?.Route ?? Kept(prefix);
    }

    private RouteVerdict Judge(HostId host, RouteAd ad) => _peers[host].TooMany.Contains(ad.Key)
        ? RouteVerdict.Rejected(host, ad, RejectCodes.TooMany, $"host tells of more than {Basis.MaxPrefixes} prefixes")
        : _judge(host, ad, Basis);

    private static bool Precedes(RouteVerdict one, RouteVerdict other) =>
        (other.Ad.Epoch, one.Origin, one.Ad.Network).CompareTo((one.Ad.Epoch, other.Origin, other.Ad.Network)) < 0;

    private void Show(
        RouteVerdict verdict, Dictionary<HostId, HashMap<RouteKey, RouteVerdict>.Builder> touched, ImmutableArray<RouteVerdict>.Builder rejected)
    {
        var shown = Shown(verdict.Origin, touched);
        if (!verdict.IsAccepted && !RejectCodes.IsState(verdict.Code))
        {
            shown.TryGetValue(verdict.Ad.Key, out var before);
            if ((before?.Ad, before?.Code) != (verdict.Ad, verdict.Code))
                rejected.Add(verdict);
        }

        shown[verdict.Ad.Key] = verdict;
    }

    private HashMap<RouteKey, RouteVerdict>.Builder Shown(HostId host, Dictionary<HostId, HashMap<RouteKey, RouteVerdict>.Builder> touched) =>
        touched.TryGetValue(host, out var shown)
            ? shown
            : touched[host] = (Verdicts.GetValueOrDefault(host) ?? HashMap<RouteKey, RouteVerdict>.Empty).ToBuilder();

    private void Show(Dictionary<HostId, HashMap<RouteKey, RouteVerdict>.Builder> touched)
    {
        foreach (var (host, key) in _gone)
        {
            if (Claim.Of(_told.GetValueOrDefault(key.Prefix), host, key.Network) is null)
                Shown(host, touched).Remove(key);
        }

        _gone.Clear();
        foreach (var (host, shown) in touched)
            Verdicts = Verdicts.SetItem(host, shown.ToImmutable());
    }

    private sealed class Peer
    {
        public int Count { get; set; }

        public HashSet<RouteKey> TooMany { get; set; } = [];

        public bool Heard { get; set; }
    }

    /// <summary>Who tells of a prefix, and the next who does; there is seldom more than one.</summary>
    private sealed class Claim
    {
        public required HostId Host { get; init; }

        public required RouteAd Ad { get; set; }

        public Claim? Next { get; set; }

        /// <summary>As it was judged last.</summary>
        public RouteVerdict? Verdict { get; set; }

        public static Claim? Of(Claim? first, HostId host, NetworkId network)
        {
            while (first is not null && (first.Host != host || first.Ad.Network != network))
                first = first.Next;
            return first;
        }

        public static IEnumerable<Claim> All(Claim first)
        {
            for (var claim = first; claim is not null; claim = claim.Next)
                yield return claim;
        }

        /// <returns>The first that is left.</returns>
        public static Claim? Without(Claim first, Claim gone)
        {
            if (ReferenceEquals(first, gone))
                return first.Next;
            var before = first;
            while (!ReferenceEquals(before.Next, gone))
                before = before.Next!;
            before.Next = gone.Next;
            return first;
        }
    }
}
