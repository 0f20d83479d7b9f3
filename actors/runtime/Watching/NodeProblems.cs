using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Routes;

namespace IpvlanActors.Runtime.Watching;

/// <summary>What an operator has to see to: one sentence each, with the way out.</summary>
public static class NodeProblems
{
    public static IEnumerable<string> Of(Boards boards)
    {
        if (boards.Fence is { } fence)
            yield return fence.Text;
        else if (boards.Registration.Current.Refusal is { Code: not RefusalCodes.RegistryUnreachable } refusal)
            yield return refusal.Text;
        var report = boards.Kernel.Current;
        foreach (var problem in report.Problems)
            yield return problem.Text;
        foreach (var (_, fault) in report.Failed)
            yield return $"the kernel refused: {fault.Text}";
        foreach (var (_, network) in boards.View.Current.Networks)
        {
            foreach (var block in network.Lost.Keys)
                yield return $"fenced: {block} of network {network.Spec!.Name} was taken from this host: endpoints {string.Join(", ", network.HoldersIn(block))} have lost their links; remove them, and join again.";
        }

        foreach (var (network, why) in boards.Waiting.Current)
            yield return $"network {boards.Catalogue.Current.Networks.GetValueOrDefault(network)?.Spec.Name ?? network.Short} waits: {why.Text}";
        foreach (var verdict in boards.Routes.Current.Peers.Where(v => !v.IsAccepted))
            yield return $"route {verdict.Ad.Prefix} from host {boards.Catalogue.Current.HostName(verdict.Origin)} was rejected: {verdict.Reason}";
        if (boards.Cluster.Current.Trouble is { } trouble)
            yield return trouble;
        else if (boards.Cluster.Current.Registry is null)
            yield return "no member of the cluster runs the registry: networks cannot be created; bring up the host that has ipvland.cluster.registry = true.";
        foreach (var member in boards.Cluster.Current.Members.Where(m => m is { Elder: not null, IsSelf: false }))
            yield return $"the member at {member.Address} bears the id of host {Name(member, boards)} at {member.Elder}, so its data directory is a copy of that host's: nothing of what it tells is taken; stop it, or empty its data directory.";
        foreach (var member in boards.Cluster.Current.Members.Where(m => !m.Reachable))
            yield return $"host {Name(member, boards)} at {member.Address} cannot be reached; its routes stay while its next hops answer, or until it is forgotten.";
        foreach (var problem in OfPeers(boards))
            yield return problem;
    }

    private static IEnumerable<string> OfPeers(Boards boards)
    {
        var withdrawn = boards.Routes.Current.Peers.Where(v => v.IsAccepted && IsWithdrawn(v.Route, boards))
            .GroupBy(v => (v.Origin, Hop: Hop.Of(v.Route)!.Value));
        foreach (var routes in withdrawn)
        {
            yield return $"next hop {routes.Key.Hop.Address} of host {boards.Catalogue.Current.HostName(routes.Key.Origin)} on {routes.Key.Hop.Link} is dead " +
                $"(neither its daemon nor its kernel answers), so {routes.Count()} routes are withdrawn until it answers: look at that host, its link, and the switch between.";
        }

        foreach (var trouble in boards.Troubles.Current)
            yield return trouble;
        if (boards.Peers.Current.Problem.Length > 0)
            yield return boards.Peers.Current.Problem;
        if (boards.Cluster.Current.Members.Length > 1)
        {
            foreach (var gap in RouteGaps.Of(boards.View.Current, boards.Kernel.Current.Observed))
                yield return gap;
        }
    }

    internal static bool IsWithdrawn(Route? route, Boards boards) => Hop.Of(route) is { } hop && boards.Peers.Current.Dead.Contains(hop);

    public static string Name(ClusterMember member, Boards boards) =>
        member.Host is { } host ? boards.Catalogue.Current.HostName(host) : member.Address;
}
