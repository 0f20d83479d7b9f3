using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime.Watching;

/// <summary>What a node shows of itself and of the cluster, as of this moment; read off the boards.</summary>
public static class Showing
{
    /// <summary>Nobody reads more, and a peer that tells nonsense could make ten thousand of them.</summary>
    private const int MaxProblems = 100;

    public static NodeShown Node(NodeContext node)
    {
        var boards = node.Boards;
        ImmutableArray<string> problems = [.. NodeProblems.Of(boards).Take(MaxProblems)];
        var state = boards.Fence is not null ? "fenced" : problems.IsEmpty ? "ready" : "degraded";
        return new(node.HostName, node.Host, node.View.Current.Host.Incarnation, state, problems);
    }

    public static IEnumerable<NetworkShown> Networks(Boards boards)
    {
        var endpoints = boards.View.Current.Endpoints.Values.GroupBy(e => e.Network).ToDictionary(g => g.Key, g => g.Count());
        foreach (var (id, spec) in Known(boards))
        {
            var (state, reason) = StateOf(id, boards);
            var (parent, kind, _) = Parent(id, spec, boards);
            yield return new(
                id, spec.Name, Word(spec.Mode), parent, [.. spec.Subnets.Select(s => s.Prefix)],
                endpoints.GetValueOrDefault(id), state, reason)
            {
                ParentKind = kind,
            };
        }
    }

    public static IEnumerable<BlockShown> Blocks(Boards boards) => Known(boards).SelectMany(n => Blocks(n.Id, n.Spec.Name, boards));

    /// <summary>Of one network, in their order. This host's own count also while the registry is away.</summary>
    public static IEnumerable<BlockShown> Blocks(NetworkId id, string name, Boards boards)
    {
        var self = boards.View.Current.Host.Id!.Value;
        var catalogue = boards.Catalogue.Current;
        var here = boards.View.Current.Networks.GetValueOrDefault(id);
        var owners = catalogue.Networks.GetValueOrDefault(id)?.Blocks ?? PrefixMap<BlockOwner>.Empty;
        if (here is not null)
            owners = owners.SetItems(here.Blocks.Select(b => KeyValuePair.Create(b.Key, new BlockOwner(self, b.Value.Epoch))));
        return owners.Select(o => new BlockShown(
            id, name, o.Key, o.Value.Host, catalogue.HostName(o.Value.Host), o.Value.Epoch, here?.Blocks.GetValueOrDefault(o.Key)?.Used.Count));
    }

    public static IEnumerable<EndpointShown> Endpoints(Boards boards)
    {
        var view = boards.View.Current;
        return view.Endpoints.Values.Select(e => new EndpointShown(e, NetworkName(e.Network, boards)));
    }

    /// <summary>Of a network that is attached here; others have no endpoints.</summary>
    public static string NetworkName(NetworkId id, Boards boards) =>
        boards.View.Current.Networks.GetValueOrDefault(id)?.Spec?.Name ?? id.Short;

    /// <summary>ready, degraded (with the reason), or attaching.</summary>
    public static (string State, string Reason) StateOf(NetworkId id, Boards boards)
    {
        if (boards.Waiting.Current.TryGetValue(id, out var why))
            return ("degraded", why.Text);
        if (!boards.View.Current.Networks.ContainsKey(id))
            return ("attaching", "");
        return boards.Kernel.Current.Problems.FirstOrDefault(p => p.Networks.Contains(id)) is { } problem
            ? ("degraded", problem.Text)
            : ("ready", "");
    }

    /// <returns>The link, its kind (given, vlan, dummy or container), and whether we made it.</returns>
    public static (string Link, string Kind, bool Made) Parent(NetworkId id, NetworkSpec spec, Boards boards) =>
        boards.View.Current.Networks.GetValueOrDefault(id) is { Parent: { } parent } here
            ? (parent.Name.Value, Word(parent.Made), here.OwnsParent)
            : (spec.Parents.Name, Word(spec.IsIsolated ? ParentKind.Dummy : spec.Parents.InContainer ? ParentKind.Container : ParentKind.Given), false);

    /// <summary>An endpoint's routes as they are; none while it has no link.</summary>
    public static ImmutableArray<Route> RoutesOf(EndpointState endpoint, Boards boards) =>
        endpoint.IsJoined && boards.View.Current.Networks.GetValueOrDefault(endpoint.Network)?.Spec is { } spec ? ContainerRoutes.Of(endpoint, spec) : [];

    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static IEnumerable<(NetworkId Id, NetworkSpec Spec)> Known(Boards boards) =>
        boards.View.Current.Networks.Select(n => (n.Key, n.Value.Spec!))
            .Concat(boards.Catalogue.Current.Networks.Select(n => (n.Key, n.Value.Spec))).DistinctBy(n => n.Key);
}
