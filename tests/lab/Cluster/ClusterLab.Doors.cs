using IpvlanActors.Tests.Lab.Support;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>Steps that no node may do anything about but refuse them.</summary>
internal sealed partial class ClusterLab
{
    /// <summary>Commands that no node may do anything about but refuse them.</summary>
    private static readonly string[] Nonsense =
    [
        "network create --subnet=10.300.0.0/16 nonsense",
        "network create --subnet=10.0.0.0/24 --subnet=10.0.0.0/25 -o parent=eth0 -o ipvlan_mode=l3 nonsense",
        "network create --subnet=10.250.0.0/24 -o parent=lo nonsense",
        "network create --subnet=10.250.0.0/24 -o parent=eth0 -o ipvlan_mode=l9 nonsense",
        "endpoint join nowhere --netns /run/netns/nowhere",
        "endpoint rm nobody",
    ];

    private const string RegistrySetting = "ipvland.cluster.registry";

    /// <summary>What no daemon says to another: printf's words.</summary>
    private static readonly string[] Bytes =
    [
        @"GET / HTTP/1.1\r\nHost: there\r\n\r\n",
        @"\xff\xff\xff\x7f and two gigabytes are to follow",
        @"\x00\x00\x00\x00\x00\x00\x00\x00",
        @"\x00\x00\x00\x08\x0a\xff\xff\xff\xff\x0f\x01\x02",
        @"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ];

    private async Task<string> Provoke(Site site, int number)
    {
        var what = Nonsense[number % Nonsense.Length];
        return Outcome(await Watched(site, what, () => site.Host.Ctl.Type(what), said => said.Code == Ctl.Refused ? said.Err.Trim() : ""));
    }

    /// <summary>At a port where daemons hear each other; told is what the one that heard it logs of it.</summary>
    private async Task<string> Shout(Site from, Site at, int number)
    {
        var there = $"/dev/tcp/{AddressOf(Uplink(IndexOf(at), at.Turn))}/{AgentsPort}";
        var shout = $"exec 3<>{there} && (printf '{Bytes[number % Bytes.Length]}'; head -c 4096 /dev/urandom) >&3; timeout 1 cat <&3 >/dev/null; :";
        var before = at.Host.Daemon.Log.Length;
        var said = await Watched(at, $"noise from {from.Name}", () => from.Host.Space.Run("bash", "-c", shout), _ => at.Host.Daemon.Log[before..].Trim());
        return said.Err.Length > 0 ? said.Err.Trim() : "thrown";
    }

    /// <summary>Does something that must change nothing; of what never came to the node there is nothing to judge.</summary>
    private async Task<Said> Watched(Site site, string what, Func<Task<Said>> act, Func<Said, string> told)
    {
        var events = site.Story().Current.Length;
        var kernel = await site.Host.Space.Look();
        var said = await act();
        if (said.Code == Ctl.Unreachable || said.Err.Contains("/dev/tcp", StringComparison.Ordinal))
            return said;
        var after = await site.Host.Space.Look();
        _witness.Provocations.Add(new(
            site.Name, what, (events, site.Story().Current.Length), (string.Join('\n', kernel.OfOthers), string.Join('\n', after.OfOthers)), told(said)));
        return said;
    }

    /// <summary>As a second host that is to have the registry, in a cluster whose registry is on one host.</summary>
    private async Task<string> Misfit(Site site)
    {
        if (site == _sites[0])
            return "it has the registry";
        await site.Host.Daemon.Stop();
        site.Host.Daemon.Config = site.Host.Daemon.Config.WithRegistry();
        site.Troubles.Add(Act.Misfit);
        await site.Host.Daemon.Start();
        if (_cuts > 0 || !_sites[0].Host.Daemon.Running)
            return "nobody is there to refuse it";
        var told = await Complaint(site);
        var works = await site.Host.Ctl.Type("network create --subnet=10.240.0.0/24 -o parent=eth0 -o ipvlan_mode=l3 misfit");
        _witness.Mismatches.Add(new(site.Name, RegistrySetting, works.Code == Ctl.Done, told));
        return told;
    }

    private static async Task<string> Complaint(Site site)
    {
        for (var until = DateTimeOffset.UtcNow + Machine.Patience(20); DateTimeOffset.UtcNow < until; await Task.Delay(200))
        {
            if ((await site.Host.Ctl.Status()).Problems.FirstOrDefault(p => p.Contains(RegistrySetting, StringComparison.Ordinal)) is { } told)
                return told;
        }

        return "";
    }

    private async Task<string> Fit(Site site)
    {
        if (!site.Troubles.Remove(Act.Misfit))
            return "it fits";
        await site.Host.Daemon.Stop();
        site.Host.Daemon.Config = ConfigOf(site.Name, Uplink(IndexOf(site), site.Turn), _sites.Count);
        return await Start(site);
    }
}
