using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Routes;

namespace IpvlanActors.Runtime.Watching;

/// <summary>Every route that this host tells or has been told of, and what became of it.</summary>
public sealed class ShownRoutes
{
    private readonly Boards _boards;
    private readonly HashSet<Route> _installed;
    private readonly Dictionary<(Prefix, uint), KernelFault> _faults;

    private ShownRoutes(Boards boards)
    {
        _boards = boards;
        var report = boards.Kernel.Current;
        _installed = [.. report.Observed.Routes.Where(r => r.Protocol == Ownership.RouteProtocol)];
        _faults = report.Failed.Where(f => f.Op is AddRoute).GroupBy(f => ((AddRoute)f.Op).Route.Key).ToDictionary(g => g.Key, g => g.First().Fault);
    }

    public static IEnumerable<RouteShown> Of(NodeContext node)
    {
        var shown = new ShownRoutes(node.Boards);
        var routes = node.Boards.Routes.Current;
        return routes.Own.Values.Select(ad => shown.Own(ad, node)).Concat(routes.Peers.Select(shown.Peer)).Concat(shown.Kept());
    }

    private RouteShown Own(RouteAd ad, NodeContext node) => new(
        ad.Prefix, ad.Network, NameOf(ad.Network), node.Host, node.HostName, ad.NextHop.ToString(), DeviceOf(ad), "own", "-", "");

    private RouteShown Peer(RouteVerdict verdict)
    {
        var fault = verdict.Route is null ? null : _faults.GetValueOrDefault(verdict.Route.Key);
        return new(
            verdict.Ad.Prefix, verdict.Ad.Network, NameOf(verdict.Ad.Network), verdict.Origin, _boards.Catalogue.Current.HostName(verdict.Origin),
            verdict.Ad.NextHop.ToString(), verdict.Route?.Device?.Value ?? DeviceOf(verdict.Ad), StateOf(verdict), InKernel(verdict.Route),
            verdict.Route is null ? verdict.Reason : fault is null ? "" : $"a route of others is there: {fault.Text}");
    }

    /// <summary>What an earlier life of this node has left in the kernel, of hosts that have not been heard since.</summary>
    private IEnumerable<RouteShown> Kept()
    {
        var (catalogue, heard) = (_boards.Catalogue.Current, _boards.Routes.Current.Told);
        foreach (var route in _boards.Routes.Current.Kept)
        {
            foreach (var (network, entry) in catalogue.Networks)
            {
                if (entry.OwnerOf(route.Destination) is not { } owner || heard.ContainsKey(owner.Host))
                    continue;
                yield return new(
                    route.Destination, network, entry.Spec.Name, owner.Host, catalogue.HostName(owner.Host), route.NextHop?.ToString() ?? "",
                    route.Device?.Value ?? "", NodeProblems.IsWithdrawn(route, _boards) ? "withdrawn" : "stale", InKernel(route),
                    "its host has not been heard since this node started");
            }
        }
    }

    private string StateOf(RouteVerdict verdict)
    {
        if (!verdict.IsAccepted)
            return "rejected";
        if (NodeProblems.IsWithdrawn(verdict.Route, _boards))
            return "withdrawn";
        return _boards.Peers.Current.StateOf(verdict.Origin) switch
        {
            PeerState.Live => "accepted",
            PeerState.Suspect => "suspect",
            _ => "stale",
        };
    }

    private string InKernel(Route? route)
    {
        if (route is null || NodeProblems.IsWithdrawn(route, _boards))
            return "-";
        return _faults.ContainsKey(route.Key) ? "conflict" : _installed.Contains(route) ? "installed" : "missing";
    }

    private string NameOf(NetworkId network) => _boards.Catalogue.Current.Networks.GetValueOrDefault(network)?.Spec.Name ?? network.Short;

    private string DeviceOf(RouteAd ad) => _boards.View.Current.Networks.GetValueOrDefault(ad.Network)?.Parent?.Name.Value ?? "";
}
