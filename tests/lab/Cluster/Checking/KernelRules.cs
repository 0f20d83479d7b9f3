namespace IpvlanActors.Tests.Lab.Cluster.Checking;

/// <summary>
/// I6: what is not ours is as it was, to the letter. I7: a daemon that dies and starts again loses no packet and takes
/// away no route that is right. I8: nothing is written to a kernel when nothing has changed.
/// </summary>
internal static class KernelRules
{
    private static readonly string[] Marks = ["proto 213", "alias ipvland:", ": di-", ": iv-"];

    public static IEnumerable<Violation> Check(Evidence evidence, Claims claims) =>
        [.. evidence.Rounds.SelectMany(Foreign), .. evidence.Restarts.SelectMany(r => Unnoticed(r, evidence, claims)), .. evidence.QuietTimes.SelectMany(q => Still(q, evidence))];

    private static IEnumerable<Violation> Foreign(Round round) =>
        from look in round.Looks
        let missing = look.ForeignBefore.Except(look.Foreign).Select(l => $"gone: {l}")
        let added = look.Foreign.Except(look.ForeignBefore).Select(l => $"new: {l}")
        from line in missing.Concat(added)
        select new Violation("I6", $"on {look.Host} at {Checker.Time(round.From)} something of others has changed, {line}");

    private static IEnumerable<Violation> Unnoticed(Restart restart, Evidence evidence, Claims claims)
    {
        if (restart.Unanswered.Length > 0)
            yield return new("I7", $"{restart.Ping} lost {restart.Unanswered.Length} packets (number {string.Join(", ", restart.Unanswered.Take(5))}) while the daemon of {restart.Host} was away from {Checker.Time(restart.From)} to {Checker.Time(restart.Until)}");
        var right = RoutesOf(evidence.Rounds.LastOrDefault(r => r.Until <= restart.From), restart.Host)
            .Where(r => evidence.Hosts.Any(h => h.Addresses.Contains(r.Via) && restart.Peers.Contains(h.Name) && claims.OwnerAt(r.Destination, restart.Until) == h.Name)).ToList();
        foreach (var line in LogOf(evidence, restart.Host, restart.From, restart.Until).Where(l => l.Text.Contains("Deleted ", StringComparison.Ordinal)))
        {
            if (right.FirstOrDefault(r => line.Text.Contains($"{Text(r)} via {r.Via} ", StringComparison.Ordinal)) is { } route)
                yield return new("I7", $"{restart.Host} took away {route} at {Checker.Time(line.At)} while its daemon was started again, though it was right");
        }
    }

    private static IEnumerable<Violation> Still(QuietTime quiet, Evidence evidence) =>
        from host in evidence.Hosts
        from line in LogOf(evidence, host.Name, quiet.From, quiet.Until)
        where Marks.Any(m => line.Text.Contains(m, StringComparison.Ordinal))
        select new Violation("I8", $"{host.Name} wrote to its kernel at {Checker.Time(line.At)}, though nothing had changed: {line.Text.Trim()}");

    private static IEnumerable<SeenRoute> RoutesOf(Round? round, string host) => round?.Looks.FirstOrDefault(l => l.Host == host)?.Routes ?? [];

    private static IEnumerable<KernelLine> LogOf(Evidence evidence, string host, DateTimeOffset from, DateTimeOffset until) =>
        evidence.KernelLog.Where(l => l.Host == host && l.At >= from && l.At <= until);

    /// <summary>ip leaves out the length of a single address.</summary>
    private static string Text(SeenRoute route) => route.Destination.IsSingle ? route.Destination.First.ToString() : route.Destination.ToString();
}
