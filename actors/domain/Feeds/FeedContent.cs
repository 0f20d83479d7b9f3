using System.Collections.Immutable;
using System.Security.Cryptography;

namespace IpvlanActors.Domain.Feeds;

/// <summary>One thing that a feed says. Neither side of a feed reads it: what it means is its users' business.</summary>
public readonly record struct FeedItem(Octets Key, Octets Value);

/// <param name="Value">None: the item goes.</param>
public readonly record struct FeedChange(Octets Key, Octets? Value)
{
    public int Bytes => Key.Length + (Value?.Length ?? 0);
}

/// <summary>
/// The items of a feed under a hash that proves all of them. A tree of two levels, by the first two bytes of each key's
/// SHA-256: one change hashes one leaf, one branch and the root, however many items there are, and two contents differ
/// only below where their hashes do. Not a sum of item hashes, which whoever relays the items could hit by choosing some.
/// </summary>
public sealed class FeedContent
{
    private readonly FeedNode? _root;

    private FeedContent(FeedNode? root)
    {
        _root = root;
        Hash = root is null ? Octets.Of(SHA256.HashData([])) : Octets.Of(root.Hash);
    }

    public static FeedContent Empty { get; } = new(null);

    public int Count => _root?.Count ?? 0;

    /// <summary>32 bytes; equal for equal items, whatever the way to them.</summary>
    public Octets Hash { get; }

    public IEnumerable<FeedItem> Items => _root?.Items ?? [];

    public Octets? Find(Octets key) => _root?.Find(FeedNode.PlaceOf(key), key);

    /// <summary>Of several changes to one key the last counts.</summary>
    public FeedContent With(IReadOnlyCollection<FeedChange> changes) => changes.Count == 0
        ? this
        : new(FeedBranch.Change(_root as FeedBranch, 0, FeedNode.Place(changes)));

    /// <summary>What makes the other content of this one.</summary>
    public ImmutableArray<FeedChange> To(FeedContent other)
    {
        var changes = ImmutableArray.CreateBuilder<FeedChange>();
        FeedNode.Differences(_root, other._root, changes);
        return changes.ToImmutable();
    }
}
