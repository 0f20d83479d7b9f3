using System.Collections.Immutable;
using System.Globalization;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Daemon.Machine;

/// <summary>What this machine is and what is around it, out of /proc and /etc.</summary>
internal static class Surroundings
{
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";
    private const string RoutePath = "/proc/net/route";
    private const string Route6Path = "/proc/net/ipv6_route";
    private const string ResolvPath = "/etc/resolv.conf";

    public static string BootId() => File.ReadAllText(BootIdPath).Trim();

    /// <summary>The link of the IPv4 default route with the lowest metric, else of the IPv6 one.</summary>
    public static LinkName? DefaultLink() => DefaultLink4() ?? DefaultLink6();

    /// <summary>Name servers, which a default subnet must not swallow.</summary>
    public static ImmutableArray<Prefix> NameServers()
    {
        if (!File.Exists(ResolvPath))
            return [];
        var servers = ImmutableArray.CreateBuilder<Prefix>();
        foreach (var line in File.ReadLines(ResolvPath))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var text, ..] && Ip.TryParse(text, out var server))
                servers.Add(Prefix.Single(server));
        }

        return servers.ToImmutable();
    }

    /// <summary>Columns: Iface Destination Gateway Flags RefCnt Use Metric Mask ...; addresses in hex.</summary>
    private static LinkName? DefaultLink4() => File.ReadLines(RoutePath).Skip(1)
        .Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .Where(c => c.Length > 7 && c[1] == "00000000" && c[7] == "00000000")
        .OrderBy(c => long.Parse(c[6], CultureInfo.InvariantCulture))
        .Select(c => (LinkName?)LinkName.Parse(c[0])).FirstOrDefault();

    /// <summary>Columns: destination length source length next-hop metric refcnt use flags device; 0x200 is RTF_REJECT.</summary>
    private static LinkName? DefaultLink6() => !File.Exists(Route6Path) ? null : File.ReadLines(Route6Path)
        .Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .Where(c => c.Length > 9 && c[1] == "00" && c[0].All(d => d == '0') && c[9] != "lo"
            && (int.Parse(c[8], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 0x200) == 0)
        .OrderBy(c => long.Parse(c[5], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
        .Select(c => (LinkName?)LinkName.Parse(c[9])).FirstOrDefault();
}
