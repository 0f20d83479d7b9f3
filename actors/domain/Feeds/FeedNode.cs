using System.Collections.Immutable;
using System.Security.Cryptography;

namespace IpvlanActors.Domain.Feeds;

/// <summary>A part of a <see cref="FeedContent"/>; never changed, shared between contents.</summary>
internal abstract class FeedNode
{
    public abstract int Count { get; }

    public abstract byte[] Hash { get; }

    public abstract IEnumerable<FeedItem> Items { get; }

    public abstract Octets? Find(ushort place, Octets key);

    public static ushort PlaceOf(Octets key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key.Span, hash);
        return (ushort)((hash[0] << 8) | hash[1]);
    }

    /// <summary>In the order of the tree, one per key.</summary>
    public static Placed[] Place(IReadOnlyCollection<FeedChange> changes)
    {
        var last = new Dictionary<Octets, Octets?>(changes.Count);
        foreach (var change in changes)
            last[change.Key] = change.Value;
        var placed = new Placed[last.Count];
        var n = 0;
        foreach (var (key, value) in last)
            placed[n++] = new(PlaceOf(key), key, value);
        Array.Sort(placed);
        return placed;
    }

    public static void Differences(FeedNode? from, FeedNode? to, ImmutableArray<FeedChange>.Builder changes)
    {
        if (from is not null && to is not null && from.Hash.AsSpan().SequenceEqual(to.Hash))
            return;
        if (from is FeedBranch or null && to is FeedBranch or null)
        {
            FeedBranch.Differences((FeedBranch?)from, (FeedBranch?)to, changes);
            return;
        }

        var left = (from?.Items ?? []).ToDictionary(i => i.Key, i => i.Value);
        foreach (var item in to?.Items ?? [])
        {
            if (!left.Remove(item.Key, out var old) || old != item.Value)
                changes.Add(new(item.Key, item.Value));
        }

        foreach (var gone in left.Keys)
            changes.Add(new(gone, null));
    }

    internal readonly record struct Placed(ushort Place, Octets Key, Octets? Value) : IComparable<Placed>
    {
        public int CompareTo(Placed other) => Place.CompareTo(other.Place) is var order and not 0 ? order : Key.CompareTo(other.Key);
    }
}

/// <summary>Up to 256 children, by one byte of the place; only those that hold something.</summary>
internal sealed class FeedBranch : FeedNode
{
    private const int Leaves = 2;

    private readonly byte[] _slots;
    private readonly FeedNode[] _children;

    private FeedBranch(byte[] slots, FeedNode[] children)
    {
        (_slots, _children) = (slots, children);
        Count = children.Sum(c => c.Count);
        var bytes = new byte[1 + (slots.Length * (1 + SHA256.HashSizeInBytes))];
        bytes[0] = 1; // no leaf's bytes begin so
        var at = 1;
        for (var n = 0; n < slots.Length; n++)
        {
            bytes[at] = slots[n];
            children[n].Hash.CopyTo(bytes, at + 1);
            at += 1 + SHA256.HashSizeInBytes;
        }

        Hash = SHA256.HashData(bytes);
    }

    public override int Count { get; }

    public override byte[] Hash { get; }

    public override IEnumerable<FeedItem> Items => _children.SelectMany(c => c.Items);

    public override Octets? Find(ushort place, Octets key)
    {
        var child = Child((byte)(place >> 8));
        return child?.Find((ushort)(place << 8), key);
    }

    /// <returns>None if nothing is left.</returns>
    public static FeedBranch? Change(FeedBranch? old, int depth, ReadOnlySpan<Placed> changes)
    {
        var slots = new List<byte>((old?._slots.Length ?? 0) + 1);
        var children = new List<FeedNode>(slots.Capacity);
        var kept = 0;
        while (!changes.IsEmpty)
        {
            var slot = SlotOf(changes[0], depth);
            var length = 1;
            while (length < changes.Length && SlotOf(changes[length], depth) == slot)
                length++;
            kept = Keep(old, kept, slot, slots, children);
            var there = old is not null && kept < old._slots.Length && old._slots[kept] == slot ? old._children[kept++] : null;
            FeedNode? child = depth + 1 == Leaves
                ? FeedLeaf.Change(there as FeedLeaf, changes[..length])
                : Change(there as FeedBranch, depth + 1, changes[..length]);
            if (child is not null)
            {
                slots.Add(slot);
                children.Add(child);
            }

            changes = changes[length..];
        }

        Keep(old, kept, 256, slots, children);
        return slots.Count == 0 ? null : new([.. slots], [.. children]);
    }

    public static void Differences(FeedBranch? from, FeedBranch? to, ImmutableArray<FeedChange>.Builder changes)
    {
        foreach (var slot in (from?._slots ?? []).Union(to?._slots ?? []))
            Differences(from?.Child(slot), to?.Child(slot), changes);
    }

    private static int Keep(FeedBranch? old, int from, int below, List<byte> slots, List<FeedNode> children)
    {
        for (; old is not null && from < old._slots.Length && old._slots[from] < below; from++)
        {
            slots.Add(old._slots[from]);
            children.Add(old._children[from]);
        }

        return from;
    }

    private static byte SlotOf(Placed change, int depth) => (byte)(change.Place >> (8 * (Leaves - 1 - depth)));

    private FeedNode? Child(byte slot) => Array.BinarySearch(_slots, slot) is var n and >= 0 ? _children[n] : null;
}

/// <summary>Items of one place, by key: one or two, unless somebody chose keys that fall together.</summary>
internal sealed class FeedLeaf : FeedNode
{
    private readonly FeedItem[] _items;

    private FeedLeaf(FeedItem[] items)
    {
        _items = items;
        var bytes = new byte[items.Sum(i => (2 * sizeof(int)) + i.Key.Length + i.Value.Length)];
        var at = 0;
        foreach (var item in items)
        {
            at += Write(item.Key, bytes.AsSpan(at));
            at += Write(item.Value, bytes.AsSpan(at));
        }

        Hash = SHA256.HashData(bytes);
    }

    public override int Count => _items.Length;

    public override byte[] Hash { get; }

    public override IEnumerable<FeedItem> Items => _items;

    public override Octets? Find(ushort place, Octets key)
    {
        foreach (var item in _items)
        {
            if (item.Key == key)
                return item.Value;
        }

        return null;
    }

    public static FeedLeaf? Change(FeedLeaf? old, ReadOnlySpan<Placed> changes)
    {
        var items = new List<FeedItem>(changes.Length);
        var kept = 0;
        foreach (var change in changes)
        {
            kept = Keep(old, kept, change.Key, items);
            if (old is not null && kept < old._items.Length && old._items[kept].Key == change.Key)
                kept++;
            if (change.Value is { } value)
                items.Add(new(change.Key, value));
        }

        Keep(old, kept, null, items);
        return items.Count == 0 ? null : new([.. items]);
    }

    private static int Keep(FeedLeaf? old, int from, Octets? below, List<FeedItem> items)
    {
        for (; old is not null && from < old._items.Length && (below is null || old._items[from].Key.CompareTo(below.Value) < 0); from++)
            items.Add(old._items[from]);
        return from;
    }

    /// <summary>With its length before it, in four bytes of which the first is never 1: that is a branch.</summary>
    private static int Write(Octets octets, Span<byte> to)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(to, octets.Length);
        octets.Span.CopyTo(to[sizeof(int)..]);
        return sizeof(int) + octets.Length;
    }
}
