using CsCheck;
using IpvlanActors.Domain.Routes;
using Xunit;

namespace IpvlanActors.Tests.Unit.Routes;

/// <summary>Beside a plain dictionary, which must always say the same; with keys of which many have one hash.</summary>
public class HashMapTests
{
    private static readonly Gen<Key> AnyKey = Gen.Select(Gen.Int[0, 40], Gen.Int[0, 4]).Select((number, spread) => new Key(number, spread switch
    {
        0 => 0,
        1 => number & 1,
        2 => (number & 3) << 30,
        3 => (number << 5) | 7,
        _ => number * 0x2545F491,
    }));

    private static readonly Gen<(Key Key, int Value)[]> AnyChanges = Gen.Select(AnyKey, Gen.Int[-2, 3]).Select((k, v) => (k, v)).Array[0, 60];

    [Fact]
    public void Any_changes_leave_what_a_dictionary_has_and_earlier_maps_as_they_were() => AnyChanges.Array[0, 4].Sample(steps =>
    {
        var (map, plain) = (HashMap<Key, int>.Empty, new Dictionary<Key, int>());
        var earlier = new List<(HashMap<Key, int> Map, Dictionary<Key, int> Plain)>();
        foreach (var changes in steps)
        {
            var builder = map.ToBuilder();
            foreach (var (index, (key, value)) in changes.Index())
            {
                if (value < 0)
                    Assert.Equal(plain.Remove(key), builder.Remove(key));
                else
                    builder[key] = plain[key] = value;
                Assert.True(plain.TryGetValue(key, out var right) == builder.TryGetValue(key, out var is_) && right == is_ && plain.Count == builder.Count);
                if (index == 20)
                    earlier.Add((builder.ToImmutable(), new(plain))); // and it goes on
            }

            map = builder.ToImmutable();
            earlier.Add((map, new(plain)));
        }

        Assert.All(earlier, e => Same(e.Plain, e.Map));
    }, iter: 300);

    private static void Same(Dictionary<Key, int> plain, HashMap<Key, int> map)
    {
        Assert.Equal((plain.Count, plain.Count == 0), (map.Count, map.IsEmpty));
        Assert.True(map.ToHashSet().SetEquals(plain));
        Assert.True(plain.All(p => map[p.Key] == p.Value));
        Assert.False(map.ContainsKey(new(-1, 0)));
    }

    private readonly record struct Key(int Number, int Hash)
    {
        public override int GetHashCode() => Hash;
    }
}
