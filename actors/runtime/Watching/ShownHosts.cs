using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Routes;

namespace IpvlanActors.Runtime.Watching;

/// <summary>Every host that is a member or that the registry knows, and what is thought of it.</summary>
public sealed class ShownHosts
{
    private readonly Boards _boards;
    private readonly Dictionary<HostId, int> _blocks;

    private ShownHosts(Boards boards)
    {
        _boards = boards;
        _blocks = boards.Catalogue.Current.Networks.Values.SelectMany(n => n.Blocks.Values).GroupBy(o => o.Host).ToDictionary(g => g.Key, g => g.Count());
    }

    public static IEnumerable<HostShown> Of(Boards boards)
    {
        var shown = new ShownHosts(boards);
        var members = boards.Cluster.Current.Members;
        var here = members.Select(m => m.Host).OfType<HostId>().Append(boards.View.Current.Host.Id ?? default).ToHashSet();
        return [.. members.Select(shown.Member), .. boards.Catalogue.Current.Hosts.Keys.Where(h => !here.Contains(h)).Select(shown.Gone)];
    }

    private HostShown Member(ClusterMember member)
    {
        var shown = new HostShown(
            NodeProblems.Name(member, _boards), member.Host, member.Address, member.Status, member.Reachable, member.MayRegistry,
            member.Host is { } id ? _blocks.GetValueOrDefault(id) : 0, member.IsSelf ? _boards.Routes.Current.Own.Count : RoutesOf(member.Host).Count(), member.Elder ?? "");
        return member is { IsSelf: false, Host: { } host, Elder: null } ? Judged(shown, host) : shown;
    }

    private HostShown Gone(HostId host) => Judged(
        new(_boards.Catalogue.Current.HostName(host), host, "", "gone", Reachable: false, Registry: false, _blocks.GetValueOrDefault(host), RoutesOf(host).Count(), ""), host);

    private HostShown Judged(HostShown shown, HostId host)
    {
        var dead = RoutesOf(host).Where(v => NodeProblems.IsWithdrawn(v.Route, _boards)).GroupBy(v => Hop.Of(v.Route)!.Value).ToList();
        if (dead.Count > 0)
        {
            var hops = string.Join(", ", dead.Select(d => $"{d.Key.Address} on {d.Key.Link}"));
            return shown with { State = "withdrawn", Why = $"neither its daemon nor its kernel answers at {hops}: {dead.Sum(d => d.Count())} of its routes wait until one does" };
        }

        var peers = _boards.Peers.Current;
        var since = peers.Peers.TryGetValue(host, out var health) ? $"since {health.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z" : "since this node started";
        return peers.StateOf(host) switch
        {
            PeerState.Live => shown with { State = "live" },
            PeerState.Suspect => shown with { State = "suspect", Why = $"it cannot be reached {since}; its routes stay while its next hops answer" },
            _ => shown with { State = "stale", Why = $"{(shown.Address.Length > 0 ? "it has not been reached" : "it has been no member")} {since}; its routes stay while its next hops answer" },
        };
    }

    private IEnumerable<RouteVerdict> RoutesOf(HostId? host) =>
        host is { } id && _boards.Routes.Current.Told.TryGetValue(id, out var told) ? told.Values.Where(v => v.IsAccepted) : [];
}
