using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Tests.Lab.Cluster.Checking;

/// <summary>
/// What must hold once everything has come to rest, with all hosts up and nothing broken: a host holds no block but by the
/// registry's word (I2), and has exactly the routes to the live blocks of all others. A route too many is I3 if it leads to
/// the wrong host and I5 if to nobody's block; one that is missing is I8.
/// </summary>
public static class Rest
{
    /// <param name="IsLive">The host should be reached by it.</param>
    private sealed record Holding(NetworkId Network, Prefix Block, HostStory Host, bool IsLive);

    /// <summary>What is not as it should be yet: a run waits until this is empty, or takes it down as settled all the same.</summary>
    public static IEnumerable<Violation> Check(Round round, IReadOnlyCollection<HostStory> hosts) => Check(round, hosts, Claims.Of([.. hosts]));

    internal static IEnumerable<Violation> Check(Round round, IReadOnlyCollection<HostStory> hosts, Claims claims)
    {
        var held = hosts.SelectMany(Held).ToList();
        foreach (var block in held.Where(h => claims.OwnerAt(h.Block, round.Until) != h.Host.Name))
            yield return new("I2", $"at rest ({Checker.Time(round.From)}) {block.Host.Name} holds {block.Block}, whose owner by the registry is {claims.OwnerAt(block.Block, round.Until) ?? "nobody"}");

        var live = held.Where(h => h.IsLive && claims.OwnerAt(h.Block, round.Until) == h.Host.Name).ToList();
        foreach (var look in round.Looks)
        {
            var host = hosts.First(h => h.Name == look.Host);
            var attached = host.View().Networks.Keys.ToHashSet();
            var wanted = live.Where(l => l.Host.Name != host.Name && attached.Contains(l.Network)).ToList();
            foreach (var want in wanted.Where(w => !look.Routes.Any(r => Leads(r, w))))
                yield return new("I8", $"at rest ({Checker.Time(round.From)}) {host.Name} has no route to {want.Block} of {want.Host.Name}");
            foreach (var route in look.Routes.Where(r => !wanted.Any(w => Leads(r, w))))
                yield return TooMany(route, host, claims.OwnerAt(route.Destination, round.Until), round, hosts);
        }
    }

    private static bool Leads(SeenRoute route, Holding live) => route.Destination == live.Block && live.Host.Addresses.Contains(route.Via);

    private static Violation TooMany(SeenRoute route, HostStory host, string? owner, Round round, IEnumerable<HostStory> hosts)
    {
        var isWrong = owner is not null && !hosts.Any(h => h.Name == owner && h.Addresses.Contains(route.Via));
        var why = isWrong ? $"which is {owner}'s block" : "which nobody is to be reached by";
        return new(isWrong ? "I3" : "I5", $"at rest ({Checker.Time(round.From)}) {host.Name} has {route}, {why}");
    }

    /// <summary>A host is reached by its blocks of routed networks in which it has an endpoint, in the families of its own addresses.</summary>
    private static IEnumerable<Holding> Held(HostStory host) =>
        from network in host.View().Networks
        let spec = network.Value.Spec!
        let isLive = spec.IsRouted && (!network.Value.Holders.IsEmpty || spec.Settings.OriginateAlways)
        from block in network.Value.Blocks.Keys
        select new Holding(network.Key, block, host, isLive && host.Addresses.Any(a => a.Family == block.Family));
}
