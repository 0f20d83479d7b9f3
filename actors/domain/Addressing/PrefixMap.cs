using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace IpvlanActors.Domain.Addressing;

/// <summary>
/// Prefixes in their order, with a value each; never changed, only followed by another. Knows what lies around and inside a
/// prefix, and its last changes, so that whoever held an earlier one learns the difference without a walk over all.
/// </summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "it is more than a dictionary")]
public sealed class PrefixMap<T> : IReadOnlyDictionary<Prefix, T>
{
    /// <summary>Of a chain of changes; then another is begun, so that the earliest are not kept for ever.</summary>
    private const int MaxChain = 256;

    private static readonly ImmutableSortedSet<KeyValuePair<Prefix, T>> NoEntries = ImmutableSortedSet.Create<KeyValuePair<Prefix, T>>(new ByPrefix());

    private readonly ImmutableSortedSet<KeyValuePair<Prefix, T>> _entries;

    /// <summary>How many of each length there are, the longest first; few lengths ever occur.</summary>
    private readonly ImmutableArray<(int Length, int Count)> _lengths;
    private readonly Change _last;

    private PrefixMap(ImmutableSortedSet<KeyValuePair<Prefix, T>> entries, ImmutableArray<(int Length, int Count)> lengths, Change last)
    {
        (_entries, _lengths, _last) = (entries, lengths, last);
    }

    public static PrefixMap<T> Empty { get; } = new(NoEntries, [], new(default, null, 0));

    public int Count => _entries.Count;

    public bool IsEmpty => _entries.IsEmpty;

    public IEnumerable<Prefix> Keys => _entries.Select(e => e.Key);

    public IEnumerable<T> Values => _entries.Select(e => e.Value);

    /// <summary>The last first.</summary>
    public IEnumerable<KeyValuePair<Prefix, T>> Backwards => _entries.Reverse();

    public T this[Prefix key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"{key} is not there");

    public PrefixMap<T> Add(Prefix key, T value) => ContainsKey(key) ? throw new ArgumentException($"{key} is there already", nameof(key)) : SetItem(key, value);

    public PrefixMap<T> SetItem(Prefix key, T value)
    {
        var entry = KeyValuePair.Create(key, value);
        return _entries.Contains(entry)
            ? new(_entries.Remove(entry).Add(entry), _lengths, After(key))
            : new(_entries.Add(entry), Counted(key.Length, 1), After(key));
    }

    public PrefixMap<T> Remove(Prefix key)
    {
        var entries = _entries.Remove(KeyValuePair.Create(key, default(T)!));
        if (ReferenceEquals(entries, _entries))
            return this;
        return new(entries, Counted(key.Length, -1), After(key));
    }

    public PrefixMap<T> SetItems(IEnumerable<KeyValuePair<Prefix, T>> items) => items.Aggregate(this, (map, item) => map.SetItem(item.Key, item.Value));

    public bool ContainsKey(Prefix key) => _entries.Contains(KeyValuePair.Create(key, default(T)!));

    public bool TryGetValue(Prefix key, [MaybeNullWhen(false)] out T value)
    {
        var found = _entries.TryGetValue(KeyValuePair.Create(key, default(T)!), out var entry);
        value = found ? entry.Value : default;
        return found;
    }

    /// <summary>The smallest of these that contains the prefix, itself included; none: nothing does.</summary>
    public KeyValuePair<Prefix, T>? Around(Prefix prefix)
    {
        foreach (var (length, _) in _lengths)
        {
            if (length <= prefix.Length && _entries.TryGetValue(KeyValuePair.Create(Prefix.Of(prefix.First, length), default(T)!), out var entry))
                return entry;
        }

        return null;
    }

    /// <summary>Those that the prefix contains, itself not among them.</summary>
    public IEnumerable<KeyValuePair<Prefix, T>> Inside(Prefix prefix)
    {
        var at = _entries.IndexOf(KeyValuePair.Create(prefix, default(T)!));
        for (var next = at < 0 ? ~at : at + 1; next < _entries.Count && prefix.Contains(_entries[next].Key); next++)
            yield return _entries[next];
    }

    /// <summary>
    /// The keys that are there in one of the two only, or with another value. Costs as much as was changed since they were the
    /// same; if that is long ago, or they never were, as much as both have.
    /// </summary>
    public IEnumerable<Prefix> ChangedSince(PrefixMap<T> old)
    {
        if (ReferenceEquals(this, old))
            return [];
        return ChangesSince(old) is { } changed
            ? changed.Where(k => TryGetValue(k, out var now) != old.TryGetValue(k, out var before) || !EqualityComparer<T>.Default.Equals(now, before))
            : Differences(_entries, old._entries);
    }

    public IEnumerator<KeyValuePair<Prefix, T>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>What was changed on the two ways from where they parted; null: that is not known.</summary>
    private SortedSet<Prefix>? ChangesSince(PrefixMap<T> old)
    {
        var changed = new SortedSet<Prefix>();
        var (one, other) = (_last, old._last);
        while (!ReferenceEquals(one, other))
        {
            // both count from the root that they share, if they share one
            ref var deeper = ref one.Depth >= other.Depth ? ref one : ref other;
            changed.Add(deeper.Key);
            if (deeper.Previous is not { } previous)
                return null;
            deeper = previous;
        }

        return changed;
    }

    /// <summary>Of two in order, side by side.</summary>
    private static IEnumerable<Prefix> Differences(IEnumerable<KeyValuePair<Prefix, T>> now, IEnumerable<KeyValuePair<Prefix, T>> old)
    {
        using var one = now.GetEnumerator();
        using var other = old.GetEnumerator();
        var (left, right) = (one.MoveNext(), other.MoveNext());
        while (left || right)
        {
            var order = !left ? 1 : !right ? -1 : one.Current.Key.CompareTo(other.Current.Key);
            if (order != 0)
                yield return order < 0 ? one.Current.Key : other.Current.Key;
            else if (!EqualityComparer<T>.Default.Equals(one.Current.Value, other.Current.Value))
                yield return one.Current.Key;
            left = order <= 0 ? one.MoveNext() : left;
            right = order >= 0 ? other.MoveNext() : right;
        }
    }

    private ImmutableArray<(int Length, int Count)> Counted(int length, int more)
    {
        var at = 0;
        while (at < _lengths.Length && _lengths[at].Length > length)
            at++;
        if (at == _lengths.Length || _lengths[at].Length != length)
            return _lengths.Insert(at, (length, more));
        var count = _lengths[at].Count + more;
        return count > 0 ? _lengths.SetItem(at, (length, count)) : _lengths.RemoveAt(at);
    }

    private Change After(Prefix key) => _last.Depth < MaxChain ? new(key, _last, _last.Depth + 1) : new(key, null, 0);

    private sealed record Change(Prefix Key, Change? Previous, int Depth);

    private sealed class ByPrefix : IComparer<KeyValuePair<Prefix, T>>
    {
        public int Compare(KeyValuePair<Prefix, T> x, KeyValuePair<Prefix, T> y) => x.Key.CompareTo(y.Key);
    }
}

public static class PrefixMap
{
    public static PrefixMap<T> ToPrefixMap<T>(this IEnumerable<KeyValuePair<Prefix, T>> items) => PrefixMap<T>.Empty.SetItems(items);

    public static PrefixMap<T> ToPrefixMap<TItem, T>(this IEnumerable<TItem> items, Func<TItem, Prefix> key, Func<TItem, T> value) =>
        items.Select(i => KeyValuePair.Create(key(i), value(i))).ToPrefixMap();
}
