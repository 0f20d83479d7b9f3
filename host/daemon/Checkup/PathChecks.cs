using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Daemon.Probe;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Watching;

namespace IpvlanActors.Daemon.Checkup;

/// <summary>An address of another host, on a link that this host shares with it.</summary>
internal sealed record PathEnd(string Host, Ip Address, LinkName Link, int Mtu);

/// <summary>
/// Whether packets as large as a link sends reach the other hosts on it. Where a switch, a VLAN or a tunnel between carries
/// less, nobody says so: pings and short answers pass, and whatever is large vanishes. Routers on the way do say so, and are not
/// asked here.
/// </summary>
internal static class PathChecks
{
    /// <summary>Those that routes lead to, and the other members where they are on-link.</summary>
    public static IReadOnlyList<PathEnd> Ends(Boards boards)
    {
        var (kernel, catalogue) = (boards.Kernel.Current.Observed, boards.Catalogue.Current);
        var hops = boards.Routes.Current.Peers.Where(v => v.IsAccepted)
            .Select(v => (catalogue.HostName(v.Origin), Hop.Of(v.Route)?.Address));
        var members = boards.Cluster.Current.Members.Where(m => !m.IsSelf)
            .Select(m => (NodeProblems.Name(m, boards), AddressOf(m.Address)));
        return [.. hops.Concat(members).Where(e => e.Item2 is not null).Select(e => End(e.Item1, e.Item2!.Value, kernel)).OfType<PathEnd>().DistinctBy(e => e.Address)];
    }

    public static async Task<IReadOnlyList<DoctorFinding>> Try(IReadOnlyList<PathEnd> ends)
    {
        var reached = await Task.WhenAll(ends.Select(async end => (end, await PathProbe.Largest(end.Address, end.Link, end.Mtu))));
        return [.. Of(reached)];
    }

    /// <param name="reached">The largest packet that came back of those that were tried; 0: none did.</param>
    public static IEnumerable<DoctorFinding> Of(IReadOnlyCollection<(PathEnd End, int Largest)> reached)
    {
        foreach (var (end, largest) in reached.Where(r => r.Largest > 0 && r.Largest < r.End.Mtu))
        {
            yield return Finding.Error(
                "path-mtu", $"{end.Link} sends packets of up to {end.Mtu} bytes, but to {end.Host} ({end.Address}) none larger than {largest} was seen to arrive: larger ones vanish",
                $"let the switch or the tunnel between carry {end.Mtu}, or take less on every host: ip link set {end.Link} mtu {largest}, or -o mtu={largest} for a network.");
        }

        foreach (var link in reached.Where(r => r.Largest >= r.End.Mtu).GroupBy(r => (r.End.Link, r.End.Mtu)))
            yield return Finding.Fine("path-mtu", $"packets of {link.Key.Mtu} bytes reach {string.Join(", ", link.Select(r => r.End.Host).Distinct())} by {link.Key.Link}");
        foreach (var (end, _) in reached.Where(r => r.Largest == 0))
            yield return Finding.Fine("path-mtu", $"{end.Host} ({end.Address}) answers no ping, so nobody knows whether packets of {end.Mtu} bytes reach it");
    }

    private static PathEnd? End(string host, Ip address, ObservedKernel kernel)
    {
        var on = kernel.Addresses.FirstOrDefault(a => a.Address.Prefix.Contains(address) && a.Address.Address != address);
        return on is not null && kernel.Link(on.LinkIndex) is { IsLoopback: false, Up: true } link ? new(host, address, link.Name, link.Mtu) : null;
    }

    /// <param name="member">ipvland@10.0.0.1:4053, ipvland@[fd00::1]:4053</param>
    private static Ip? AddressOf(string member) =>
        Ip.TryParse(member[(member.IndexOf('@', StringComparison.Ordinal) + 1)..Math.Max(member.LastIndexOf(':'), 0)].Trim('[', ']'), out var address) ? address : null;
}
