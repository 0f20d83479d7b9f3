using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Tests.Lab.Cluster.Checking;

/// <summary>
/// I9: what is bogus changes nothing and is told. I10: a configuration that does not fit is refused, loudly. And what was
/// acknowledged is in a journal.
/// </summary>
internal static class Doors
{
    public static IEnumerable<Violation> Check(Evidence evidence) =>
    [
        .. evidence.Provocations.SelectMany(Refused),
        .. evidence.Mismatches.SelectMany(Loud),
        .. evidence.Acknowledged.Where(a => !IsKept(a, evidence)).Select(a => new Violation("acknowledged", $"{a.Host} answered at {Checker.Time(a.At)} that {a.What} {a.Id}, and no journal knows of it")),
        .. evidence.Disagreements.Select(d => new Violation("agreement", d)),
    ];

    private static IEnumerable<Violation> Refused(Provocation bogus)
    {
        var what = $"{bogus.What} on {bogus.Host}";
        if (bogus.Events.After != bogus.Events.Before)
            yield return new("I9", $"{what} was journaled: {bogus.Events.After - bogus.Events.Before} events");
        if (bogus.Kernel.After != bogus.Kernel.Before)
            yield return new("I9", $"{what} changed the kernel from\n{bogus.Kernel.Before}\nto\n{bogus.Kernel.After}");
        if (bogus.Told.Length == 0)
            yield return new("I9", $"{what} was told nowhere");
    }

    private static IEnumerable<Violation> Loud(Mismatch mismatch)
    {
        if (mismatch.Works)
            yield return new("I10", $"{mismatch.Host} takes part with {mismatch.What}");
        if (mismatch.Told.Length == 0)
            yield return new("I10", $"{mismatch.Host} said nothing of {mismatch.What}");
    }

    private static bool IsKept(Acknowledgement promise, Evidence evidence)
    {
        var id = promise.What == Promise.NetworkCreated
            ? PersistenceIds.Network(NetworkId.Parse(promise.Id))
            : PersistenceIds.Endpoint(EndpointId.Parse(promise.Id));
        return evidence.Hosts.SelectMany(h => h.Journal).Any(e => e.PersistenceId == id && (promise.What, e.Event) is
            (Promise.NetworkCreated, NetworkCreated) or (Promise.EndpointJoined, EndpointJoined) or (Promise.EndpointRemoved, EndpointRemoved));
    }
}
