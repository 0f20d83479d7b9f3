using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Tests.Lab.Cluster.Checking;

/// <summary>
/// What must hold of routes to peers at any moment, whatever is broken. I3: a next hop is a host that has owned the
/// prefix, and never that of an older claim than the one before. I4: a host's own block is never routed out.
/// </summary>
internal static class Routes
{
    /// <summary>How long the kernel may lag behind a journal on a busy machine.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(5);

    public static IEnumerable<Violation> Check(Evidence evidence, Claims claims) =>
        evidence.Hosts.SelectMany(host => OfHost(host, evidence, claims));

    private static IEnumerable<Violation> OfHost(HostStory host, Evidence evidence, Claims claims)
    {
        var highest = new Dictionary<Prefix, long>();
        var before = DateTimeOffset.MinValue;
        foreach (var round in evidence.Rounds)
        {
            if (round.Looks.FirstOrDefault(l => l.Host == host.Name) is not { } look)
                continue;
            if (host.Wipes.Any(w => w > before && w <= round.Until))
                highest.Clear();
            before = round.Until;
            foreach (var route in look.Routes)
            {
                foreach (var violation in OfRoute(route, host, round, evidence, claims, highest))
                    yield return violation;
            }
        }
    }

    private static IEnumerable<Violation> OfRoute(
        SeenRoute route, HostStory host, Round round, Evidence evidence, Claims claims, Dictionary<Prefix, long> highest)
    {
        var where = $"{host.Name} had {route} at {Checker.Time(round.From)}";
        var target = evidence.Hosts.FirstOrDefault(h => h.Addresses.Contains(route.Via))?.Name;
        if (target is null || target == host.Name)
        {
            yield return new("I3", $"{where}: {(target is null ? "no host has ever had" : "that host itself has")} that address");
            yield break;
        }

        if (claims.EpochOf(target, route.Destination, round.Until) is not { } epoch)
            yield return new("I3", $"{where}, but {target} has never owned the prefix");
        else if (highest.GetValueOrDefault(route.Destination) is var high && epoch < high)
            yield return new("I3", $"{where}, by the claim of {target} at epoch {epoch}, after it had one at epoch {high}");
        else
            highest[route.Destination] = epoch;

        if (IsOwn(route.Destination, host, round, claims))
            yield return new("I4", $"{where}, which was its own block");
    }

    /// <summary>Its own well before and still after the look.</summary>
    private static bool IsOwn(Prefix prefix, HostStory host, Round round, Claims claims) =>
        claims.OwnerAt(prefix, round.From - Lag) == host.Name && claims.OwnerAt(prefix, round.Until) == host.Name
        && HeldBlocks.Of(host, round.From - Lag).Any(b => b.Overlaps(prefix)) && HeldBlocks.Of(host, round.Until).Any(b => b.Overlaps(prefix));
}
