using Akka.DistributedData;
using IpvlanActors.Domain.Feeds;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>One message of a delta, from the feed's writer or from whoever passes it on.</summary>
public sealed record FeedTold(FeedPart Part) : IMeshMessage
{
    /// <summary>As it goes to the first member; to all others go the same bytes.</summary>
    internal byte[]? Encoded { get; set; }

    public bool Equals(FeedTold? other) => other is not null && Part.Equals(other.Part);

    public override int GetHashCode() => Part.GetHashCode();
}

/// <summary>Answered by <see cref="FeedTold"/>s if there is anything newer than <paramref name="Have"/>.</summary>
/// <param name="Seen">As in <see cref="FeedReader.Seen"/>; null: an older version asks.</param>
public sealed record FeedRequest(FeedId Feed, FeedMark Have, FeedMark? Seen) : IMeshMessage;

/// <summary>
/// How new a feed is, and what proves it. This, and not the feed, goes round by gossip: whoever sees one newer than what it
/// holds asks for the rest. Merging takes the larger, so neither order nor repetition nor any clock matters.
/// </summary>
public sealed record GossipedDigest(FeedDigest Digest) : IReplicatedData<GossipedDigest>
{
    public static GossipedDigest None { get; } = new(FeedDigest.None);

    public GossipedDigest Merge(GossipedDigest other) => other.Digest.CompareTo(Digest) > 0 ? other : this;

    public IReplicatedData Merge(IReplicatedData other) => Merge((GossipedDigest)other);
}

/// <summary>The key of one feed's <see cref="GossipedDigest"/>.</summary>
public sealed class GossipedDigestKey(string feed) : Key<GossipedDigest>(Prefix + feed)
{
    private const string Prefix = "feed/";

    public FeedId Feed => new(Id[Prefix.Length..]);

    public static GossipedDigestKey Of(FeedId feed) => new(feed.Name);
}
