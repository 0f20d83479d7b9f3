using System.Collections.Immutable;
using System.Text.Json;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Watching;

namespace IpvlanActors.Daemon.Http;

/// <summary>/v1/networks</summary>
internal static class NetworkApi
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(55);

    public static void Map(IEndpointRouteBuilder app, Node node)
    {
        app.MapPost("/v1/networks", async (HttpContext http, CreateNetworkRequest request) => await node.Ask(Command(request, Keys.Of(http)), Patience) switch
            {
                NetworkReply reply => Results.Json(new NetworkCreatedReply(reply.Network.Value, reply.Name), ContractJson.Default.NetworkCreatedReply, statusCode: StatusCodes.Status201Created),
                var other => Problems.From((Refused)other),
            })
            .Is(new Operation("Create a network", typeof(NetworkCreatedReply), StatusCodes.Status201Created)
            {
                Request = typeof(CreateNetworkRequest),
                Parameters = OperationMetadata.Keyed,
            });
        app.MapDelete("/v1/networks/{name}", async (string name) =>
                await node.Ask(new RemoveNetworkCommand(name), Patience) is Refused refused ? Problems.From(refused) : Results.NoContent())
            .Is("Remove a network that has no endpoints on any host", null);
        app.MapPost("/v1/networks/{name}/check", async (string name, CheckRequest r) =>
                await node.Ask(new CheckNetworkCommand(name, WishOf(r.Wish)), Patience) is Refused refused ? Problems.From(refused) : Results.NoContent())
            .Is(new Operation("Whether an endpoint could join now; nothing is changed", null, StatusCodes.Status204NoContent) { Request = typeof(CheckRequest) });
        app.MapGet("/v1/networks", (HttpContext http) => Paging.List(
                http, Showing.Networks(node.Context.Boards).Select(ContractForm.Of), n => n.Id,
                all => all.OrderBy(n => n.Name, StringComparer.Ordinal), ContractJson.Default.IReadOnlyListNetworkSummary))
            .Is("The networks of the cluster, as this host has them; keys are ids", typeof(IReadOnlyList<NetworkSummary>), OperationMetadata.Paged);
        app.MapGet("/v1/networks/{name}", (string name) =>
            {
                var (id, refusal) = References.Network(name, node.Context.Boards);
                return refusal is null
                    ? Results.Json(Detail(id, node.Context.Boards), ContractJson.Default.NetworkDetail)
                    : Problems.From(new Refused(refusal));
            })
            .Is("A network by its name, id, or a unique beginning of the id", typeof(NetworkDetail));
    }

    public static NetworkWish? WishOf(WantedNetwork? wanted) =>
        wanted is { Like: { } like } ? new(Command(like, null).Request, wanted.Make) : null;

    private static CreateNetworkCommand Command(CreateNetworkRequest request, string? key) => new(new NetworkRequest
    {
        Name = request.Name ?? "",
        Subnets = Texts(request.Subnets, "subnets"),
        Gateways = Texts(request.Gateways, "gateways"),
        Ranges = Texts(request.IpRanges, "ipRanges"),
        AuxAddresses = [.. Pairs(request.AuxAddresses, "auxAddresses")],
        Internal = request.Internal,
        Ipv4 = request.Ipv4,
        Options = Pairs(request.Options, "options").ToImmutableSortedDictionary(StringComparer.Ordinal),
        Labels = Pairs(request.Labels, "labels").ToImmutableSortedDictionary(StringComparer.Ordinal),
    })
    {
        Key = key,
    };

    /// <summary>JSON may have null where the contract has a text.</summary>
    public static ImmutableArray<string> Texts(IReadOnlyList<string?>? texts, string where) => texts?.Any(t => t is null) == true
        ? throw new JsonException($"{where} has null among its texts.")
        : [.. texts?.OfType<string>() ?? []];

    private static IReadOnlyDictionary<string, string> Pairs(IReadOnlyDictionary<string, string>? pairs, string where) =>
        pairs?.FirstOrDefault(p => p.Value is null) is { Key: { } key }
            ? throw new JsonException($"{where} has null for '{key}'.")
            : pairs ?? ImmutableDictionary<string, string>.Empty;

    private static NetworkDetail Detail(NetworkId id, Boards boards)
    {
        var here = boards.View.Current.Networks.GetValueOrDefault(id);
        var entry = boards.Catalogue.Current.Networks.GetValueOrDefault(id);
        var spec = here?.Spec ?? entry!.Spec;
        var (state, reason) = Showing.StateOf(id, boards);
        var (parent, kind, made) = Showing.Parent(id, spec, boards);
        return new(
            id.Value, spec.Name, here?.Created ?? entry!.Created, Showing.Word(spec.Mode), Showing.Word(spec.Flag), spec.Internal, spec.Settings.Mtu,
            new(parent, kind, made), [.. spec.Subnets.Select(Subnet)], [.. Showing.Blocks(id, spec.Name, boards).Select(ContractForm.Of)],
            [.. boards.View.Current.EndpointsOf(id).Select(e => ContractForm.Of(e, spec.Name)).OrderBy(e => e.Name, StringComparer.Ordinal)],
            state, reason, spec.Options, spec.Labels);
    }

    private static SubnetDetail Subnet(SubnetSpec s) => new(
        s.Prefix.ToString(), s.Gateway?.ToString(), s.Range?.ToString(),
        s.Reserved.ToDictionary(r => r.Key, r => r.Value.ToString()), s.IsDefault);
}
