using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace IpvlanActors.Domain.Feeds;

/// <summary>A part of a <see cref="FeedContent"/>; never changed, shared between contents.</summary>
internal abstract class FeedNode
{
    public abstract int Count { get; }

    public abstract ReadOnlySpan<byte> Hash { get; }

    public abstract IEnumerable<FeedItem> Items { get; }

    public abstract Octets? Find(ushort place, Octets key);

    public static ushort PlaceOf(Octets key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key.Span, hash);
        return (ushort)((hash[0] << 8) | hash[1]);
    }

    /// <summary>In the order of the tree, one per key: the last.</summary>
    public static ReadOnlySpan<Placed> Place(IReadOnlyCollection<FeedChange> changes)
    {
        var placed = new Placed[changes.Count];
        var n = 0;
        foreach (var change in changes)
        {
            placed[n] = new(PlaceOf(change.Key), n, change.Key, change.Value);
            n++;
        }

        Array.Sort(placed);
        var kept = 0;
        for (n = 0; n < placed.Length; n++)
        {
            if (n + 1 == placed.Length || placed[n].Place != placed[n + 1].Place || placed[n].Key != placed[n + 1].Key)
                placed[kept++] = placed[n];
        }

        return placed.AsSpan(0, kept);
    }

    public static void Differences(FeedNode? from, FeedNode? to, ImmutableArray<FeedChange>.Builder changes)
    {
        if (from is not null && to is not null && from.Hash.SequenceEqual(to.Hash))
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

    internal readonly record struct Placed(ushort Place, int Number, Octets Key, Octets? Value) : IComparable<Placed>
    {
        public int CompareTo(Placed other)
        {
            if (Place != other.Place)
                return Place < other.Place ? -1 : 1;
            return Key.CompareTo(other.Key) is var order and not 0 ? order : Number.CompareTo(other.Number);
        }
    }
}

/// <summary>Up to 256 children, by one byte of the place; only those that hold something.</summary>
internal sealed class FeedBranch : FeedNode
{
    private const int Slots = 256;
    private const int Leaves = 2;
    private const int PerChild = 1 + SHA256.HashSizeInBytes;

    private readonly byte[] _slots;
    private readonly FeedNode[] _children;
    private readonly byte[] _hash;

    private FeedBranch(ReadOnlySpan<byte> slots, ReadOnlySpan<FeedNode> children)
    {
        (_slots, _children) = (slots.ToArray(), children.ToArray());
        Span<byte> bytes = stackalloc byte[1 + (Slots * PerChild)];
        bytes[0] = 1; // no leaf's bytes begin so
        for (var n = 0; n < slots.Length; n++)
        {
            var child = bytes.Slice(1 + (n * PerChild), PerChild);
            child[0] = slots[n];
            children[n].Hash.CopyTo(child[1..]);
            Count += children[n].Count;
        }

        _hash = SHA256.HashData(bytes[..(1 + (slots.Length * PerChild))]);
    }

    public override int Count { get; }

    public override ReadOnlySpan<byte> Hash => _hash;

    public override IEnumerable<FeedItem> Items => _children.SelectMany(c => c.Items);

    public override Octets? Find(ushort place, Octets key)
    {
        var child = Child((byte)(place >> 8));
        return child?.Find((ushort)(place << 8), key);
    }

    /// <returns>None if nothing is left.</returns>
    public static FeedBranch? Change(FeedBranch? old, int depth, ReadOnlySpan<Placed> changes)
    {
        Span<byte> slots = stackalloc byte[Slots];
        var children = ArrayPool<FeedNode>.Shared.Rent(Slots);
        var (count, kept) = (0, 0);
        while (!changes.IsEmpty)
        {
            var slot = SlotOf(changes[0], depth);
            var length = 1;
            while (length < changes.Length && SlotOf(changes[length], depth) == slot)
                length++;
            count = Keep(old, ref kept, slot, slots, children, count);
            var there = old is not null && kept < old._slots.Length && old._slots[kept] == slot ? old._children[kept++] : null;
            FeedNode? child = depth + 1 == Leaves
                ? FeedLeaf.Change(there as FeedLeaf, changes[..length])
                : Change(there as FeedBranch, depth + 1, changes[..length]);
            if (child is not null)
                (slots[count], children[count++]) = (slot, child);
            changes = changes[length..];
        }

        count = Keep(old, ref kept, Slots, slots, children, count);
        var changed = count == 0 ? null : new FeedBranch(slots[..count], children.AsSpan(0, count));
        ArrayPool<FeedNode>.Shared.Return(children, clearArray: true);
        return changed;
    }

    public static void Differences(FeedBranch? from, FeedBranch? to, ImmutableArray<FeedChange>.Builder changes)
    {
        foreach (var slot in (from?._slots ?? []).Union(to?._slots ?? []))
            Differences(from?.Child(slot), to?.Child(slot), changes);
    }

    /// <returns>How many children there are then.</returns>
    private static int Keep(FeedBranch? old, ref int from, int below, Span<byte> slots, FeedNode[] children, int count)
    {
        for (; old is not null && from < old._slots.Length && old._slots[from] < below; from++)
            (slots[count], children[count++]) = (old._slots[from], old._children[from]);
        return count;
    }

    private static byte SlotOf(Placed change, int depth) => (byte)(change.Place >> (8 * (Leaves - 1 - depth)));

    private FeedNode? Child(byte slot) => Array.BinarySearch(_slots, slot) is var n and >= 0 ? _children[n] : null;
}

/// <summary>
/// Items of one place, by key: one or two, unless somebody chose keys that fall together. All of it is one array, since there are as
/// many leaves as items: the hash, then key and value of each with their lengths before them, which is what is hashed.
/// </summary>
internal sealed class FeedLeaf : FeedNode
{
    private const int Start = SHA256.HashSizeInBytes;
    private readonly byte[] _bytes;

    private FeedLeaf(ReadOnlySpan<FeedItem> items)
    {
        Count = items.Length;
        var length = Start;
        foreach (var item in items)
            length += (2 * sizeof(int)) + item.Key.Length + item.Value.Length;
        _bytes = new byte[length];
        var at = Start;
        foreach (var item in items)
        {
            at += Write(item.Key, _bytes.AsSpan(at));
            at += Write(item.Value, _bytes.AsSpan(at));
        }

        SHA256.HashData(_bytes.AsSpan(Start), _bytes.AsSpan(0, Start));
    }

    public override int Count { get; }

    public override ReadOnlySpan<byte> Hash => _bytes.AsSpan(0, Start);

    public override IEnumerable<FeedItem> Items
    {
        get
        {
            for (var at = Start; at < _bytes.Length;)
            {
                var key = Read(ref at);
                yield return new(key, Read(ref at));
            }
        }
    }

    public override Octets? Find(ushort place, Octets key)
    {
        foreach (var item in Items)
        {
            if (item.Key == key)
                return item.Value;
        }

        return null;
    }

    /// <returns>None if nothing is left.</returns>
    public static FeedLeaf? Change(FeedLeaf? old, ReadOnlySpan<Placed> changes)
    {
        if (old is null && changes is [{ Value: { } only }])
            return new([new(changes[0].Key, only)]);
        var (items, kept) = (new List<FeedItem>(changes.Length + 1), 0);
        FeedItem[] before = [.. old?.Items ?? []];
        foreach (var change in changes)
        {
            for (; kept < before.Length && before[kept].Key.CompareTo(change.Key) < 0; kept++)
                items.Add(before[kept]);
            if (kept < before.Length && before[kept].Key == change.Key)
                kept++;
            if (change.Value is { } value)
                items.Add(new(change.Key, value));
        }

        items.AddRange(before.AsSpan(kept..));
        return items.Count == 0 ? null : new([.. items]);
    }

    /// <summary>With its length before it, in four bytes of which the first is never 1: that is a branch.</summary>
    private static int Write(Octets octets, Span<byte> to)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, octets.Length);
        octets.Span.CopyTo(to[sizeof(int)..]);
        return sizeof(int) + octets.Length;
    }

    private Octets Read(ref int at)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(_bytes.AsSpan(at));
        var octets = Octets.Of(_bytes.AsSpan(at + sizeof(int), length));
        at += sizeof(int) + length;
        return octets;
    }
}
