using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Tests.Lab.Cluster.Checking;

/// <summary>
/// Who owned which block when, by the networks' own journals; and I2: a claim, which is a block and an epoch, has one
/// owner at most, and no block has two owners at once.
/// </summary>
internal sealed class Claims
{
    /// <summary>A change of one network: its blocks from then on.</summary>
    private sealed record State(DateTimeOffset From, ImmutableSortedDictionary<Prefix, BlockOwner> Blocks);

    /// <summary>A block given to a host, or a single address lent to it, which is a longer prefix of its own.</summary>
    private sealed record Grant(NetworkId Network, Prefix Block, HostId Owner, long Epoch, DateTimeOffset At);

    private readonly Dictionary<NetworkId, List<State>> _networks = [];
    private readonly List<Grant> _grants = [];
    private readonly List<Violation> _twice = [];
    private readonly Dictionary<HostId, string> _names;

    private Claims(Dictionary<HostId, string> names) => _names = names;

    public static Claims Of(ImmutableArray<HostStory> hosts)
    {
        var names = new Dictionary<HostId, string>();
        foreach (var (host, born) in hosts.SelectMany(h => h.Journal.Where(e => !e.Inherited).Select(e => e.Event).OfType<HostBorn>().Select(b => (h.Name, b))))
            names.TryAdd(born.Id, host);
        var claims = new Claims(names);
        foreach (var entry in hosts.SelectMany(h => h.Journal).Where(e => !e.Inherited && e.Event is NetworkEvent))
            claims.Take(entry);
        return claims;
    }

    public string NameOf(HostId host) => _names.GetValueOrDefault(host) ?? host.ToString();

    /// <summary>The owner of the smallest block that held a prefix at a time.</summary>
    public string? OwnerAt(Prefix prefix, DateTimeOffset at) =>
        _networks.Values.Select(n => Owner(n, prefix, at)).FirstOrDefault(o => o is not null) is { } owner ? NameOf(owner.Host) : null;

    /// <summary>The epoch of a machine's last claim to exactly this prefix up to a time; none: it never had it.</summary>
    public long? EpochOf(string host, Prefix prefix, DateTimeOffset until)
    {
        var epochs = _grants.Where(g => g.Block == prefix && NameOf(g.Owner) == host && g.At <= until).Select(g => g.Epoch).ToList();
        return epochs.Count == 0 ? null : epochs.Max();
    }

    public IEnumerable<Violation> Check(IEnumerable<HostStory> hosts) => [.. OneOwner(), .. _twice, .. OneReceiver(hosts), .. Entitled(hosts)];

    private void Take(Journaled entry)
    {
        if (!PersistenceIds.IsNetwork(entry.PersistenceId, out var network))
            return;
        if (!_networks.TryGetValue(network, out var states))
            _networks[network] = states = [new(DateTimeOffset.MinValue, ImmutableSortedDictionary<Prefix, BlockOwner>.Empty)];
        var before = states[^1];
        if (GrantIn(network, (NetworkEvent)entry.Event) is { } grant)
            Note(grant, before);
        var at = entry.At > before.From ? entry.At : before.From; // stamps are the asking hosts', the order is the journal's
        states.Add(new(at, After(before.Blocks, (NetworkEvent)entry.Event)));
    }

    private static Grant? GrantIn(NetworkId network, NetworkEvent e) => e switch
    {
        BlockClaimed c => new(network, c.Block, c.Owner, c.Epoch, c.Stamp.At),
        AddressLent l => new(network, Prefix.Single(l.Address), l.To, l.Epoch, l.Stamp.At),
        _ => null,
    };

    /// <summary>An address inside a block may be lent; a block may not lie in another's.</summary>
    private void Note(Grant grant, State before)
    {
        _grants.Add(grant);
        foreach (var (block, owner) in before.Blocks.Where(b => b.Key.Overlaps(grant.Block) && b.Key.IsSingle == grant.Block.IsSingle && b.Value.Host != grant.Owner))
            _twice.Add(new("I2", $"{grant.Block} of network {grant.Network.Short} was given to {NameOf(grant.Owner)} at {Checker.Time(grant.At)} while {NameOf(owner.Host)} owned {block} (epoch {owner.Epoch})"));
    }

    private static ImmutableSortedDictionary<Prefix, BlockOwner> After(ImmutableSortedDictionary<Prefix, BlockOwner> blocks, NetworkEvent e) => e switch
    {
        BlockClaimed c => blocks.SetItem(c.Block, new(c.Owner, c.Epoch)),
        BlockReleased r => blocks.Remove(r.Block),
        BlockFenced f => blocks.Remove(f.Block),
        AddressLent l => blocks.SetItem(Prefix.Single(l.Address), new(l.To, l.Epoch)),
        AddressReturned r => blocks.Remove(Prefix.Single(r.Address)),
        NetworkRemoved => blocks.Clear(),
        _ => blocks,
    };

    private static BlockOwner? Owner(List<State> states, Prefix prefix, DateTimeOffset at)
    {
        var blocks = states.FindLast(s => s.From <= at)!.Blocks.Where(b => b.Key.Contains(prefix)).ToList();
        return blocks.Count == 0 ? null : blocks.MaxBy(b => b.Key.Length).Value;
    }

    private IEnumerable<Violation> OneOwner() =>
        from grants in _grants.GroupBy(g => (g.Network, g.Block, g.Epoch))
        let owners = grants.Select(g => NameOf(g.Owner)).Distinct().ToList()
        where owners.Count > 1
        select new Violation("I2", $"{grants.Key.Block} of network {grants.Key.Network.Short} at epoch {grants.Key.Epoch} was given to {string.Join(" and ", owners)}");

    private static IEnumerable<Violation> OneReceiver(IEnumerable<HostStory> hosts) =>
        from received in hosts.SelectMany(h => Received(h).Select(r => (h.Name, r.Network, r.Event.Block, r.Event.Epoch))).GroupBy(r => (r.Network, r.Block, r.Epoch))
        let names = received.Select(r => r.Name).Distinct().ToList()
        where names.Count > 1
        select new Violation("I2", $"{received.Key.Block} of network {received.Key.Network.Short} at epoch {received.Key.Epoch} was received by {string.Join(" and ", names)}");

    private static IEnumerable<(NetworkId Network, BlockReceived Event)> Received(HostStory host)
    {
        foreach (var entry in host.Journal.Where(e => !e.Inherited))
        {
            if (entry.Event is BlockReceived received && PersistenceIds.IsHostNetwork(entry.PersistenceId, out var network))
                yield return (network, received);
        }
    }

    /// <summary>An address given out by a host while the registry had it down as another's is I1 waiting to happen.</summary>
    private IEnumerable<Violation> Entitled(IEnumerable<HostStory> hosts) =>
        from host in hosts
        from entry in host.Journal
        where !entry.Inherited && entry.Event is AddressAllocated
        let allocated = (AddressAllocated)entry.Event
        let owner = OwnerAt(Prefix.Single(allocated.Address), entry.At)
        where owner != host.Name
        select new Violation("I2", $"{host.Name} gave out {allocated.Address} at {Checker.Time(entry.At)}, which was {owner ?? "nobody"}'s by the registry");
}
