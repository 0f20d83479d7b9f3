using System.Collections.Immutable;
using Akka.Actor;
using IpvlanActors.Client;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime;

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

    private static IReadOnlyList<NetworkSummary> List(Boards boards)
    {
        var view = boards.View.Current;
        var endpoints = view.Endpoints.Values.GroupBy(e => e.Network).ToDictionary(g => g.Key, g => g.Count());
        return
        [
            .. Known(boards).Select(n => new NetworkSummary(
                n.Id.Value, n.Spec.Name, Word(n.Spec.Mode), ParentOf(n.Id, n.Spec, boards).Link,
                [.. n.Spec.Subnets.Select(s => s.Prefix.ToString())], endpoints.GetValueOrDefault(n.Id), StateOf(n.Id, boards).State))
                .OrderBy(n => n.Name, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<(NetworkId Id, NetworkSpec Spec)> Known(Boards boards) =>
        boards.View.Current.Networks.Select(n => (n.Key, n.Value.Spec!))
            .Concat(boards.Catalogue.Current.Networks.Select(n => (n.Key, n.Value.Spec))).DistinctBy(n => n.Key);

    private static NetworkDetail Detail(NetworkId id, Boards boards)
    {
        var here = boards.View.Current.Networks.GetValueOrDefault(id);
        var entry = boards.Catalogue.Current.Networks.GetValueOrDefault(id);
        var spec = here?.Spec ?? entry!.Spec;
        var (state, reason) = StateOf(id, boards);
        return new(
            id.Value, spec.Name, here?.Created ?? entry!.Created, Word(spec.Mode), Word(spec.Flag), spec.Internal, spec.Settings.Mtu,
            ParentOf(id, spec, boards), [.. spec.Subnets.Select(Subnet)], Blocks(here, entry, boards),
            [.. boards.View.Current.EndpointsOf(id).Select(e => EndpointApi.Summary(e, spec.Name)).OrderBy(e => e.Name, StringComparer.Ordinal)],
            state, reason, spec.Options, spec.Labels);
    }

    private static SubnetDetail Subnet(SubnetSpec s) => new(
        s.Prefix.ToString(), s.Gateway?.ToString(), s.Range?.ToString(),
        s.Reserved.ToDictionary(r => r.Key, r => r.Value.ToString()), s.IsDefault);

    private static IReadOnlyList<BlockDetail> Blocks(HostNetworkState? here, CatalogueEntry? entry, Boards boards)
    {
        var self = boards.View.Current.Host.Id!.Value;
        var owners = entry?.Blocks.ToDictionary(b => b.Key, b => b.Value) ?? [];
        foreach (var (block, own) in here?.Blocks ?? ImmutableSortedDictionary<Prefix, OwnBlock>.Empty)
            owners[block] = new(self, own.Epoch);
        return
        [
            .. owners.OrderBy(o => o.Key).Select(o => new BlockDetail(
                o.Key.ToString(), boards.Catalogue.Current.HostName(o.Value.Host), o.Value.Host.ToString(), o.Value.Epoch,
                here?.Blocks.GetValueOrDefault(o.Key)?.Used.Count)),
        ];
    }

    private static ParentDetail ParentOf(NetworkId id, NetworkSpec spec, Boards boards) =>
        boards.View.Current.Networks.GetValueOrDefault(id) is { Parent: { } parent } here
            ? new(parent.Name.Value, Word(parent.Made), here.OwnsParent)
            : new(spec.Parents.Name, spec.IsIsolated ? Word(ParentKind.Dummy) : Word(ParentKind.Given), false);

    /// <summary>ready, degraded (with the reason), or attaching.</summary>
    private static (string State, string Reason) StateOf(NetworkId id, Boards boards)
    {
        if (boards.Waiting.Current.TryGetValue(id, out var why))
            return ("degraded", why.Text);
        if (!boards.View.Current.Networks.ContainsKey(id))
            return ("attaching", "");
        return boards.Kernel.Current.Problems.FirstOrDefault(p => p.Networks.Contains(id)) is { } problem
            ? ("degraded", problem.Text)
            : ("ready", "");
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
