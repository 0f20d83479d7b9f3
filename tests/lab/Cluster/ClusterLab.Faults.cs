using System.Diagnostics;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Tests.Lab.Support;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>Steps that hurt.</summary>
internal sealed partial class ClusterLab
{
    private const int AgentsPort = 4053;
    private static readonly TimeSpan NoticedWithin = TimeSpan.FromSeconds(60);

    private int _cuts;

    private Task<string> Hurt(Step step, Site site) => step.Act switch
    {
        Act.Restart => Restart(site, step.Number),
        Act.Kill => Down(site, d => d.Kill()),
        Act.Stop => Down(site, d => d.Stop()),
        Act.Start => Start(site),
        Act.PowerOff => PowerOff(site),
        Act.Boot => Boot(site),
        Act.Blackout => Blackout(step.Number),
        Act.Part => Cut((step.Host, step.Other, null), (step.Other, step.Host, null)),
        Act.Isolate => Cut([.. Enumerable.Range(0, _sites.Count).Where(i => i != step.Host).SelectMany(i => new (int, int, int?)[] { (step.Host, i, null), (i, step.Host, null) })]),
        Act.PartOneWay => Cut((step.Host, step.Other, null)),
        Act.PartAgents => Cut((step.Host, step.Other, AgentsPort), (step.Other, step.Host, AgentsPort)),
        Act.Mend => Cut(),
        Act.Flap => Flap(site),
        Act.Renumber => Renumber(site, step.Number),
        Act.Meddle => Meddle(site, step.Number),
        Act.LoseParent => LoseParent(site),
        Act.ParentBack => ParentBack(site),
        Act.FillDisk => FillDisk(site),
        Act.FreeDisk => FreeDisk(site),
        Act.CopyDisk => CopyDisk(site),
        Act.RestoreDisk => RestoreDisk(site),
        Act.Clone => Clone(site, _sites[step.Other]),
        Act.Unclone => Unclone(site),
        Act.Forget => Forget(site, _sites[step.Other]),
        Act.ClockJump => ClockJump(site, step.Number),
        Act.Misfit => Misfit(site),
        Act.Fit => Fit(site),
        _ => throw new InvalidOperationException($"{step.Act} has no step."),
    };

    private static async Task<string> Down(Site site, Func<DaemonProcess, Task> how)
    {
        await how(site.Host.Daemon);
        return "down";
    }

    private static async Task<string> Start(Site site)
    {
        if (site.Host.Daemon.Running)
            return "it runs";
        await site.Host.Daemon.Start();
        site.Troubles.Remove(Act.PowerOff);
        return "ready";
    }

    /// <summary>While the daemon is away, a container of its host pings another host's: neither may notice.</summary>
    private async Task<string> Restart(Site site, int number)
    {
        await using var ping = await BackgroundPing.Between(site, _sites.Where(s => s != site && !s.IsOff));
        var from = DateTimeOffset.UtcNow;
        await (number % 2 == 0 ? site.Host.Daemon.Kill() : site.Host.Daemon.Stop());
        await site.Host.Daemon.Start();
        await Task.Delay(TimeSpan.FromSeconds(1));
        var unanswered = ping is null ? [] : await ping.Stop();
        var peers = _cuts > 0 ? [] : _sites.Where(s => s.Troubles.Count == 0).Select(s => s.Name);
        _witness.Restarts.Add(new(site.Name, from, DateTimeOffset.UtcNow, ping?.ToString() ?? "", [.. unanswered], [.. peers]));
        return ping is null ? "ready; nobody to ping" : $"ready; {ping} lost {unanswered.Count}";
    }

    /// <summary>Nothing of the kernel survives but what the machine's own configuration makes again.</summary>
    private static async Task<string> PowerOff(Site site)
    {
        await site.Host.Daemon.Kill();
        foreach (var container in site.Host.Containers.ToArray())
            await site.Host.Forget(container);
        var ours = (await site.Host.Space.Look()).Links.Where(l => l.IsOurs).Select(l => $"link del {l.Name}");
        await site.Host.Space.Ip(["route flush table all proto 213", .. ours]);
        site.Host.Daemon.Boot = Guid.NewGuid();
        site.Troubles.Add(Act.PowerOff);
        site.Wiped();
        return "off";
    }

    private static Task<string> Boot(Site site) => Start(site);

    private async Task<string> Blackout(int number)
    {
        foreach (var site in _sites)
            await PowerOff(site);
        var order = Enumerable.Range(0, _sites.Count).Select(i => _sites[(i + number) % _sites.Count]).ToList();
        if (number % 2 == 0)
            order.Reverse();
        foreach (var site in order)
            await Start(site);
        return $"booted {string.Join(", ", order.Select(s => s.Name))}";
    }

    private async Task<string> Cut(params (int From, int To, int? Port)[] cuts)
    {
        await _underlay.Cut(cuts);
        _cuts = cuts.Length;
        return cuts.Length == 0 ? "whole" : "cut";
    }

    /// <summary>The kernel silently drops IPv4 routes and IPv6 addresses of a link that goes down; the machine's configuration brings its own back.</summary>
    private async Task<string> Flap(Site site)
    {
        await site.Host.Space.Ip("link set eth0 down", "link set eth0 up");
        await Configure(site);
        return "down and up";
    }

    private async Task Configure(Site site)
    {
        await site.Host.Space.Ip([.. Uplink(IndexOf(site), site.Turn).Select(a => $"addr replace {a} dev eth0 nodad")]);
        await PutForeignThings(site);
        await site.Host.Remember();
    }

    /// <summary>With the daemon down, as somebody would do it. The seed stays: all others know it by its address.</summary>
    private async Task<string> Renumber(Site site, int number)
    {
        if (site == _sites[0])
            return "it is the seed";
        var before = Uplink(IndexOf(site), site.Turn);
        site.Turn = 1 + (number % 9);
        await site.Host.Daemon.Stop();
        await site.Host.Space.Ip([.. before.Select(a => $"addr del {a} dev eth0")]);
        await Configure(site);
        site.Host.Daemon.Config = ConfigOf(site.Name, Uplink(IndexOf(site), site.Turn), _sites.Count);
        await site.Host.Daemon.Start();
        return Uplink(IndexOf(site), site.Turn)[0];
    }

    private static async Task<string> Meddle(Site site, int number)
    {
        var view = await site.Host.Space.Look();
        var routes = view.OurRoutes.ToList();
        var links = view.Links.Where(l => l.IsOurs).ToList();
        if (routes.Count + links.Count == 0)
            return "there is nothing of ours";
        var n = number % (routes.Count + links.Count);
        var line = n < routes.Count
            ? $"route del {(routes[n].Type == "unicast" ? "" : routes[n].Type + " ")}{routes[n].Destination} proto 213 metric {routes[n].Metric}"
            : $"link del {links[n - routes.Count].Name}";
        await site.Host.Space.Ip(line);
        return line;
    }

    private async Task<string> LoseParent(Site site)
    {
        await _underlay.Unwire(IndexOf(site));
        site.Troubles.Add(Act.LoseParent);
        await site.Host.Remember();
        return "gone";
    }

    private async Task<string> ParentBack(Site site)
    {
        if (!site.Troubles.Remove(Act.LoseParent))
            return "it is there";
        await _underlay.Rewire(IndexOf(site), Uplink(IndexOf(site), site.Turn));
        await PutForeignThings(site);
        await site.Host.Remember();
        return "back";
    }

    /// <summary>Of a machine that is off, as the operator has seen; of one that runs it would be a lie, and no invariant survives it.</summary>
    private static async Task<string> Forget(Site site, Site dead)
    {
        if (!dead.IsOff)
            return "it is not off";
        var asked = Stopwatch.StartNew();
        while (true)
        {
            // the cluster takes a while to notice, and refuses until then: whoever sees the machine off asks again
            var said = await site.Host.Ctl.Type($"cluster forget {dead.Name}");
            if (!said.Err.Contains(RefusalCodes.HostAlive, StringComparison.Ordinal) || asked.Elapsed > NoticedWithin)
                return Outcome(said);
            await Task.Delay(1000);
        }
    }

    /// <summary>By whole days, one to three, so that what the host stamps can still be read: a run takes minutes.</summary>
    private static Task<string> ClockJump(Site site, int number)
    {
        var days = (number % 6) - 3;
        site.Host.Daemon.Ahead = TimeSpan.FromDays(days < 0 ? days : days + 1);
        return Task.FromResult($"{site.Host.Daemon.Ahead.Value.TotalDays:+0;-0} days");
    }

    private int IndexOf(Site site) => _sites.IndexOf(site);
}
