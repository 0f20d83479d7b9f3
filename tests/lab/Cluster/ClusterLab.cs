using IpvlanActors.Tests.Lab.Cluster.Checking;
using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>
/// A cluster of real daemons on one switch, to which a schedule is done while a <see cref="Witness"/> writes down what
/// happens. The first host is the seed and has the registry. A step that a node refuses is as good as one that it does:
/// what counts is what the checker says in the end.
/// </summary>
internal sealed partial class ClusterLab : IAsyncDisposable
{
    private readonly Underlay _underlay;
    private readonly List<Site> _sites;
    private readonly Witness _witness;
    private readonly List<string> _diary = [];

    private ClusterLab(Underlay underlay, List<Site> sites)
    {
        _underlay = underlay;
        _sites = sites;
        _witness = new(sites);
    }

    /// <summary>What was done, and what came of it, a line each.</summary>
    public IReadOnlyList<string> Diary => _diary;

    /// <param name="broken">What daemons are to do wrong, by host: see Sabotage in the daemon.</param>
    public static async Task<ClusterLab> Make(int hosts, IReadOnlyDictionary<string, string>? broken = null)
    {
        var names = Enumerable.Range(1, hosts).Select(n => $"h{n}").ToList();
        var underlay = await Underlay.Make([.. names.Select((name, i) => (name, Uplink(i)))]);
        var sites = names.Select((name, i) => new Site(name, LabHost.On(underlay.Hosts[i], ConfigOf(name, Uplink(i), hosts)))).ToList();
        var lab = new ClusterLab(underlay, sites);
        foreach (var site in sites)
            site.Host.Daemon.Break = broken?.GetValueOrDefault(site.Name);
        try
        {
            await lab.Begin();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does a schedule, brings everything back, waits for rest, and gives the evidence.</summary>
    /// <param name="patience">Seconds that the cluster has to come to rest, on an ordinary machine.</param>
    public async Task<Evidence> Run(Schedule schedule, double patience)
    {
        foreach (var step in schedule.Steps)
        {
            await Do(step);
            await _witness.Look();
        }

        await Heal();
        await Settle(patience);
        await BeQuiet();
        return _witness.Tell();
    }

    public string Logs() => string.Join("\n", _sites.Select(s => s.Host.Daemon.LogTail()));

    public async ValueTask DisposeAsync()
    {
        await _witness.DisposeAsync();
        foreach (var site in _sites)
            await site.Host.DisposeAsync();
        await _underlay.DisposeAsync();
    }

    private static string[] Uplink(int host, int turn = 0) => [$"10.0.0.{host + 1 + (10 * turn)}/24", $"fd00::{host + 1 + (10 * turn)}/64"];

    /// <summary>Seeds are the hosts' first addresses, also after one of them has been given others.</summary>
    private static DaemonConfig ConfigOf(string name, string[] uplink, int hosts) =>
        DaemonConfig.InCluster(name, AddressOf(uplink), [.. Enumerable.Range(0, hosts).Select(i => AddressOf(Uplink(i)))]);

    private static string AddressOf(string[] uplink) => uplink[0].Split('/')[0];

    private async Task Begin()
    {
        foreach (var site in _sites)
        {
            site.Host.Daemon.Boot = Guid.NewGuid();
            site.Host.Daemon.Ahead = TimeSpan.Zero;
            await site.Host.Daemon.OwnDisk(DiskSize);
            await PutForeignThings(site);
            await site.Host.Remember();
        }

        _witness.Listen();
        await Task.WhenAll(_sites.Select(s => s.Host.Daemon.Start()));
        await AllSeeEachOther();
        await _witness.Look();
    }

    /// <summary>A link and routes of somebody else, who must never notice us. Asked again they change nothing.</summary>
    private static async Task PutForeignThings(Site site)
    {
        if ((await site.Host.Space.Look()).Find("others") is null)
            await site.Host.Space.Ip("link add others type dummy", "link set others alias ipvlan:not-yours", "link set others up", "addr add 192.0.2.1/24 dev others");
        await site.Host.Space.Ip("route replace 198.51.100.0/24 via 10.0.0.254 dev eth0 proto static metric 4213 onlink", "route replace 2001:db8:ffff::/48 via fd00::fe dev eth0 proto static metric 4213");
    }

    private Task AllSeeEachOther() => Eventually.Holds(
        async () =>
        {
            foreach (var site in _sites)
                Assert.Equal(_sites.Count, (await site.Host.Ctl.Cluster()).Members.Count(m => m is { Status: "Up", Reachable: true }));
        },
        seconds: 30,
        [.. _sites.Select(s => s.Host)]);

    /// <summary>Ends all that is broken; whoever is down starts.</summary>
    private async Task Heal()
    {
        foreach (var site in _sites)
            await FreeDisk(site);
        await Cut();
        foreach (var site in _sites)
        {
            await ParentBack(site);
            await Unclone(site);
            await Fit(site);
            if (!site.Host.Daemon.Running)
                await Start(site);
        }

        Write("healed");
        try
        {
            await AllSeeEachOther();
        }
        catch (LabException split)
        {
            _witness.Disagreements.Add($"the hosts do not find together again: {split.Message.Split('\n')[0]}");
        }
    }

    /// <summary>Waits until journals and kernels say the same everywhere, and takes down what is not so when patience ends.</summary>
    private async Task Settle(double patience)
    {
        var until = DateTimeOffset.UtcNow + Machine.Patience(patience);
        while (await IsUnsettled() && DateTimeOffset.UtcNow < until)
            await Task.Delay(500);
        foreach (var site in _sites)
        {
            try
            {
                await Agreement.MustHold(site.Host, patience / 2);
            }
            catch (LabException disagreement)
            {
                _witness.Disagreements.Add($"{site.Name}: {disagreement.Message}");
            }
        }

        await _witness.Look(settled: true);
        Write("settled");
    }

    private async Task<bool> IsUnsettled() => Rest.Check(await _witness.Look(keep: false), _witness.Stories()).Any();

    /// <summary>Nothing is to be written now, not even by the pass that somebody else's address sets off.</summary>
    private async Task BeQuiet()
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        var from = DateTimeOffset.UtcNow;
        foreach (var site in _sites)
            await site.Host.Space.Ip("addr add 203.0.113.1/24 dev others", "addr del 203.0.113.1/24 dev others");
        await Task.Delay(TimeSpan.FromSeconds(3));
        _witness.QuietTimes.Add(new(from, DateTimeOffset.UtcNow));
        await _witness.Look();
    }

    /// <summary>Also where somebody who waits can read it.</summary>
    private void Write(string what)
    {
        _diary.Add($"{DateTimeOffset.UtcNow:HH:mm:ss.f} {what}");
        if (Machine.Results is { } folder)
            File.WriteAllLines(Path.Combine(folder, "cluster, now.txt"), _diary);
    }
}
