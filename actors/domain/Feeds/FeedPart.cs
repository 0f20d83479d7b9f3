using System.Collections.Immutable;

namespace IpvlanActors.Domain.Feeds;

/// <summary>Which feed: <c>catalogue</c>, or <c>routes/HOSTID</c>.</summary>
public readonly record struct FeedId(string Name)
{
    private const string RoutesPrefix = "routes/";

    public static FeedId Catalogue { get; } = new("catalogue");

    /// <summary>Whose routes; none if it is another feed.</summary>
    public Addressing.HostId? Host =>
        Name.StartsWith(RoutesPrefix, StringComparison.Ordinal) && Addressing.HostId.TryParse(Name[RoutesPrefix.Length..], out var host) ? host : null;

    public static FeedId Routes(Addressing.HostId host) => new(RoutesPrefix + host);

    public override string ToString() => Name;
}

/// <summary>
/// A delta, or one of several messages that are one delta together: large messages would hold up heartbeats on the same
/// connection, and members would be taken for dead.
/// </summary>
/// <param name="Digest">Of the feed once the whole delta has been applied.</param>
/// <param name="From">As in <see cref="FeedDelta"/>. With no change to the digest's own version: an announcement of it.</param>
/// <param name="Number">From 0 to <paramref name="Count"/> - 1, sent in this order.</param>
public sealed record FeedPart(
    FeedId Feed, FeedDigest Digest, long From, int Number, int Count, ImmutableArray<FeedChange> Changes)
{
    public const int MaxChanges = 2_000;
    public const int MaxBytes = 32_000;

    /// <summary>What a change takes beside its own bytes.</summary>
    private const int Frame = 8;

    public static ImmutableArray<FeedPart> Split(FeedId feed, FeedDigest digest, FeedDelta delta)
    {
        var shares = new List<ImmutableArray<FeedChange>>();
        var (start, bytes) = (0, 0);
        for (var n = 0; n < delta.Changes.Length; n++)
        {
            var more = delta.Changes[n].Bytes + Frame;
            if (n > start && (n - start == MaxChanges || bytes + more > MaxBytes))
            {
                shares.Add(delta.Changes[start..n]);
                (start, bytes) = (n, 0);
            }

            bytes += more;
        }

        shares.Add(delta.Changes[start..]);
        return [.. shares.Select((share, n) => new FeedPart(feed, digest, delta.From, n, shares.Count, share))];
    }

    public static FeedPart Announcement(FeedId feed, FeedDigest digest) => new(feed, digest, digest.Mark.Version, 0, 1, []);

    public bool Equals(FeedPart? other) =>
        other is not null && (Feed, Digest, From, Number, Count) == (other.Feed, other.Digest, other.From, other.Number, other.Count)
        && Changes.SequenceEqual(other.Changes);

    public override int GetHashCode() => HashCode.Combine(Feed, Digest, From, Number);
}

/// <summary>Parts of one delta from one sender, as far as they have come.</summary>
public sealed record FeedAssembly(ImmutableList<FeedPart> Parts)
{
    public static FeedAssembly Nothing { get; } = new([]);

    /// <summary>
    /// Takes the next part. One that does not continue what is there is a new beginning, or, since something before it was
    /// lost, is dropped: the digest brings the whole again.
    /// </summary>
    /// <param name="limit">More changes than a feed may have items are not kept.</param>
    public (FeedAssembly Next, FeedDelta? Whole) Add(FeedPart part, int limit)
    {
        if (part.Number != 0 && !Continues(part))
            return (Nothing, null);
        var parts = part.Number == 0 ? [part] : Parts.Add(part);
        if (parts.Sum(p => p.Changes.Length) > 2L * limit)
            return (Nothing, null);
        if (parts.Count < part.Count)
            return (new(parts), null);
        var changes = part.Count == 1 ? part.Changes : [.. parts.SelectMany(p => p.Changes)];
        return (Nothing, new(part.Digest.Mark.Incarnation, part.From, part.Digest.Mark.Version, changes));
    }

    private bool Continues(FeedPart part) =>
        Parts.Count == part.Number && Parts[^1] is var last
        && (last.Feed, last.Digest, last.From, last.Count) == (part.Feed, part.Digest, part.From, part.Count);
}
