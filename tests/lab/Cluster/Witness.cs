using System.Collections.Immutable;
using System.Diagnostics;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Journal.Inspection;
using IpvlanActors.Tests.Lab.Cluster.Checking;
using IpvlanActors.Tests.Lab.Support;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>Writes down what happens to a cluster: looks at kernels, monitors them, and reads journals. Judges nothing.</summary>
internal sealed class Witness(IReadOnlyList<Site> sites) : IAsyncDisposable
{
    private const uint PeerMetric = 4213;

    private readonly List<Round> _rounds = [];
    private readonly List<KernelLine> _log = [];
    private readonly List<Process> _monitors = [];
    private readonly Lock _logLock = new();

    public List<Restart> Restarts { get; } = [];

    public List<QuietTime> QuietTimes { get; } = [];

    public List<Acknowledgement> Acknowledged { get; } = [];

    public List<Provocation> Provocations { get; } = [];

    public List<Mismatch> Mismatches { get; } = [];

    public List<string> Disagreements { get; } = [];

    /// <summary>Follows the kernels of all hosts from now on.</summary>
    public void Listen()
    {
        foreach (var site in sites)
        {
            var start = new ProcessStartInfo("ip", ["-n", site.Host.Space.Name, "-o", "monitor", "link", "address", "route"]) { RedirectStandardOutput = true };
            var monitor = new Process { StartInfo = start };
            monitor.OutputDataReceived += (_, line) => Log(site.Name, line.Data);
            monitor.Start();
            monitor.BeginOutputReadLine();
            _monitors.Add(monitor);
        }
    }

    /// <summary>Looks at all hosts and containers.</summary>
    public async Task<Round> Look(bool settled = false, bool keep = true)
    {
        var from = DateTimeOffset.UtcNow;
        var spaces = sites.SelectMany(s => s.Host.Containers.Select(c => c.Space).Prepend(s.Host.Space)).ToList();
        var views = new Queue<View>(await Netns.LookAt(spaces));
        var looks = ImmutableArray.CreateBuilder<HostLook>();
        foreach (var site in sites)
        {
            var host = views.Dequeue();
            var containers = site.Host.Containers.Select(c => (c.Name, View: views.Dequeue())).ToList();
            site.Note(host);
            looks.Add(new(
                site.Name,
                [.. host.OurRoutes.Where(r => r.Metric == PeerMetric).Select(Seen).OfType<SeenRoute>()],
                [.. containers.SelectMany(c => c.View.Links.Where(l => l.IsOurs).SelectMany(l => l.Global.Select(a => new SeenAddress(InterfaceAddress.Parse(a).Address, c.Name, l.Alias))))],
                [.. host.OfOthers],
                [.. site.Host.Before.OfOthers]));
        }

        var round = new Round(from, DateTimeOffset.UtcNow, settled, looks.ToImmutable());
        if (keep)
            _rounds.Add(round);
        return round;
    }

    public ImmutableArray<HostStory> Stories() => [.. sites.Select(s => s.Story())];

    public Evidence Tell()
    {
        lock (_logLock)
        {
            return new(Stories(), [.. _rounds])
            {
                Restarts = [.. Restarts],
                KernelLog = [.. _log],
                QuietTimes = [.. QuietTimes],
                Acknowledged = [.. Acknowledged],
                Provocations = [.. Provocations],
                Mismatches = [.. Mismatches],
                Disagreements = [.. Disagreements],
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var monitor in _monitors)
        {
            monitor.Kill();
            await monitor.WaitForExitAsync();
            monitor.Dispose();
        }
    }

    private void Log(string host, string? line)
    {
        if (line is null)
            return;
        lock (_logLock)
            _log.Add(new(host, DateTimeOffset.UtcNow, line));
    }

    private static SeenRoute? Seen(Route route)
    {
        var words = route.Text.Split(' ');
        var via = words.SkipWhile(w => w != "via").Skip(1).FirstOrDefault(w => w is not "inet6" and not "inet");
        if (via is null || !Ip.TryParse(via, out var nextHop))
            return null;
        var prefix = route.Destination.Contains('/', StringComparison.Ordinal) ? Prefix.Parse(route.Destination) : Prefix.Single(Ip.Parse(route.Destination));
        return new(prefix, nextHop, route.Device);
    }
}

/// <summary>A machine of the cluster under test: its host, and what has become of its disk.</summary>
internal sealed class Site(string name, LabHost host)
{
    private readonly HashSet<Ip> _addresses = [];
    private readonly List<DateTimeOffset> _wipes = [];
    private readonly HashSet<(string, long, object)> _inherited = [];
    private readonly DateTimeOffset _begun = DateTimeOffset.UtcNow;
    private ImmutableArray<Journaled> _lost = [];

    public string Name => name;

    public LabHost Host => host;

    /// <summary>What the schedule has done to it and not undone.</summary>
    public HashSet<Act> Troubles { get; } = [];

    /// <summary>How often its addresses have changed.</summary>
    public int Turn { get; set; }

    /// <summary>Where a copy of its disk is put aside.</summary>
    public string Copy => host.Daemon.Data + ".copy";

    /// <summary>Where its own disk is while it runs on a copy of another's.</summary>
    public string OwnDisk => host.Daemon.Data + ".own";

    public bool IsOff => Troubles.Contains(Act.PowerOff);

    /// <summary>Every address that its uplink is seen with may be a next hop, link-local ones too.</summary>
    public void Note(View view)
    {
        foreach (var address in view.Find("eth0")?.Addresses ?? [])
            _addresses.Add(InterfaceAddress.Parse(address.Text).Address);
    }

    public void Wiped() => _wipes.Add(DateTimeOffset.UtcNow);

    /// <summary>Keeps what the disk says, for it is about to be replaced by another.</summary>
    public void KeepJournal() => _lost = Everything();

    /// <summary>All that is on the disk now was written by another machine.</summary>
    public void Inherit() => _inherited.UnionWith(Read().Select(e => (e.PersistenceId, e.SequenceNr, e.Event)));

    public HostStory Story() => new(name, [.. _addresses], Everything()) { Current = Read(), Wipes = [.. _wipes] };

    private ImmutableArray<Journaled> Everything()
    {
        var known = _lost.ToHashSet();
        return [.. _lost, .. Read().Where(e => !known.Contains(e))];
    }

    private ImmutableArray<Journaled> Read() => !File.Exists(host.Daemon.Journal)
        ? []
        : [.. JournalReader.Read(host.Daemon.Journal).Where(e => e.Event is not null)
            .Select(e => new Journaled(e.Row.PersistenceId, e.Row.SequenceNr, e.Event!, _inherited.Contains((e.Row.PersistenceId, e.Row.SequenceNr, e.Event!))))
            .Select(e => e with { Ahead = AheadOf(e.At) })];

    /// <summary>Clocks go wrong by whole days, and a run is much shorter, whichever host's clock it was.</summary>
    private TimeSpan AheadOf(DateTimeOffset stamp) => TimeSpan.FromDays(Math.Round((stamp - _begun).TotalDays));
}
