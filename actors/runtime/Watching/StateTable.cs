using System.Collections.Immutable;
using System.Globalization;

namespace IpvlanActors.Runtime.Watching;

/// <summary>
/// How far somebody has followed the state of a node.
/// </summary>
/// <param name="Life">Of the node: another life counts its versions anew.</param>
/// <param name="Base">The version at which it was asked for as a whole: what went before that was never told.</param>
/// <param name="Version">All that changed up to this one has been told.</param>
public readonly record struct StateMark(uint Life, long Base, long Version)
{
    public static bool TryParse(string text, out StateMark mark)
    {
        mark = default;
        if (text.Split('.') is not [var life, var from, var version]
            || !uint.TryParse(life, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var l)
            || !long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var b)
            || !long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var v))
        {
            return false;
        }

        mark = new(l, b, v);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Life:x8}.{Base}.{Version}");
}

/// <param name="Reset">What was told before is to be forgotten.</param>
internal readonly record struct StateNews(ImmutableArray<StateChange> Changes, StateMark Mark, bool Reset, bool More);

/// <summary>
/// What a node shows, each thing with the version of its last change; so that whoever says how far it has followed can be
/// told the rest, without the node knowing who follows. What is gone is remembered for a while: who was away for longer gets
/// everything again.
/// </summary>
/// <param name="life">By which one life of the node is told from another.</param>
/// <param name="maxGone">How many gone things are remembered.</param>
internal sealed class StateTable(uint life, int maxGone = 10_000)
{
    private readonly Dictionary<(ShownKind, string), Entry> _entries = [];
    private readonly SortedDictionary<long, Entry> _order = [];
    private readonly Queue<Entry> _gone = new();
    private long _version;
    private long _forgotten;

    /// <summary>This is all there is of one kind now.</summary>
    public void Put(ShownKind kind, IReadOnlyDictionary<string, Shown> all)
    {
        foreach (var (key, value) in all)
        {
            if (!_entries.TryGetValue((kind, key), out var held) || !value.Equals(held.Value))
                Set(kind, key, value, held);
        }

        foreach (var gone in _entries.Values.Where(e => e.Kind == kind && e.Value is not null && !all.ContainsKey(e.Key)).ToList())
            Set(kind, gone.Key, null, gone);
        Forget();
    }

    /// <param name="since">Null: everything.</param>
    public StateNews Since(StateMark? since, int limit, Func<Shown, bool> wanted)
    {
        var known = since is { } s && s.Life == life && s.Version <= _version && Math.Max(s.Base, s.Version) >= _forgotten;
        var mark = known ? since!.Value : new(life, _version, 0);
        var changes = ImmutableArray.CreateBuilder<StateChange>();
        foreach (var entry in Behind(mark.Version))
        {
            if (changes.Count == limit)
                return new(changes.ToImmutable(), mark, !known, More: true);
            mark = mark with { Version = entry.Version };
            if (IsNews(entry, known, mark.Base) && wanted(entry.Value ?? entry.Last))
                changes.Add(new(entry.Kind, entry.Key, entry.Value));
        }

        return new(changes.ToImmutable(), mark with { Version = _version }, !known, More: false);
    }

    /// <summary>What went before all was asked for was never told.</summary>
    private static bool IsNews(Entry entry, bool known, long whole) => entry.Value is not null || (known && entry.Version > whole);

    /// <summary>From the newest back, since what is asked for is mostly the last few.</summary>
    private IEnumerable<Entry> Behind(long version) => _version - version > _order.Count
        ? _order.Values.SkipWhile(e => e.Version <= version)
        : Newest(version).Reverse();

    private IEnumerable<Entry> Newest(long version)
    {
        for (var v = _version; v > version; v--)
        {
            if (_order.TryGetValue(v, out var entry))
                yield return entry;
        }
    }

    private void Set(ShownKind kind, string key, Shown? value, Entry? held)
    {
        if (held is not null)
            _order.Remove(held.Version);
        var entry = new Entry(++_version, kind, key, value, value ?? held!.Last);
        _entries[(kind, key)] = entry;
        _order[entry.Version] = entry;
        if (value is null)
            _gone.Enqueue(entry);
    }

    private void Forget()
    {
        while (_gone.Count > maxGone)
        {
            var entry = _gone.Dequeue();
            if (!ReferenceEquals(_entries.GetValueOrDefault((entry.Kind, entry.Key)), entry))
                continue; // it came again
            _entries.Remove((entry.Kind, entry.Key));
            _order.Remove(entry.Version);
            _forgotten = entry.Version;
        }
    }

    /// <param name="Last">What it was last, by which a filter knows it when it is gone.</param>
    private sealed record Entry(long Version, ShownKind Kind, string Key, Shown? Value, Shown Last);
}
