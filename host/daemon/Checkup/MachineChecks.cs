using System.Globalization;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Daemon.Checkup;

/// <summary>The machine as its files tell of it.</summary>
internal static class MachineChecks
{
    private const long FewBytes = 100L << 20;

    /// <summary>Kernels to 6.2 refuse further IPv6 routes, cached ones included, beyond this.</summary>
    private const long FewIpv6Routes = 16_384;

    /// <summary>Of rp_filter; the greater of all and of the link counts.</summary>
    private const int Loose = 2;

    /// <summary>Where the kernel keeps a setting of links for those there are and for those to come.</summary>
    private static readonly string[] Scopes = ["all", "default"];
    private static readonly string[] Clouds = ["Amazon EC2", "Google", "Microsoft Corporation", "DigitalOcean", "Hetzner", "OpenStack Foundation"];
    private static readonly string[] Volatile = ["tmpfs", "ramfs"];
    private static readonly string[] Remote = ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.glusterfs", "ceph", "9p"];

    /// <param name="free">Bytes.</param>
    public static IEnumerable<DoctorFinding> Disk(string data, long free)
    {
        yield return free < FewBytes
            ? Finding.Error("disk", $"{data} has {free >> 20} MiB left", "free some space: when it is full nothing can be journaled, and every change is refused.")
            : Finding.Fine("disk", $"{data} has {free >> 20} MiB left");
    }

    /// <summary>Columns of /proc/mounts: device, where, type, options.</summary>
    public static IEnumerable<DoctorFinding> FileSystem(MachineFiles machine, string data)
    {
        var mount = machine.Lines("/proc/mounts").Select(l => l.Split(' ')).Where(c => c.Length > 3 && IsUnder(data, c[1]))
            .OrderBy(c => c[1].Length).LastOrDefault();
        if (mount is not [_, var where, var type, ..])
            yield break;
        if (Volatile.Contains(type))
            yield return Finding.Error("journal", $"{data} lies on a {type} at {where}: a reboot takes the journal, and with it the host's identity", "set ipvland.data to a directory on a disk.");
        else if (Remote.Contains(type))
            yield return Finding.Warning("journal", $"{data} lies on {type} at {where}, whose locks and fsyncs are not those of a disk", "set ipvland.data to a directory on a local disk; the registry's journal may be PostgreSQL's.");
        else
            yield return Finding.Fine("journal", $"{data} lies on {type}");
    }

    /// <summary>systemd-networkd and NetworkManager tidy up what they did not make.</summary>
    public static IEnumerable<DoctorFinding> NetworkManagers(MachineFiles machine)
    {
        const string Conf = "/etc/systemd/networkd.conf";
        if (machine.Exists("/run/systemd/netif/state"))
        {
            var told = machine.Files(Conf + ".d", "*.conf").Prepend(Conf).SelectMany(machine.Lines)
                .Any(l => l.Replace(" ", "", StringComparison.Ordinal) is "ManageForeignRoutes=no" or "ManageForeignRoutes=false");
            yield return told
                ? Finding.Fine("systemd-networkd", "it leaves routes of others alone")
                : Finding.Warning("systemd-networkd", "it deletes our routes when it restarts; they come back within a second", $"say ManageForeignRoutes=no under [Network] in {Conf}.");
        }

        if (machine.Exists("/run/NetworkManager"))
        {
            var told = machine.Files("/etc/NetworkManager/conf.d", "*.conf").SelectMany(machine.Lines).Any(l => l.Contains("unmanaged-devices", StringComparison.Ordinal));
            yield return told
                ? Finding.Fine("NetworkManager", "it is told which devices to leave alone")
                : Finding.Warning("NetworkManager", "it takes links that appear, ours among them, for its own", "say unmanaged-devices=interface-name:di-*;driver:ipvlan under [keyfile] in /etc/NetworkManager/conf.d/ipvland.conf.");
        }
    }

    /// <summary>Time is only told, never decided by; but certificates count from one time to another, and people read the journal.</summary>
    public static IEnumerable<DoctorFinding> Clock(MachineFiles machine)
    {
        if (!machine.Exists("/run/systemd/timesync") || machine.Exists("/run/systemd/timesync/synchronized"))
            yield break;
        yield return Finding.Warning("clock", "systemd-timesyncd has not set this host's clock yet", "timedatectl timesync-status says why: a clock that is far off makes certificates count as not yet valid or ended.");
    }

    /// <summary>Tables of the kernel that are too small for many containers, and IPv6 that is switched off.</summary>
    public static IEnumerable<DoctorFinding> Kernel(MachineFiles machine)
    {
        var neighbours = machine.Lines("/proc/net/arp").Count - 1; // less its heading
        if (machine.Number("/proc/sys/net/ipv4/neigh/default/gc_thresh3") is { } limit && neighbours * 2 > limit)
            yield return Finding.Warning("neighbours", $"{neighbours} of {limit} IPv4 neighbours are in use; beyond that the kernel says \"neighbour table overflow\" and drops packets", $"sysctl net.ipv4.neigh.default.gc_thresh3={Number(limit * 8)}");

        var release = machine.Line("/proc/sys/kernel/osrelease") ?? "";
        if (machine.Number("/proc/sys/net/ipv6/route/max_size") is < FewIpv6Routes and { } max && Before63(release))
            yield return Finding.Warning("ipv6-routes", $"Linux {release} keeps at most {max} IPv6 routes, ours and its own", $"sysctl net.ipv6.route.max_size={Number(FewIpv6Routes * 8)}, or Linux 6.3 or later, which has no such limit.");
    }

    /// <summary>
    /// ipvlan itself is not bothered by it: packets are the container's before this host's stack sees them. Inside, the filter
    /// asks the container's own routes, and of several networks only one has the default route.
    /// </summary>
    public static IEnumerable<DoctorFinding> ReversePathFilter(MachineFiles machine, HostView view)
    {
        const int Strict = 1;
        var scope = Scopes.FirstOrDefault(s => machine.Number($"/proc/sys/net/ipv4/conf/{s}/rp_filter") == Strict);
        var several = view.Endpoints.Values.Where(e => e is { IsJoined: true, Sandbox: not null })
            .GroupBy(e => e.Sandbox!).Where(s => s.Select(e => e.Network).Distinct().Skip(1).Any()).Select(s => s.Select(e => e.Name).Min(StringComparer.Ordinal)!).Order(StringComparer.Ordinal).ToList();
        if (scope is not null && machine.Number("/proc/sys/net/ipv4/conf/all/rp_filter") is not Loose && several.Count > 0)
        {
            yield return Finding.Warning(
                "rp_filter", $"net.ipv4.conf.{scope}.rp_filter = 1, which new containers inherit: one in several networks ({string.Join(", ", several.Take(3))}{(several.Count > 3 ? ", ..." : "")}) drops what comes from afar by another network than that of its default route",
                "sysctl net.ipv4.conf.all.rp_filter=2 before they start, or docker run --sysctl net.ipv4.conf.all.rp_filter=2.");
        }
    }

    /// <summary>Where a network of virtual machines drops what it has not given out itself.</summary>
    public static IEnumerable<DoctorFinding> Cloud(MachineFiles machine, HostView view)
    {
        var vendor = machine.Line("/sys/class/dmi/id/sys_vendor") ?? "";
        var cloud = Clouds.FirstOrDefault(c => vendor.StartsWith(c, StringComparison.Ordinal));
        if (cloud is null || !view.Networks.Values.Any(n => n is { Spec.Internal: false, Parent.Made: not ParentKind.Container, OwnsParent: false }))
            yield break;
        yield return Finding.Warning("cloud", $"this machine is {cloud}'s, whose network drops addresses that it has not given out", "give the containers' subnets to the provider: secondary or alias addresses for l2, routes with this machine as next hop and no source check for l3.");
    }

    internal static IEnumerable<DoctorFinding> Ipv6(MachineFiles machine, LinkName link, bool wanted)
    {
        if (!wanted)
            yield break;
        foreach (var scope in new[] { "all", link.Value })
        {
            if (machine.Number($"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6") == 1)
            {
                yield return Finding.Error("ipv6", $"IPv6 is switched off on {link} (net.ipv6.conf.{scope}.disable_ipv6 = 1), and a network of it has an IPv6 subnet", $"sysctl net.ipv6.conf.{scope}.disable_ipv6=0");
                yield break;
            }
        }
    }

    private static bool Before63(string release)
    {
        var numbers = release.Split('.', '-');
        return numbers.Length > 1 && int.TryParse(numbers[0], out var major) && int.TryParse(numbers[1], out var minor) && (major, minor).CompareTo((6, 3)) < 0;
    }

    private static bool IsUnder(string path, string mount) =>
        mount == "/" || path == mount || path.StartsWith(mount + "/", StringComparison.Ordinal);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
