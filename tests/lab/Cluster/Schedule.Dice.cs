using System.Collections.Immutable;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>Schedules by chance.</summary>
public sealed partial record Schedule
{
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
        private readonly HashSet<int> _misfits = [];
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
            if (!IsPossible(act, host) || (act == Act.Clone && !(IsWhole(other) && other > 0)) || (act == Act.Forget && !_off.Contains(other)) || (act == Act.Noise && !IsUp(other)))
                return null;
            Note(act, act == Act.Clone ? other : host);
            return Step.NeedsTwo(act) ? new(act, host, other, act == Act.Noise ? number : 0) : new(act, host, Number: number);
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
            Act.Fit => _misfits.Contains(host) && IsUp(host),
            Act.Misfit => host > 0 && IsAllWell() && _partitions == 0, // or nobody could refuse it
            Act.Blackout => IsAllWell(),
            Act.Kill or Act.Stop or Act.PowerOff => IsWhole(host) && _killed.Count + _off.Count == 0,
            Act.Restart or Act.LoseParent or Act.FillDisk or Act.Renumber or Act.CopyDisk or Act.Flap or Act.Clone => IsWhole(host),
            _ => IsUp(host),
        };

        private bool IsUp(int host) => !_killed.Contains(host) && !_off.Contains(host);

        private bool IsWhole(int host) =>
            IsUp(host) && !_parentless.Contains(host) && !_full.Contains(host) && !_clones.Contains(host) && !_misfits.Contains(host);

        private bool IsAllWell() => Enumerable.Range(0, hosts).All(IsWhole);

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
                Act.Misfit => _misfits.Add(host),
                Act.Fit => _misfits.Remove(host),
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
