using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace IpvlanActors.Domain.Routes;

/// <summary>
/// Things by their keys, in no order; never changed, only followed by another. For tables of 100,000 of which thousands change at once:
/// half of the memory of an ImmutableDictionary, whose entries are a node each of a binary tree, and a third of its time.
/// </summary>
/// <remarks>A tree by five bits of the key's hash at each level; a node has its own entries, and children where several keys fall together.</remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "it is more than a dictionary")]
public sealed class HashMap<TKey, T> : IReadOnlyDictionary<TKey, T>
    where TKey : struct, IEquatable<TKey>
{
    private const int Bits = 5;
    private const int HashBits = 32;

    private readonly Node _root;

    private HashMap(Node root, int count) => (_root, Count) = (root, count);

    public static HashMap<TKey, T> Empty { get; } = new(new(null), 0);

    public int Count { get; }

    public bool IsEmpty => Count == 0;

    public IEnumerable<TKey> Keys => this.Select(e => e.Key);

    public IEnumerable<T> Values => this.Select(e => e.Value);

    public T this[TKey key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"{key} is not there");

    public bool ContainsKey(TKey key) => TryGetValue(key, out _);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out T value) => Find(_root, key, out value);

    public Builder ToBuilder() => new(this);

    public IEnumerator<KeyValuePair<TKey, T>> GetEnumerator()
    {
        var left = new Stack<Node>([_root]);
        while (left.TryPop(out var node))
        {
            foreach (var entry in node.Entries)
                yield return entry;
            foreach (var child in node.Children)
                left.Push(child);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool Find(Node node, TKey key, [MaybeNullWhen(false)] out T value)
    {
        var hash = (uint)key.GetHashCode();
        for (var shift = 0; ; shift += Bits)
        {
            var at = node.IndexOf(key, hash, shift);
            if (at >= 0)
            {
                value = node.Entries[at].Value;
                return true;
            }

            if (shift >= HashBits || node.ChildAt(hash, shift) is not { } child)
            {
                value = default;
                return false;
            }

            node = child;
        }
    }

    /// <summary>Many changes, then one map. Nodes that it has made itself it changes in place.</summary>
    public sealed class Builder(HashMap<TKey, T> from)
    {
        private object _owner = new();
        private Node _root = from._root;

        public int Count { get; private set; } = from.Count;

        public T this[TKey key]
        {
            set => _root = Put(_root, new(key, value), (uint)key.GetHashCode(), 0);
        }

        public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out T value) => Find(_root, key, out value);

        public bool Remove(TKey key)
        {
            var before = Count;
            _root = Drop(_root, key, (uint)key.GetHashCode(), 0) ?? new(null);
            return Count < before;
        }

        /// <summary>The builder may go on: what it has given out it does not touch any more.</summary>
        public HashMap<TKey, T> ToImmutable()
        {
            _owner = new();
            return new(_root, Count);
        }

        private Node Put(Node node, KeyValuePair<TKey, T> entry, uint hash, int shift)
        {
            var at = node.IndexOf(entry.Key, hash, shift);
            var (mine, bit) = (node.Of(_owner), Node.BitOf(hash, shift));
            if (at >= 0)
            {
                mine.Entries[at] = entry;
            }
            else if (shift < HashBits && node.ChildAt(hash, shift) is { } child)
            {
                mine.SetChild(bit, Put(child, entry, hash, shift + Bits));
            }
            else if (shift < HashBits && (node.HasEntry & bit) != 0)
            {
                // two in one place: both go a level down
                var other = mine.TakeEntry(bit);
                var both = new Node(_owner);
                both.AddEntry(Node.BitOf((uint)other.Key.GetHashCode(), shift + Bits), other);
                mine.SetChild(bit, Put(both, entry, hash, shift + Bits));
            }
            else
            {
                mine.AddEntry(bit, entry);
                Count++;
            }

            return mine;
        }

        /// <returns>None if nothing is left.</returns>
        private Node? Drop(Node node, TKey key, uint hash, int shift)
        {
            var at = node.IndexOf(key, hash, shift);
            if (at >= 0)
            {
                Count--;
                if (node.Entries.Length == 1 && node.Children.Length == 0)
                    return null;
                var mine = node.Of(_owner);
                mine.RemoveEntry(Node.BitOf(hash, shift), at);
                return mine;
            }

            if (shift >= HashBits || node.ChildAt(hash, shift) is not { } child)
                return node;
            var left = Drop(child, key, hash, shift + Bits);
            if (ReferenceEquals(left, child))
                return node;
            if (left is null && node.Entries.Length == 0 && node.Children.Length == 1)
                return null;
            var changed = node.Of(_owner);
            changed.SetChild(Node.BitOf(hash, shift), left);
            return changed;
        }
    }

    /// <summary>Below the last bits of the hash a node has entries only, in any number and without places.</summary>
    private sealed class Node(object? owner)
    {
        public uint HasEntry { get; private set; }

        public KeyValuePair<TKey, T>[] Entries { get; private set; } = [];

        public Node[] Children { get; private set; } = [];

        private uint HasChild { get; set; }

        public static uint BitOf(uint hash, int shift) => shift < HashBits ? 1u << (int)((hash >> shift) & 31) : 0;

        public int IndexOf(TKey key, uint hash, int shift)
        {
            var bit = BitOf(hash, shift);
            if (bit == 0)
                return Array.FindIndex(Entries, e => e.Key.Equals(key));
            return (HasEntry & bit) != 0 && Rank(HasEntry, bit) is var at && Entries[at].Key.Equals(key) ? at : -1;
        }

        public Node? ChildAt(uint hash, int shift) =>
            BitOf(hash, shift) is var bit && (HasChild & bit) != 0 ? Children[Rank(HasChild, bit)] : null;

        /// <summary>This one, or a copy that its owner may change.</summary>
        public Node Of(object changer) => ReferenceEquals(owner, changer) ? this : new(changer)
        {
            HasEntry = HasEntry,
            HasChild = HasChild,
            Entries = [.. Entries],
            Children = [.. Children],
        };

        public void AddEntry(uint bit, KeyValuePair<TKey, T> entry)
        {
            Entries = With(Entries, bit == 0 ? Entries.Length : Rank(HasEntry, bit), entry);
            HasEntry |= bit;
        }

        public KeyValuePair<TKey, T> TakeEntry(uint bit)
        {
            var at = Rank(HasEntry, bit);
            var entry = Entries[at];
            RemoveEntry(bit, at);
            return entry;
        }

        public void RemoveEntry(uint bit, int at)
        {
            Entries = Without(Entries, at);
            HasEntry &= ~bit;
        }

        public void SetChild(uint bit, Node? child)
        {
            var at = Rank(HasChild, bit);
            if (child is null)
                Children = Without(Children, at);
            else if ((HasChild & bit) == 0)
                Children = With(Children, at, child);
            else
                Children[at] = child;
            HasChild = child is null ? HasChild & ~bit : HasChild | bit;
        }

        private static int Rank(uint bits, uint bit) => BitOperations.PopCount(bits & (bit - 1));

        private static TItem[] With<TItem>(TItem[] items, int at, TItem item)
        {
            var next = new TItem[items.Length + 1];
            Array.Copy(items, next, at);
            next[at] = item;
            Array.Copy(items, at, next, at + 1, items.Length - at);
            return next;
        }

        private static TItem[] Without<TItem>(TItem[] items, int at)
        {
            if (items.Length == 1)
                return [];
            var next = new TItem[items.Length - 1];
            Array.Copy(items, next, at);
            Array.Copy(items, at + 1, next, at, next.Length - at);
            return next;
        }
    }
}

public static class HashMap
{
    public static HashMap<TKey, T> ToHashMap<TKey, T>(this IEnumerable<T> items, Func<T, TKey> key)
        where TKey : struct, IEquatable<TKey>
    {
        var map = HashMap<TKey, T>.Empty.ToBuilder();
        foreach (var item in items)
            map[key(item)] = item;
        return map.ToImmutable();
    }
}
