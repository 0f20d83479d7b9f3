using System.Collections.Immutable;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Feeds;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Mesh.Mapping;
using IpvlanActors.Runtime.Routes;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>From the registry on this host: let everybody know.</summary>
internal sealed record PublishCatalogue(Catalogue Catalogue) : INoSerializationVerificationNeeded;

/// <summary>
/// Tells every other host this host's routes, and the catalogue if the registry runs here; keeps copies of what others tell.
/// A change goes at once and straight to all; the digest goes round by gossip, so that whoever missed it (a late joiner, the
/// other side of a partition) notices and asks: the writer, or, when that is out of reach, anybody.
/// </summary>
/// <param name="host">In the host system: where what others tell goes.</param>
internal sealed class FeedsActor(HostId self, IActorRef host) : UntypedActor, IWithTimers, IWithStash
{
    public const string Name = "feeds";

    /// <summary>More than a host may have prefixes anywhere, and far less than would fill the memory of all others.</summary>
    private const int MaxRoutes = 100_000;
    private const int MaxCatalogue = 1_000_000;

    /// <summary>Changes that follow each other closely need one digest: the changes themselves have gone already.</summary>
    private static readonly TimeSpan DigestAfter = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

    private readonly FeedMembers _members = new(Cluster.Get(Context.System));
    private readonly FeedOutbox _outbox = new(Context, Name);
    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<FeedId, Feed> _own = [];
    private readonly Dictionary<FeedId, FeedReader> _copies = [];
    private readonly Dictionary<(FeedId Feed, Address From), FeedAssembly> _assemblies = [];
    private readonly Dictionary<FeedId, AskedFor> _asked = [];

    private readonly Dictionary<(FeedId Feed, Address To), FeedTelling> _told = [];

    /// <summary>The look before which something of a feed came last.</summary>
    private readonly Dictionary<FeedId, long> _moved = [];
    private long _looks;
    private readonly HashSet<FeedId> _undigested = [];
    private Catalogue _catalogue = Catalogue.Empty;
    private bool _admitted;

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    protected override void PreStart()
    {
        _members.Subscribe(Self);
        Follow(FeedId.Catalogue, MaxCatalogue);
        Timers.StartPeriodicTimer("ask", Look.Instance, AskEvery);
    }

    protected override void PostStop() => _members.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Admitted:
                _admitted = true;
                Stash.UnstashAll();
                break;
            case not null when !_admitted:
                Stash.Stash();
                break;
            case OwnRoutes own:
                Publish(own);
                break;
            case PublishCatalogue publish:
                Publish(publish.Catalogue);
                break;
            case FeedTold told:
                Receive(told.Part, Sender.Path.Address);
                break;
            case FeedRequest request:
                Answer(request, Sender.Path.Address);
                break;
            case Changed { Key: GossipedDigestKey key } changed when _copies.TryGetValue(key.Feed, out var copy):
                _copies[key.Feed] = copy.Learn(changed.Get(key).Digest);
                AskFor(key.Feed, isLook: false);
                break;
            case Digest:
                GossipDigests();
                break;
            case Look:
                _looks++;
                foreach (var feed in _copies.Keys)
                    AskFor(feed, isLook: true);
                break;
            case Pace:
                _outbox.GoOn();
                PaceIfNeeded();
                break;
            case ClusterEvent.MemberRemoved removed:
                foreach (var key in _assemblies.Keys.Where(k => k.From == removed.Member.Address).ToList())
                    _assemblies.Remove(key);
                foreach (var key in _told.Keys.Where(k => k.To == removed.Member.Address).ToList())
                    _told.Remove(key);
                break;
            case ClusterEvent.MemberStatusChange met:
                Met(met.Member);
                break;
            case ClusterEvent.ReachableMember reachable:
                Met(reachable.Member);
                break;
            case IUpdateResponse or ClusterEvent.IClusterDomainEvent or Changed:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Publish(OwnRoutes own)
    {
        var feed = FeedId.Routes(self);
        var mark = new FeedMark(own.Incarnation, own.Version);
        if (_own.TryGetValue(feed, out var held) && held.Mark == mark with { Version = own.Version - 1 })
        {
            Tell(feed, held, own.Version, [.. own.Told.Select(RouteItems.Put), .. own.Withdrawn.Select(RouteItems.Drop)]);
            return;
        }

        Start(feed, Feed.Start(mark, [.. own.All.Values.Select(RouteItems.Put)]));
    }

    private void Publish(Catalogue catalogue)
    {
        var changes = CatalogueItems.Changes(_catalogue, catalogue);
        if (!_own.TryGetValue(FeedId.Catalogue, out var held))
            Start(FeedId.Catalogue, Feed.Start(new(0, catalogue.Version), CatalogueItems.Changes(Catalogue.Empty, catalogue)));
        else if (catalogue.Version > held.Mark.Version)
            Tell(FeedId.Catalogue, held, catalogue.Version, changes);
        else
            return;
        _catalogue = catalogue;
        host.Tell(new CatalogueUpdate(catalogue));
        FollowHosts(catalogue);
    }

    private void Tell(FeedId id, Feed held, long version, ImmutableArray<FeedChange> changes)
    {
        var (next, delta) = held.Change(version, changes);
        _own[id] = next;
        foreach (var part in FeedPart.Split(id, next.Digest, delta))
            SendAll(part);
        GossipSoon(id);
    }

    private void Start(FeedId id, Feed feed)
    {
        _own[id] = feed;
        SendAll(FeedPart.Announcement(id, feed.Digest));
        GossipSoon(id);
    }

    private void SendAll(FeedPart part)
    {
        var told = new FeedTold(part);
        foreach (var member in _members.Reachable())
            Send(member.Address, told);
        PaceIfNeeded();
    }

    private void Send(Address to, FeedTold told)
    {
        _told[(told.Part.Feed, to)] = ToldTo(told.Part.Feed, to) with { To = told.Part.Digest.Mark };
        _outbox.Send(to, told);
    }

    private FeedTelling ToldTo(FeedId feed, Address member) => _told.GetValueOrDefault((feed, member), FeedTelling.Nothing);

    private void PaceIfNeeded()
    {
        if (_outbox.IsOpen && !Timers.IsTimerActive(Pace.Instance))
            Timers.StartSingleTimer(Pace.Instance, Pace.Instance, FeedOutbox.Every);
    }

    private void GossipSoon(FeedId feed)
    {
        _undigested.Add(feed);
        if (!Timers.IsTimerActive(Digest.Instance))
            Timers.StartSingleTimer(Digest.Instance, Digest.Instance, DigestAfter);
    }

    private void GossipDigests()
    {
        foreach (var feed in _undigested)
        {
            var digest = new GossipedDigest(_own[feed].Digest);
            _replicator.Tell(Dsl.Update(GossipedDigestKey.Of(feed), GossipedDigest.None, Dsl.WriteLocal, old => old.Merge(digest)));
        }

        _undigested.Clear();
    }

    /// <summary>The newcomer hears how new our feeds are now, not with the next gossip; its own is followed from now on.</summary>
    private void Met(Member member)
    {
        if (MemberRoles.HostOf(member) is { } peer)
            Follow(peer);
        if (_members.IsSelf(member))
            return;
        foreach (var (id, feed) in _own)
            Send(member.Address, new FeedTold(FeedPart.Announcement(id, feed.Digest)));
        PaceIfNeeded();
    }

    private void FollowHosts(Catalogue catalogue)
    {
        foreach (var peer in catalogue.Hosts.Keys)
            Follow(peer);
    }

    private void Follow(HostId peer)
    {
        if (peer != self)
            Follow(FeedId.Routes(peer), MaxRoutes);
    }

    private void Follow(FeedId feed, int limit)
    {
        if (_copies.TryAdd(feed, FeedReader.New(limit)))
            _replicator.Tell(Dsl.Subscribe(GossipedDigestKey.Of(feed), Self));
    }

    private void Answer(FeedRequest request, Address asker)
    {
        var feed = _own.GetValueOrDefault(request.Feed) ?? _copies.GetValueOrDefault(request.Feed)?.Held ?? Feed.Nothing;
        var told = _own.ContainsKey(request.Feed) ? ToldTo(request.Feed, asker) : FeedTelling.Nothing;
        if (feed.Answer(request.Have, request.Seen, told) is not { } delta)
            return;
        _told[(request.Feed, asker)] = told.With(delta, request.Have);
        foreach (var part in FeedPart.Split(request.Feed, feed.Digest, delta))
            Send(asker, new FeedTold(part));
        PaceIfNeeded();
    }

    private void Receive(FeedPart part, Address from)
    {
        if (_own.TryGetValue(part.Feed, out var own) && !HasMoved(part, own, from))
            return;
        if (!_copies.TryGetValue(part.Feed, out var copy))
            return;
        _moved[part.Feed] = _looks;
        if (_members.IsWriter(part.Feed, from))
            _copies[part.Feed] = copy = copy.Pass(part);
        var (next, whole) = _assemblies.GetValueOrDefault((part.Feed, from), FeedAssembly.Nothing).Add(part, copy.Limit);
        if (next == FeedAssembly.Nothing)
            _assemblies.Remove((part.Feed, from));
        else
            _assemblies[(part.Feed, from)] = next;
        if (whole is not null)
            Take(part.Feed, copy, whole, part.Digest, from);
    }

    /// <summary>The registry runs elsewhere now, and knows more: this host is one of those who copy it.</summary>
    private bool HasMoved(FeedPart part, Feed own, Address from)
    {
        if (part.Feed != FeedId.Catalogue || part.Digest.Mark.CompareTo(own.Mark) <= 0 || !_members.IsWriter(part.Feed, from))
            return false;
        _copies[part.Feed] = FeedReader.New(MaxCatalogue) with { Held = own with { Recent = [] } };
        return _own.Remove(part.Feed);
    }

    private void Take(FeedId feed, FeedReader copy, FeedDelta delta, FeedDigest says, Address from)
    {
        var (next, outcome, changes) = copy.Take(delta, says, _members.IsWriter(feed, from));
        _copies[feed] = next;
        if (outcome == FeedOutcome.Taken)
            TellHost(feed, isFirst: copy.Held == Feed.Nothing, next.Held, changes);
        else if (outcome is FeedOutcome.Broken or FeedOutcome.TooLarge or FeedOutcome.Unproven)
            host.Tell(new FeedRefused(feed, says.Mark, outcome, from.ToString()));
        AskFor(feed, isLook: false);
    }

    private void TellHost(FeedId feed, bool isFirst, Feed held, ImmutableArray<FeedChange> changes)
    {
        if (feed.Host is { } peer)
        {
            host.Tell(RoutesHeard.Read(peer, isFirst, changes));
            return;
        }

        try
        {
            _catalogue = CatalogueItems.Apply(_catalogue, held.Mark.Version, changes);
            host.Tell(new CatalogueUpdate(_catalogue));
            FollowHosts(_catalogue);
        }
        catch (SerializationException e)
        {
            _log.Error(e, "the registry's catalogue {Version} cannot be read, so what was known stays: the registry's host may run a newer version; upgrade this one.", held.Mark);
            _copies[feed] = FeedReader.New(MaxCatalogue);
            _catalogue = Catalogue.Empty;
        }
    }

    /// <summary>
    /// At once when something is known to be missing, and for the same again less and less often: others may not have it either.
    /// But what is known by its digest alone is mostly on its way, as long as anything comes.
    /// </summary>
    private void AskFor(FeedId feed, bool isLook)
    {
        var copy = _copies[feed];
        if (_own.ContainsKey(feed) || copy.Wants is not { } have)
        {
            _asked.Remove(feed);
            return;
        }

        var asked = _asked.GetValueOrDefault(feed) is { } before && before.Have == have && before.WithGap == copy.HasGap ? before : null;
        if (asked is null ? IsMoving(feed) && !copy.HasGap : !isLook || IsComing(feed) || --asked.Skip > 0)
            return;
        var times = asked is null ? 0 : asked.Times + 1;
        _asked[feed] = new() { Have = have, WithGap = copy.HasGap, Times = times, Skip = Math.Min(1 << Math.Min(times, 5), 30) };
        if (_members.WhomToAsk(feed, times) is { } member)
            _outbox.Send(member.Address, new FeedRequest(feed, have, copy.Seen));
        PaceIfNeeded();
    }

    /// <summary>A part of much has come.</summary>
    private bool IsComing(FeedId feed) => IsMoving(feed) && _assemblies.Keys.Any(a => a.Feed == feed);

    private bool IsMoving(FeedId feed) => _moved.TryGetValue(feed, out var look) && _looks - look <= 1;

    private sealed class AskedFor
    {
        public required FeedMark Have { get; init; }

        public required bool WithGap { get; init; }

        public required int Times { get; init; }

        /// <summary>So many looks before it is asked for again.</summary>
        public required int Skip { get; set; }
    }

    private sealed class Digest : INoSerializationVerificationNeeded
    {
        public static readonly Digest Instance = new();
    }

    private sealed class Pace : INoSerializationVerificationNeeded
    {
        public static readonly Pace Instance = new();
    }

    private sealed class Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }
}
