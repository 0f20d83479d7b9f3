using System.Reflection;
using System.Runtime.InteropServices;
using IpvlanActors.Daemon.Checkup;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Watching;

namespace IpvlanActors.Daemon.Http;

/// <summary>/v1/routes, /v1/cluster, /v1/status, /v1/doctor, /v1/version</summary>
internal static class NodeApi
{
    public static void Map(IEndpointRouteBuilder app, NodeFacts facts)
    {
        app.MapGet("/v1/routes", (HttpContext http, string? host, string? network) => Routes(http, host, network, facts.Node))
            .Is(
                "Every route that this host tells or was told of, and what became of it; keys are hostId/networkId/prefix", typeof(IReadOnlyList<RouteDetail>),
                [.. OperationMetadata.Paged, new("host", "query", "Only those of this host."), new("network", "query", "Only those of this network, by name or id.")]);
        app.MapGet("/v1/cluster", () => Results.Json(Cluster(facts.Node), ContractJson.Default.ClusterStatus))
            .Is("The members of the cluster as this host sees them", typeof(ClusterStatus));
        app.MapPost("/v1/cluster/leave", () => Ask(facts.Node, new LeaveClusterCommand()))
            .Is("Give everything up and leave the cluster, until the node is started again", null);
        app.MapPost("/v1/cluster/forget/{host}", (string host) => Ask(facts.Node, new ForgetHostCommand(host)))
            .Is("Give a dead host up: its blocks are taken from it", null);
        app.MapGet("/v1/status", () => Results.Json(Status(facts), ContractJson.Default.NodeStatus))
            .Is("The node: its state, its problems, what it holds", typeof(NodeStatus));
        app.MapGet("/v1/doctor", async () => Results.Json(await Doctor.Examine(facts), ContractJson.Default.DoctorReport))
            .Is("Check the machine and the node, with advice", typeof(DoctorReport));
        app.MapGet("/v1/openapi.json", () => Results.Stream(Assembly.GetExecutingAssembly().GetManifestResourceStream("openapi.json")!, "application/json"))
            .Is("This document", typeof(string));
        app.MapGet("/v1/version", () => Results.Json(Version(), ContractJson.Default.VersionReply))
            .Is("Versions of the node, its kernel and its runtime", typeof(VersionReply));
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private static async Task<IResult> Ask(Node node, INodeCommand command) =>
        await node.Ask(command, Patience) is Refused refused ? Problems.From(refused) : Results.NoContent();

    private static IResult Routes(HttpContext http, string? host, string? network, Node node) => Paging.List(
        http,
        ShownRoutes.Of(node.Context).Where(r => string.IsNullOrEmpty(host) || r.HostName == host)
            .Where(r => string.IsNullOrEmpty(network) || r.NetworkName == network || r.Network.Value == network).Select(ContractForm.Of),
        r => $"{r.HostId}/{r.NetworkId}/{r.Prefix}", all => all.OrderBy(r => r.Network, StringComparer.Ordinal), ContractJson.Default.IReadOnlyListRouteDetail);

    private static ClusterStatus Cluster(Node node)
    {
        var boards = node.Context.Boards;
        var cluster = boards.Cluster.Current;
        return new(node.Context.HostName, cluster.Registry ?? "", [.. ShownHosts.Of(boards).Select(ContractForm.Of).OrderBy(m => m.Host, StringComparer.Ordinal)]);
    }

    private static NodeStatus Status(NodeFacts facts)
    {
        var boards = facts.Node.Context.Boards;
        var view = boards.View.Current;
        var shown = Showing.Node(facts.Node.Context);
        return new(
            shown.Name, shown.Id.ToString(), facts.Node.Incarnation, shown.State, shown.Problems, view.Networks.Count, view.Endpoints.Count, boards.Routes.Current.Peers.Count(v => v.IsAccepted), view.Events,
            facts.Settings.Data, facts.Ready, facts.ReadySeconds)
        {
            Rejected = boards.Routes.Current.Rejected,
        };
    }

    public static VersionReply Version() => new(
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0",
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        RuntimeInformation.FrameworkDescription);
}
