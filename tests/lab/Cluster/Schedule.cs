using System.Collections.Immutable;
using System.Globalization;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>What may be done to a cluster. Work first, then what goes wrong in this world.</summary>
public enum Act
{
    /// <summary>A network; the number chooses its kind.</summary>
    Create,
    RemoveNetwork,

    /// <summary>A container in the network that the number chooses.</summary>
    Join,

    /// <summary>The same at an address that the number chooses, which may lie in another host's block.</summary>
    JoinAt,
    Remove,

    /// <summary>A container's namespace goes without a word.</summary>
    Die,

    /// <summary>Something that must be refused.</summary>
    Bogus,

    /// <summary>kill -9, and start at once, while a container pings; an odd number: a graceful stop.</summary>
    Restart,
    Kill,
    Stop,
    Start,

    /// <summary>The machine loses its power: nothing is left in its kernel.</summary>
    PowerOff,
    Boot,

    /// <summary>Power off for all; they boot in the order that the number chooses.</summary>
    Blackout,

    /// <summary>Between two hosts nothing passes.</summary>
    Part,

    /// <summary>Between a host and all others nothing passes.</summary>
    Isolate,

    /// <summary>The second host does not hear the first.</summary>
    PartOneWay,

    /// <summary>The daemons of two hosts do not hear each other, and their containers do.</summary>
    PartAgents,

    /// <summary>Ends every partition.</summary>
    Mend,
    Flap,

    /// <summary>The host gets other underlay addresses.</summary>
    Renumber,

    /// <summary>Somebody deletes routes and links of ours by hand.</summary>
    Meddle,
    LoseParent,
    ParentBack,
    FillDisk,
    FreeDisk,

    /// <summary>A copy of the data directory is put aside, as a backup of the machine would.</summary>
    CopyDisk,

    /// <summary>The machine comes back with the copy as its disk.</summary>
    RestoreDisk,

    /// <summary>The second machine comes back with a copy of the first one's disk, which goes on.</summary>
    Clone,

    /// <summary>It comes back with its own.</summary>
    Unclone,

    /// <summary>The first host is told that the second, which is without power, is dead.</summary>
    Forget,
}

/// <param name="Host">Counted from 0.</param>
/// <param name="Other">The second host of a partition; -1 where there is none.</param>
/// <param name="Number">What else there is to choose, taken modulo what there is to choose from.</param>
public sealed record Step(Act Act, int Host, int Other = -1, int Number = 0)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Act} h{Host + 1}{(Other < 0 ? "" : $" h{Other + 1}")}{(Number == 0 ? "" : $" {Number}")}");

    public static Step Parse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var hosts = words.Skip(1).Where(w => w[0] == 'h').Select(w => int.Parse(w[1..], CultureInfo.InvariantCulture) - 1).ToArray();
        var number = words.Skip(1).Where(w => w[0] != 'h').Select(w => int.Parse(w, CultureInfo.InvariantCulture)).FirstOrDefault();
        return new(Enum.Parse<Act>(words[0], ignoreCase: true), hosts[0], hosts.Length > 1 ? hosts[1] : -1, number);
    }
}

/// <summary>
/// A list of steps, in words that can be read back: <c>Create h1; Join h2 17; Part h1 h2</c>. A schedule that once found
/// something is kept by its words, since a seed means other steps as soon as the weights change.
/// </summary>
public sealed record Schedule(int Hosts, ImmutableArray<Step> Steps)
{
    public override string ToString() => string.Join("; ", Steps);

    public static Schedule Parse(int hosts, string text) =>
        new(hosts, [.. text.Split([';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Step.Parse)]);

    /// <summary>The same seed, hosts, length and weights give the same steps.</summary>
    public static Schedule Random(int seed, int hosts, int length, ImmutableDictionary<Act, int>? weights = null) =>
        new Dice(seed, hosts, weights ?? Usual).Throw(length);

    /// <summary>Work half of the time.</summary>
    public static ImmutableDictionary<Act, int> Usual { get; } = new Dictionary<Act, int>
    {
        [Act.Create] = 6,
        [Act.RemoveNetwork] = 3,
        [Act.Join] = 22,
        [Act.JoinAt] = 12,
        [Act.Remove] = 10,
        [Act.Die] = 3,
        [Act.Bogus] = 3,
        [Act.Restart] = 6,
        [Act.Kill] = 4,
        [Act.Stop] = 2,
        [Act.Start] = 12,
        [Act.PowerOff] = 3,
        [Act.Boot] = 12,
        [Act.Blackout] = 1,
        [Act.Part] = 4,
        [Act.Isolate] = 3,
        [Act.PartOneWay] = 4,
        [Act.PartAgents] = 3,
        [Act.Mend] = 14,
        [Act.Flap] = 3,
        [Act.Renumber] = 2,
        [Act.Meddle] = 4,
        [Act.LoseParent] = 2,
        [Act.ParentBack] = 10,
        [Act.FillDisk] = 2,
        [Act.FreeDisk] = 10,
        [Act.CopyDisk] = 3,
        [Act.RestoreDisk] = 4,
        [Act.Clone] = 2,
        [Act.Unclone] = 10,
        [Act.Forget] = 6,
    }.ToImmutableDictionary();

    /// <summary>Throws steps that make sense: what is down can only be started, what is whole cannot be mended.</summary>
    private sealed class Dice(int seed, int hosts, ImmutableDictionary<Act, int> weights)
    {
        private readonly Random _random = new(seed);
        private readonly HashSet<int> _killed = [];
        private readonly HashSet<int> _off = [];
        private readonly HashSet<int> _parentless = [];
        private readonly HashSet<int> _full = [];
        private readonly HashSet<int> _copied = [];
        private readonly HashSet<int> _clones = [];
        private int _partitions;

        public Schedule Throw(int length)
        {
            // something to lose, before it goes wrong
            List<Step> steps = [new(Act.Create, 0), new(Act.Create, 1 % hosts, Number: 2)];
            steps.AddRange(Enumerable.Range(0, hosts).Select(h => new Step(Act.Join, h, Number: h % 2)));
            while (steps.Count < length)
            {
                if (One() is { } step)
                    steps.Add(step);
            }

            return new(hosts, [.. steps]);
        }

        private Step? One()
        {
            var act = Pick();
            var (host, number) = (_random.Next(hosts), _random.Next(1, 1000));
            var other = (host + 1 + _random.Next(hosts - 1)) % hosts;
            if (!IsPossible(act, host) || (act == Act.Clone && !(IsWhole(other) && other > 0)) || (act == Act.Forget && !_off.Contains(other)))
                return null;
            Note(act, act == Act.Clone ? other : host);
            return act is Act.Part or Act.PartOneWay or Act.PartAgents or Act.Clone or Act.Forget ? new(act, host, other) : new(act, host, Number: number);
        }

        private Act Pick()
        {
            var acts = weights.OrderBy(w => w.Key).ToList();
            var left = _random.Next(acts.Sum(w => w.Value));
            foreach (var (act, weight) in acts)
            {
                if ((left -= weight) < 0)
                    return act;
            }

            return acts[^1].Key;
        }

        private bool IsPossible(Act act, int host) => act switch
        {
            Act.Start => _killed.Contains(host),
            Act.Boot => _off.Contains(host),
            Act.Mend => _partitions > 0,
            Act.ParentBack => _parentless.Contains(host) && IsUp(host),
            Act.FreeDisk => _full.Contains(host),
            Act.RestoreDisk => _copied.Contains(host) && IsWhole(host),
            Act.Part or Act.Isolate or Act.PartOneWay or Act.PartAgents => _partitions == 0,
            Act.Unclone => _clones.Contains(host) && IsUp(host),
            Act.Blackout => _killed.Count + _off.Count + _parentless.Count + _full.Count + _clones.Count == 0,
            Act.Kill or Act.Stop or Act.PowerOff => IsWhole(host) && _killed.Count + _off.Count == 0,
            Act.Restart or Act.LoseParent or Act.FillDisk or Act.Renumber or Act.CopyDisk or Act.Flap or Act.Clone => IsWhole(host),
            _ => IsUp(host),
        };

        private bool IsUp(int host) => !_killed.Contains(host) && !_off.Contains(host);

        private bool IsWhole(int host) => IsUp(host) && !_parentless.Contains(host) && !_full.Contains(host) && !_clones.Contains(host);

        private void Note(Act act, int host)
        {
            _ = act switch
            {
                Act.Kill or Act.Stop => _killed.Add(host),
                Act.Start => _killed.Remove(host),
                Act.PowerOff => _off.Add(host),
                Act.Boot => _off.Remove(host),
                Act.LoseParent => _parentless.Add(host),
                Act.ParentBack => _parentless.Remove(host),
                Act.FillDisk => _full.Add(host),
                Act.FreeDisk => _full.Remove(host),
                Act.CopyDisk => _copied.Add(host),
                Act.Clone => _clones.Add(host),
                Act.Unclone => _clones.Remove(host),
                _ => false,
            };
            _partitions = act switch
            {
                Act.Part or Act.Isolate or Act.PartOneWay or Act.PartAgents => 1,
                Act.Mend => 0,
                _ => _partitions,
            };
        }
    }
}
