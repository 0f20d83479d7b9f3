using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Watching;

namespace IpvlanActors.Daemon.Http;

/// <summary>/v1/endpoints</summary>
internal static class EndpointApi
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(55);

    public static void Map(IEndpointRouteBuilder app, Node node)
    {
        app.MapPost("/v1/endpoints", async (HttpContext http, JoinEndpointRequest r) => await Join(node, r, Keys.Of(http), http.RequestAborted))
            .Is(new Operation("Create an endpoint, allocate its addresses and join it to a namespace", typeof(EndpointDetail), StatusCodes.Status200OK)
            {
                Request = typeof(JoinEndpointRequest),
                Parameters = OperationMetadata.Keyed,
            });
        app.MapPost("/v1/endpoints/{name}/check", async (string name, CheckRequest r) =>
                await Ask(node, new CheckEndpointCommand(name, r.Network ?? "") { Wish = NetworkApi.WishOf(r.Wish) }))
            .Is(new Operation("Whether an endpoint is joined and the kernel has all of it; nothing is changed", typeof(EndpointDetail), StatusCodes.Status200OK) { Request = typeof(CheckRequest) });
        app.MapPost("/v1/endpoints/{name}/leave", async (string name) => await Ask(node, new LeaveEndpointCommand(name)))
            .Is("Take an endpoint out of its namespace; it keeps its addresses", typeof(EndpointDetail));
        app.MapDelete("/v1/endpoints/{name}", async (string name, string? network) => await Ask(node, new RemoveEndpointCommand(name) { Network = network }))
            .Is("Remove an endpoint and free its addresses; answered as it last was", typeof(EndpointDetail), new OperationParameter("network", "query", "Only an endpoint of this network is meant."));
        app.MapGet("/v1/endpoints", (HttpContext http, string? network) => List(http, network, node.Context.Boards))
            .Is("The endpoints of this host; keys are ids", typeof(IReadOnlyList<EndpointSummary>), [.. OperationMetadata.Paged, new("network", "query", "Only those of this network.")]);
        app.MapGet("/v1/endpoints/{name}", (string name) =>
            {
                var (endpoint, refusal) = References.Endpoint(name, node.Context.Boards);
                return endpoint is null ? Problems.From(new Refused(refusal!)) : Result(endpoint, node.Context.Boards);
            })
            .Is("An endpoint by its name, id, or a unique beginning of the id", typeof(EndpointDetail));
    }

    private static async Task<IResult> Join(Node node, JoinEndpointRequest r, string? key, CancellationToken aborted)
    {
        var command = new JoinEndpointCommand(r.Network ?? "", r.Netns ?? "", r.Name, r.Ip, r.Ip6, string.IsNullOrEmpty(r.IfName) ? "eth0" : r.IfName)
        {
            Wish = NetworkApi.WishOf(r.Wish),
            MustBeNew = r.MustBeNew,
            Addresses = r.Addresses is null ? null : NetworkApi.Texts(r.Addresses, "addresses"),
            Routes = r.Routes is null ? null : NetworkApi.Texts(r.Routes, "routes"),
            Key = key,
        };
        var answer = await node.Ask(command, Patience);
        if (answer is EndpointReply joined && r.MustBeNew && aborted.IsCancellationRequested)
            await node.Ask(new RemoveEndpointCommand(joined.Endpoint.Endpoint.Value), Patience); // nobody hears that it is there
        return Answer(answer, node);
    }

    private static async Task<IResult> Ask(Node node, INodeCommand command) => Answer(await node.Ask(command, Patience), node);

    private static IResult Answer(object answer, Node node) => answer switch
    {
        EndpointReply reply => Result(reply.Endpoint, node.Context.Boards, reply),
        var other => Problems.From((Refused)other),
    };

    private static IResult List(HttpContext http, string? network, Boards boards)
    {
        var view = boards.View.Current;
        var endpoints = view.Endpoints.Values.AsEnumerable();
        if (!string.IsNullOrEmpty(network))
        {
            var (id, refusal) = References.Network(network, boards);
            if (refusal is not null)
                return Problems.From(new Refused(refusal));
            endpoints = view.EndpointsOf(id);
        }

        return Paging.List(
            http, endpoints.Select(e => ContractForm.Of(e, Showing.NetworkName(e.Network, boards))), e => e.Id,
            all => all.OrderBy(e => view.Endpoints.GetValueOrDefault(EndpointId.Parse(e.Id))?.Created).ThenBy(e => e.Name, StringComparer.Ordinal),
            ContractJson.Default.IReadOnlyListEndpointSummary);
    }

    private static IResult Result(EndpointState e, Boards boards, EndpointReply? reply = null)
    {
        var spec = boards.View.Current.Networks.GetValueOrDefault(e.Network)?.Spec;
        var routes = Showing.RoutesOf(e, boards);
        return Results.Json(
            new EndpointDetail(
                e.Endpoint.Value, e.Name, Showing.NetworkName(e.Network, boards), e.Network.Value, [.. e.Addresses.Select(a => a.ToString())],
                e.Interface.Value, e.Sandbox?.Path ?? "", [.. routes.Select(r => r.ToString())], Showing.Word(e.Stage), e.Reason, e.Created)
            {
                Mac = reply?.Mac ?? "",
                Mtu = reply?.Mtu ?? 0,
                Gateways = spec is null ? [] : [.. e.Addresses.Select(a => ContainerRoutes.GatewayOf(a.Address.Family, spec, [a])?.ToString() ?? "")],
                Hops = [.. routes.Select(r => new EndpointRoute(r.Destination.ToString(), r.NextHop?.ToString() ?? ""))],
            },
            ContractJson.Default.EndpointDetail);
    }
}
