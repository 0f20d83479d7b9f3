using System.Reflection;
using System.Runtime.InteropServices;
using Akka.Actor;
using IpvlanActors.Client;
using IpvlanActors.Daemon.Checkup;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime;
using Route = IpvlanActors.Domain.Kernel.Route;

namespace IpvlanActors.Daemon.Http;

/// <summary>/v1/routes, /v1/cluster, /v1/status, /v1/doctor, /v1/version</summary>
internal static class NodeApi
{
    public static void Map(IEndpointRouteBuilder app, NodeFacts facts)
    {
        var boards = facts.Node.Context.Boards;
        app.MapGet("/v1/routes", (string? host) => Results.Json(Routes(host, facts.Node), ContractJson.Default.IReadOnlyListRouteDetail));
        app.MapGet("/v1/cluster", () => Results.Json(Cluster(facts.Node), ContractJson.Default.ClusterStatus));
        app.MapPost("/v1/cluster/leave", () => Ask(facts.Node, new LeaveClusterCommand()));
        app.MapPost("/v1/cluster/forget/{host}", (string host) => Ask(facts.Node, new ForgetHostCommand(host)));
        app.MapGet("/v1/status", () => Results.Json(Status(facts), ContractJson.Default.NodeStatus));
        app.MapGet("/v1/doctor", async () => Results.Json(await Doctor.Examine(facts), ContractJson.Default.DoctorReport));
        app.MapGet("/v1/version", () => Results.Json(Version(), ContractJson.Default.VersionReply));
        app.MapFallback((HttpContext context) => Problems.From("request-unknown",
            $"this node has no {context.Request.Method} {context.Request.Path}: ipvlanctl version shows whether it is older than the tool."));
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    /// <summary>One sentence each, with the way out: what an operator has to see to.</summary>
    public static IEnumerable<string> ProblemsOf(NodeFacts facts) => ProblemsOf(facts.Node.Context.Boards).Concat(facts.Troubles);

    private static IEnumerable<string> ProblemsOf(Boards boards)
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
        foreach (var problem in PeerProblems(boards))
            yield return problem;
    }

    private static IEnumerable<string> PeerProblems(Boards boards)
    {
        var withdrawn = boards.Routes.Current.Peers.Where(v => v.IsAccepted && IsWithdrawn(v.Route, boards))
            .GroupBy(v => (v.Origin, Hop: Hop.Of(v.Route)!.Value));
        foreach (var routes in withdrawn)
        {
            yield return $"next hop {routes.Key.Hop.Address} of host {boards.Catalogue.Current.HostName(routes.Key.Origin)} on {routes.Key.Hop.Link} is dead " +
                $"(neither its daemon nor its kernel answers), so {routes.Count()} routes are withdrawn until it answers: look at that host, its link, and the switch between.";
        }

        if (boards.Peers.Current.Problem.Length > 0)
            yield return boards.Peers.Current.Problem;
        if (boards.Cluster.Current.Members.Length > 1)
        {
            foreach (var gap in RouteGaps.Of(boards.View.Current, boards.Kernel.Current.Observed))
                yield return gap;
        }
    }

    private static async Task<IResult> Ask(Node node, INodeCommand command) =>
        await node.Gateway.Ask<object>(command, Patience) is Refused refused ? Problems.From(refused) : Results.NoContent();

    private static IReadOnlyList<RouteDetail> Routes(string? host, Node node) =>
        [.. RoutesOf(node).Where(r => string.IsNullOrEmpty(host) || r.Host == host).OrderBy(r => r.Network, StringComparer.Ordinal)];

    /// <summary>All that this host tells, and all that it was told.</summary>
    public static IEnumerable<RouteDetail> RoutesOf(Node node)
    {
        var boards = node.Context.Boards;
        return boards.Routes.Current.Own.Values.Select(ad => Own(ad, node))
            .Concat(boards.Routes.Current.Peers.Select(v => Peer(v, boards))).Concat(Kept(boards));
    }

    private static RouteDetail Own(RouteAd ad, Node node) => new(
        ad.Prefix.ToString(), NameOf(ad, node.Context.Boards), node.Context.HostName, ad.NextHop.ToString(), DeviceOf(ad, node.Context.Boards), "own", "-", "");

    private static RouteDetail Peer(RouteVerdict verdict, Boards boards) => new(
        verdict.Ad.Prefix.ToString(), NameOf(verdict.Ad, boards), boards.Catalogue.Current.HostName(verdict.Origin), verdict.Ad.NextHop.ToString(),
        verdict.Route?.Device?.Value ?? DeviceOf(verdict.Ad, boards), StateOf(verdict, boards), InKernel(verdict.Route, boards),
        verdict.Route is null ? verdict.Reason : FaultOf(verdict.Route, boards) is { } fault ? $"a route of others is there: {fault.Text}" : "");

    private static string StateOf(RouteVerdict verdict, Boards boards) =>
        !verdict.IsAccepted ? "rejected" : IsWithdrawn(verdict.Route, boards) ? "withdrawn" : StateOf(verdict.Origin, boards);

    private static string StateOf(HostId origin, Boards boards) => boards.Peers.Current.StateOf(origin) switch
    {
        PeerState.Live => "accepted",
        PeerState.Suspect => "suspect",
        _ => "stale",
    };

    private static bool IsWithdrawn(Route? route, Boards boards) => Hop.Of(route) is { } hop && boards.Peers.Current.Dead.Contains(hop);

    /// <summary>What an earlier life of this node has left in the kernel, of hosts that have not been heard since.</summary>
    private static IEnumerable<RouteDetail> Kept(Boards boards)
    {
        var (catalogue, heard) = (boards.Catalogue.Current, boards.Routes.Current.Told);
        foreach (var route in boards.Wanted.Current.Routes)
        {
            foreach (var entry in catalogue.Networks.Values)
            {
                if (entry.OwnerOf(route.Destination) is not { } owner || heard.ContainsKey(owner.Host))
                    continue;
                yield return new(
                    route.Destination.ToString(), entry.Spec.Name, catalogue.HostName(owner.Host), route.NextHop?.ToString() ?? "",
                    route.Device?.Value ?? "", IsWithdrawn(route, boards) ? "withdrawn" : "stale", InKernel(route, boards),
                    "its host has not been heard since this node started");
            }
        }
    }

    private static string InKernel(Route? route, Boards boards)
    {
        if (route is null || IsWithdrawn(route, boards))
            return "-";
        return FaultOf(route, boards) is not null ? "conflict" : boards.Kernel.Current.Observed.Routes.Contains(route) ? "installed" : "missing";
    }

    private static KernelFault? FaultOf(Route route, Boards boards) =>
        boards.Kernel.Current.Failed.FirstOrDefault(f => f.Op is AddRoute add && add.Route.Key == route.Key).Fault;

    private static string NameOf(RouteAd ad, Boards boards) =>
        boards.Catalogue.Current.Networks.GetValueOrDefault(ad.Network)?.Spec.Name ?? ad.Network.Short;

    private static string DeviceOf(RouteAd ad, Boards boards) =>
        boards.View.Current.Networks.GetValueOrDefault(ad.Network)?.Parent?.Name.Value ?? "";

    private static ClusterStatus Cluster(Node node)
    {
        var boards = node.Context.Boards;
        var cluster = boards.Cluster.Current;
        var members = cluster.Members.Select(m => new MemberDetail(
            Name(m, boards), m.Host?.ToString() ?? "", m.Address, m.Status, m.Reachable, m.MayRegistry,
            boards.Catalogue.Current.Networks.Values.Sum(n => n.Blocks.Values.Count(o => o.Host == m.Host)),
            m.IsSelf ? boards.Routes.Current.Own.Count : boards.Routes.Current.Peers.Count(v => v.Origin == m.Host && v.IsAccepted),
            m.Elder ?? ""));
        return new(node.Context.HostName, cluster.Registry ?? "", [.. members.OrderBy(m => m.Host, StringComparer.Ordinal)]);
    }

    private static string Name(ClusterMember member, Boards boards) =>
        member.Host is { } host ? boards.Catalogue.Current.HostName(host) : member.Address;

    private static NodeStatus Status(NodeFacts facts)
    {
        var boards = facts.Node.Context.Boards;
        var view = boards.View.Current;
        IReadOnlyList<string> problems = [.. ProblemsOf(facts)];
        return new(
            facts.Node.Context.HostName, facts.Node.Context.Host.ToString(), facts.Node.Incarnation, StateOf(boards, problems),
            problems, view.Networks.Count, view.Endpoints.Count, boards.Routes.Current.Peers.Count(v => v.IsAccepted), view.Events,
            facts.Settings.Data, facts.Ready, facts.ReadySeconds)
        {
            Rejected = boards.Routes.Current.Rejected,
        };
    }

    private static string StateOf(Boards boards, IReadOnlyList<string> problems) =>
        boards.Fence is not null ? "fenced" : problems.Count == 0 ? "ready" : "degraded";

    public static VersionReply Version() => new(
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0",
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        RuntimeInformation.FrameworkDescription);
}
