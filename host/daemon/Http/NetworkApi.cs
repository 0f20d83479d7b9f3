using System.Collections.Immutable;
using Akka.Actor;
using IpvlanActors.Client;
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
        app.MapPost("/v1/networks", async (CreateNetworkRequest request) => await node.Gateway.Ask<object>(Command(request), Patience) switch
        {
            NetworkReply reply => Results.Json(new NetworkCreatedReply(reply.Network.Value, reply.Name), ContractJson.Default.NetworkCreatedReply, statusCode: StatusCodes.Status201Created),
            var other => Problems.From((Refused)other),
        });
        app.MapDelete("/v1/networks/{name}", async (string name) =>
            await node.Gateway.Ask<object>(new RemoveNetworkCommand(name), Patience) is Refused refused ? Problems.From(refused) : Results.NoContent());
        app.MapPost("/v1/networks/{name}/check", async (string name, CheckRequest r) =>
            await node.Gateway.Ask<object>(new CheckNetworkCommand(name, WishOf(r.Wish)), Patience) is Refused refused ? Problems.From(refused) : Results.NoContent());
        app.MapGet("/v1/networks", () => Results.Json(List(node.Context.Boards), ContractJson.Default.IReadOnlyListNetworkSummary));
        app.MapGet("/v1/networks/{name}", (string name) =>
        {
            var (id, refusal) = References.Network(name, node.Context.Boards);
            return refusal is null
                ? Results.Json(Detail(id, node.Context.Boards), ContractJson.Default.NetworkDetail)
                : Problems.From(new Refused(refusal));
        });
    }

    public static NetworkWish? WishOf(WantedNetwork? wanted) =>
        wanted is { Like: { } like } ? new(Command(like).Request, wanted.Make) : null;

    private static CreateNetworkCommand Command(CreateNetworkRequest request) => new(new NetworkRequest
    {
        Name = request.Name ?? "",
        Subnets = [.. request.Subnets ?? []],
        Gateways = [.. request.Gateways ?? []],
        Ranges = [.. request.IpRanges ?? []],
        AuxAddresses = [.. request.AuxAddresses ?? ImmutableDictionary<string, string>.Empty],
        Internal = request.Internal,
        Ipv4 = request.Ipv4,
        Options = (request.Options ?? ImmutableDictionary<string, string>.Empty).ToImmutableSortedDictionary(StringComparer.Ordinal),
        Labels = (request.Labels ?? ImmutableDictionary<string, string>.Empty).ToImmutableSortedDictionary(StringComparer.Ordinal),
    });

    private static IReadOnlyList<NetworkSummary> List(Boards boards) =>
        [.. Showing.Networks(boards).OrderBy(n => n.Name, StringComparer.Ordinal).Select(ContractForm.Of)];

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
