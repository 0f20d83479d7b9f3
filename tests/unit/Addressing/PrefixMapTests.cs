using CsCheck;
using IpvlanActors.Domain.Addressing;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Addressing;

/// <summary>Beside a plain dictionary, which must always say the same.</summary>
public class PrefixMapTests
{
    private static readonly Gen<Prefix> AnyPrefix = Gen.Select(Gen.Byte[0, 15], Gen.Int[26, 32], Gen.Bool, (n, length, v6) =>
        v6 ? Prefix.Of(Ip.Parse($"2001:db8::{n:x}"), length + 96) : Prefix.Of(Ip.Parse($"10.0.0.{n}"), length));

    private static readonly Gen<(Prefix Key, int? Value)> AnyChange =
        Gen.Select(AnyPrefix, Gen.Int[0, 3]).Select((p, v) => (p, v == 0 ? null : (int?)v));

    [Fact]
    public void Any_changes_leave_what_a_dictionary_has_in_order() => AnyChange.Array[0, 60].Sample(changes =>
    {
        var (map, plain) = Both(changes);
        Assert.Equal(plain.OrderBy(e => e.Key), map);
        Assert.Equal((plain.Count, plain.Count == 0), (map.Count, map.IsEmpty));
        Assert.All(plain, e => Assert.Equal(e.Value, map[e.Key]));
    });

    [Fact]
    public void What_lies_around_and_inside_a_prefix_is_found() => Gen.Select(AnyChange.Array[0, 60], AnyPrefix).Sample((changes, prefix) =>
    {
        var (map, plain) = Both(changes);
        var around = plain.Where(e => e.Key.Contains(prefix)).OrderByDescending(e => e.Key.Length).Cast<KeyValuePair<Prefix, int>?>().FirstOrDefault();
        Assert.Equal(around, map.Around(prefix));
        Assert.Equal(plain.Where(e => prefix.Contains(e.Key) && e.Key != prefix).OrderBy(e => e.Key), map.Inside(prefix));
    });

    /// <summary>Two that parted somewhere: one is the other's successor, or both are of a third.</summary>
    [Fact]
    public void The_difference_of_any_two_is_what_differs() =>
        Gen.Select(AnyChange.Array[0, 20], AnyChange.Array[0, 400], AnyChange.Array[0, 20]).Sample((common, here, there) =>
        {
            var root = Both(common).Map;
            var (one, other) = (After(root, here), After(root, there));
            IsTheDifference(one, root);
            IsTheDifference(root, one);
            IsTheDifference(one, other);
            IsTheDifference(other, Both(there).Map); // of another root
        }, iter: 300);

    [Fact]
    public void The_difference_to_a_close_relative_needs_no_walk_over_all()
    {
        var large = Enumerable.Range(0, 100_000).ToPrefixMap(n => P("10.0.0.0/8").Nth(30, (ulong)n), n => n);
        var next = large.SetItem(P("10.0.0.4/30"), -1).Remove(P("10.0.0.8/30"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal([P("10.0.0.4/30"), P("10.0.0.8/30")], next.ChangedSince(large));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void What_is_there_cannot_be_added_nor_what_is_not_be_read()
    {
        var map = PrefixMap<int>.Empty.Add(P("10.0.0.0/24"), 1);
        Assert.Throws<ArgumentException>(() => map.Add(P("10.0.0.0/24"), 2));
        Assert.Throws<KeyNotFoundException>(() => map[P("10.0.0.0/25")]);
        Assert.Same(map, map.Remove(P("10.0.0.0/25")));
    }

    private static void IsTheDifference(PrefixMap<int> now, PrefixMap<int> old)
    {
        var expected = now.Keys.Union(old.Keys).Where(k => now.ContainsKey(k) != old.ContainsKey(k) || now[k] != old[k]);
        Assert.Equal(expected.Order(), now.ChangedSince(old).Order());
    }

    private static PrefixMap<int> After(PrefixMap<int> map, IEnumerable<(Prefix Key, int? Value)> changes) =>
        changes.Aggregate(map, (m, c) => c.Value is { } value ? m.SetItem(c.Key, value) : m.Remove(c.Key));

    private static (PrefixMap<int> Map, Dictionary<Prefix, int> Plain) Both((Prefix Key, int? Value)[] changes)
    {
        var plain = new Dictionary<Prefix, int>();
        foreach (var (key, value) in changes)
        {
            if (value is { } v)
                plain[key] = v;
            else
                plain.Remove(key);
        }

        return (After(PrefixMap<int>.Empty, changes), plain);
    }
}
