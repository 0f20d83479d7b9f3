using System.Reflection;
using System.Runtime.InteropServices;
using Akka.Actor;
using IpvlanActors.Client;
using IpvlanActors.Daemon.Checkup;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Runtime.Watching;

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

    private static async Task<IResult> Ask(Node node, INodeCommand command) =>
        await node.Gateway.Ask<object>(command, Patience) is Refused refused ? Problems.From(refused) : Results.NoContent();

    private static IReadOnlyList<RouteDetail> Routes(string? host, Node node) =>
    [
        .. ShownRoutes.Of(node.Context).Where(r => string.IsNullOrEmpty(host) || r.HostName == host).Select(ContractForm.Of)
            .OrderBy(r => r.Network, StringComparer.Ordinal),
    ];

    private static ClusterStatus Cluster(Node node)
    {
        var boards = node.Context.Boards;
        var cluster = boards.Cluster.Current;
        return new(node.Context.HostName, cluster.Registry ?? "", [.. Showing.Hosts(boards).Select(ContractForm.Of).OrderBy(m => m.Host, StringComparer.Ordinal)]);
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
