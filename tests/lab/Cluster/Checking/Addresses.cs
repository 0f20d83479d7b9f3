using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;

namespace IpvlanActors.Tests.Lab.Cluster.Checking;

/// <summary>
/// I1: no address is active on two hosts at any instant. By the journals, in which an address is active from its
/// endpoint's join until it has left, and by the kernels, which may hold what no journal knows of any more.
/// </summary>
internal static class Addresses
{
    /// <param name="Until">MaxValue: to the end.</param>
    private sealed record Tenure(string Host, Ip Address, EndpointId Endpoint, DateTimeOffset From, DateTimeOffset Until)
    {
        public override string ToString() => $"on {Host} (endpoint {Endpoint.Short}, {Checker.Time(From)} to {Checker.Time(Until)})";
    }

    public static IEnumerable<Violation> Check(Evidence evidence) =>
        ByJournals(evidence.Hosts).Concat(evidence.Rounds.SelectMany(ByKernels));

    private static IEnumerable<Violation> ByJournals(IEnumerable<HostStory> hosts)
    {
        foreach (var tenures in hosts.SelectMany(TenuresOf).GroupBy(t => t.Address))
        {
            var all = tenures.OrderBy(t => t.From).ToList();
            for (var later = 1; later < all.Count; later++)
            {
                var second = all[later];
                foreach (var first in all.Take(later).Where(t => t.Host != second.Host && t.Until > second.From))
                    yield return new("I1", $"{tenures.Key} was active {first} and {second} at once");
            }
        }
    }

    private static IEnumerable<Violation> ByKernels(Round round)
    {
        var seen = round.Looks.SelectMany(look => look.Containers.Select(c => (look.Host, Seen: c))).GroupBy(s => s.Seen.Address);
        foreach (var address in seen.Where(s => s.Select(x => x.Host).Distinct().Count() > 1))
        {
            var places = address.Select(s => $"{s.Host} (container {s.Seen.Container}, {s.Seen.Alias})");
            yield return new("I1", $"{address.Key} was in the kernels of {string.Join(" and ", places)} between {Checker.Time(round.From)} and {Checker.Time(round.Until)}");
        }
    }

    private static IEnumerable<Tenure> TenuresOf(HostStory host)
    {
        var tenures = new List<Tenure>();
        var created = new Dictionary<string, EndpointCreated>();
        var wipes = new Queue<DateTimeOffset>(host.Wipes.Order());
        foreach (var entry in host.Journal)
        {
            while (wipes.TryPeek(out var wipe) && wipe <= entry.At)
                End(tenures, _ => true, wipes.Dequeue());
            switch (entry.Event)
            {
                case EndpointCreated e:
                    created[entry.PersistenceId] = e;
                    break;
                case EndpointJoined when !entry.Inherited && created.TryGetValue(entry.PersistenceId, out var endpoint):
                    End(tenures, t => t.Endpoint == endpoint.Endpoint, entry.At);
                    tenures.AddRange(endpoint.Addresses.Select(a => new Tenure(host.Name, a.Address, endpoint.Endpoint, entry.At, DateTimeOffset.MaxValue)));
                    break;
                case EndpointLeft or EndpointJoinFailed or EndpointRemoved when created.TryGetValue(entry.PersistenceId, out var endpoint):
                    End(tenures, t => t.Endpoint == endpoint.Endpoint, entry.At);
                    break;
            }
        }

        while (wipes.TryDequeue(out var wipe))
            End(tenures, _ => true, wipe);
        return tenures;
    }

    private static void End(List<Tenure> tenures, Func<Tenure, bool> which, DateTimeOffset at)
    {
        for (var i = 0; i < tenures.Count; i++)
        {
            if (tenures[i].Until == DateTimeOffset.MaxValue && which(tenures[i]))
                tenures[i] = tenures[i] with { Until = at };
        }
    }
}
