using System.Collections.Immutable;

namespace IpvlanActors.Domain.Feeds;

/// <summary>Which state of a feed: of two, the one with the larger (incarnation, version) is the newer.</summary>
/// <param name="Incarnation">Counts the writer's starts; 0 where versions never start over.</param>
/// <param name="Version">Counts changes in that incarnation. At version 0 every feed is empty.</param>
public readonly record struct FeedMark(long Incarnation, long Version) : IComparable<FeedMark>
{
    /// <summary>Of whoever has heard nothing.</summary>
    public static FeedMark None { get; } = new(-1, 0);

    public int CompareTo(FeedMark other) => (Incarnation, Version).CompareTo((other.Incarnation, other.Version));

    public override string ToString() => $"{Incarnation}.{Version}";
}

/// <summary>
/// What proves a state of a feed, in a few bytes. Of two digests with one mark (a writer that was copied) the larger count
/// and hash is taken, so that everybody takes the same one.
/// </summary>
public sealed record FeedDigest(FeedMark Mark, int Count, Octets Hash) : IComparable<FeedDigest>
{
    public static FeedDigest None { get; } = new(FeedMark.None, 0, FeedContent.Empty.Hash);

    public int CompareTo(FeedDigest? other) => other is null
        ? 1
        : (Mark, Count, Hash).CompareTo((other.Mark, other.Count, other.Hash));
}

/// <summary>What leads from one version of an incarnation to a later one.</summary>
/// <param name="From">0: from nothing, so it is the whole feed, and needs nothing that was there before.</param>
public sealed record FeedDelta(long Incarnation, long From, long To, ImmutableArray<FeedChange> Changes)
{
    public FeedMark Mark => new(Incarnation, To);

    /// <summary>It says how far the feed is, and nothing else.</summary>
    public bool IsAnnouncement => From == To && Changes.IsEmpty;
}

/// <summary>
/// What a feed's writer has told to one reader, in this order. It is not told again while it may be on its way: where it leads to is
/// said instead, which comes after it, so whoever lacks something then knows that it is lost, and asks again.
/// </summary>
/// <param name="To">The newest mark.</param>
/// <param name="Asked">The mark of its last request, if what it lacked was told to it since.</param>
public sealed record FeedTelling(FeedMark To, FeedMark? Asked)
{
    public static FeedTelling Nothing { get; } = new(FeedMark.None, null);

    public bool MayBeOnItsWay(FeedMark have, FeedMark seen) =>
        Asked == have || (To.CompareTo(seen) > 0 && seen.CompareTo(have) <= 0);

    /// <summary>A request was answered.</summary>
    public FeedTelling With(FeedDelta answer, FeedMark have) => this with { Asked = answer.IsAnnouncement ? null : have };
}

/// <summary>
/// A set of items that one writer changes and all others copy: a host's routes, the registry's catalogue. Whoever has a copy
/// can give it to others, as the digest proves it; loss, repetition and restarts heal by comparing digests.
/// </summary>
/// <param name="Recent">The last changes, for those who are only a little behind; kept by the writer.</param>
public sealed record Feed(FeedMark Mark, FeedContent Content, ImmutableArray<FeedDelta> Recent)
{
    /// <summary>Of the last changes so many deltas are kept, and so many changes but for those of the last delta; who needs more is told the whole.</summary>
    private const int MaxRecent = 64;
    private const int MaxRecentChanges = 20_000;

    public static Feed Nothing { get; } = new(FeedMark.None, FeedContent.Empty, []);

    public FeedDigest Digest => new(Mark, Content.Count, Content.Hash);

    /// <summary>The writer starts, or starts again, with a state that it already had.</summary>
    public static Feed Start(FeedMark mark, IReadOnlyCollection<FeedChange> items) => new(mark, FeedContent.Empty.With(items), []);

    /// <summary>The writer goes on to a later version.</summary>
    public (Feed Next, FeedDelta Delta) Change(long version, ImmutableArray<FeedChange> changes)
    {
        if (version <= Mark.Version)
            throw new ArgumentOutOfRangeException(nameof(version), version, $"A feed at version {Mark.Version} does not go back.");
        var delta = new FeedDelta(Mark.Incarnation, Mark.Version, version, changes);
        return (new(delta.Mark, Content.With(changes), WithLast(delta)), delta);
    }

    /// <summary>What to say to whoever asks; none: it has all there is.</summary>
    /// <param name="seen">The newest mark that has come to the asker in the order of telling; null: an older version asks, which does not say.</param>
    /// <param name="told">What was told to it.</param>
    public FeedDelta? Answer(FeedMark have, FeedMark? seen, FeedTelling told)
    {
        if (Mark.CompareTo(have) <= 0)
            return null;
        return Since(seen is { } last && told.MayBeOnItsWay(have, last) ? Mark : have);
    }

    /// <summary>What whoever is at this mark lacks. The whole, where that is less or the way from there is not known.</summary>
    public FeedDelta Since(FeedMark have)
    {
        var whole = new FeedDelta(Mark.Incarnation, 0, Mark.Version, []);
        var first = IndexOf(have);
        if (have == Mark)
            return whole with { From = Mark.Version };
        if (first >= 0 && Recent.Skip(first).Sum(d => d.Changes.Length) <= Math.Max(Content.Count, 1))
        {
            var changes = new Dictionary<Octets, Octets?>();
            foreach (var change in Recent.Skip(first).SelectMany(d => d.Changes))
                changes[change.Key] = change.Value;
            return whole with { From = have.Version, Changes = [.. changes.Select(c => new FeedChange(c.Key, c.Value))] };
        }

        return whole with { Changes = [.. Content.Items.Select(i => new FeedChange(i.Key, i.Value))] };
    }

    /// <returns>None if the delta does not begin where this copy is.</returns>
    public Feed? Apply(FeedDelta delta)
    {
        if (delta.From == 0)
            return new(delta.Mark, FeedContent.Empty.With(delta.Changes), []);
        return new FeedMark(delta.Incarnation, delta.From) == Mark
            ? new(delta.Mark, Content.With(delta.Changes), [])
            : null;
    }

    private ImmutableArray<FeedDelta> WithLast(FeedDelta delta)
    {
        var (from, changes) = (Recent.Length, delta.Changes.Length);
        while (from > 0 && Recent.Length - from + 1 < MaxRecent && changes + Recent[from - 1].Changes.Length <= MaxRecentChanges)
            changes += Recent[--from].Changes.Length;
        return [.. Recent.AsSpan(from..), delta];
    }

    private int IndexOf(FeedMark from)
    {
        for (var n = 0; n < Recent.Length; n++)
        {
            if (new FeedMark(Recent[n].Incarnation, Recent[n].From) == from)
                return n;
        }

        return -1;
    }
}
