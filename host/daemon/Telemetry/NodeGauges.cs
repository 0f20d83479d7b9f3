using System.Diagnostics.Metrics;
using IpvlanActors.Client.Security;
using IpvlanActors.Daemon.Http;
using IpvlanActors.Daemon.Security;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Telemetry;
using IpvlanActors.Runtime.Watching;
using IpvlanActors.Sqlite;

namespace IpvlanActors.Daemon.Telemetry;

/// <summary>What can be read off the boards and the machine, observed whenever metrics are asked for.</summary>
internal sealed class NodeGauges : IDisposable
{
    private const string NetworkTag = "ipvland.network";
    private const string StateTag = "ipvland.state";
    private const string ReasonTag = "ipvland.reason";
    private const string HostTag = "ipvland.host";

    private readonly Meter _meter = new(Instruments.MeterName);
    private readonly SqliteDatabase _journal;
    private readonly NodeFacts _facts;

    public NodeGauges(NodeFacts facts)
    {
        _facts = facts;
        _journal = SqliteDatabase.Open(facts.Settings.JournalPath);
        OfNetworks();
        OfRoutes();
        OfHealth();
        OfJournal();
    }

    private Boards Boards => _facts.Node.Context.Boards;

    public void Dispose()
    {
        _meter.Dispose();
        _journal.Dispose();
    }

    private void OfNetworks()
    {
        _meter.CreateObservableGauge("ipvland.networks", Networks, "{network}", "Networks of the cluster: attached to this host, or waiting for something.");
        _meter.CreateObservableGauge("ipvland.endpoints", Endpoints, "{endpoint}", "Endpoints of this host.");
        _meter.CreateObservableGauge("ipvland.blocks", Blocks, "{block}", "Blocks that this host owns, loans included.");
        _meter.CreateObservableGauge("ipvland.addresses", Addresses, "{address}", "Addresses of this host's blocks that are not free.");
    }

    private void OfRoutes()
    {
        _meter.CreateObservableGauge("ipvland.routes", Routes, "{route}", "Routes that this host tells, and what became of those that it was told.");
        _meter.CreateObservableCounter("ipvland.routes.rejected", Rejected, "{route}", "Routes and route messages that were rejected since the start.");
        _meter.CreateObservableGauge("ipvland.hops.dead", () => Boards.Peers.Current.Dead.Count, "{hop}", "Next hops that answer neither by daemon nor by kernel: their routes are withdrawn.");
        _meter.CreateObservableGauge("ipvland.peers", Peers, "{host}", "Other hosts of the cluster.");
        _meter.CreateObservableGauge("ipvland.gossip.age", GossipAges, "s", "How long a host has not been heard; 0 while it is heard.");
    }

    private void OfHealth()
    {
        _meter.CreateObservableGauge("ipvland.problems", () => NodeProblems.Of(Boards).Count(), "{problem}", "What an operator has to see to; ipvlanctl status says it in words.");
        _meter.CreateObservableGauge("ipvland.fenced", () => Boards.Fence is null ? 0 : 1, "1", "1: this host may give out no new address.");
        _meter.CreateObservableGauge("ipvland.registry.known", () => Boards.Cluster.Current.Registry is null ? 0 : 1, "1", "1: a member runs the registry, as far as this host knows.");
        _meter.CreateObservableGauge("ipvland.kernel.refused", () => Boards.Kernel.Current.Failed.Length, "{operation}", "Operations of the last pass that the kernel refused: it differs from the journal by them.");
        _meter.CreateObservableGauge("ipvland.start.duration", () => _facts.ReadySeconds, "s", "From the start of the process to the opening of its doors, replay included.");
        _meter.CreateObservableGauge("ipvland.clock.offset", Clock, "s", "How far the clock of the registry's host is ahead of this one's.");
        if (_facts.Settings.Tls is { } files)
            _meter.CreateObservableGauge("ipvland.certificate.left", () => Left(files), "s", "Until this host's certificate ends; negative when it has.");
    }

    private void OfJournal()
    {
        _meter.CreateObservableCounter("ipvland.journal.commits", () => _journal.Counters.Commits, "{commit}", "Transactions, an fsync each.");
        _meter.CreateObservableCounter("ipvland.journal.rows", () => _journal.Counters.Rows, "{row}", "Rows that they wrote.");
        _meter.CreateObservableCounter("ipvland.journal.failures", () => _journal.Counters.Failures, "{write}", "Writes that failed: nothing of them was acknowledged.");
        _meter.CreateObservableGauge("ipvland.journal.events", () => Boards.View.Current.Events, "{event}", "Events of this host in its journal.");
        _meter.CreateObservableGauge("ipvland.journal.size", () => SizeOf(_facts.Settings.JournalPath), "By", "The journal's file and its write-ahead log.");
        _meter.CreateObservableGauge("ipvland.disk.free", () => new DriveInfo(_facts.Settings.Data).AvailableFreeSpace, "By", "Left where the journal lies.");
    }

    private IEnumerable<Measurement<double>> Clock()
    {
        if (Boards.Clock.Current.Offset is { } offset)
            yield return new(offset.Ahead.TotalSeconds);
    }

    private IEnumerable<Measurement<long>> Networks()
    {
        yield return Of(Boards.View.Current.Networks.Count, StateTag, "attached");
        yield return Of(Boards.Waiting.Current.Count, StateTag, "waiting");
    }

    private IEnumerable<Measurement<long>> Endpoints()
    {
        var view = Boards.View.Current;
        return view.Endpoints.Values
            .GroupBy(e => (e.Network, e.IsJoined))
            .Select(g => Of(g.Count(), NetworkTag, NameOf(view, g.Key.Network), StateTag, g.Key.IsJoined ? "joined" : "left"));
    }

    private IEnumerable<Measurement<long>> Blocks() =>
        Boards.View.Current.Networks.Values.Select(n => Of(n.Blocks.Count, NetworkTag, n.Spec!.Name));

    private IEnumerable<Measurement<long>> Addresses()
    {
        foreach (var network in Boards.View.Current.Networks.Values)
        {
            yield return Of(network.Blocks.Values.Sum(b => b.Used.Count), NetworkTag, network.Spec!.Name, StateTag, "used");
            yield return Of(network.Blocks.Values.Sum(b => b.Resting.Count), NetworkTag, network.Spec.Name, StateTag, "resting");
            yield return Of(network.Blocks.Values.Sum(b => b.Lent.Count), NetworkTag, network.Spec.Name, StateTag, "lent");
        }
    }

    private IEnumerable<Measurement<long>> Routes() =>
        ShownRoutes.Of(_facts.Node.Context).CountBy(r => r.State).Select(s => Of(s.Value, StateTag, s.Key));

    private IEnumerable<Measurement<long>> Rejected() =>
        Boards.Routes.Current.Rejected.Select(r => Of(r.Value, ReasonTag, r.Key));

    private IEnumerable<Measurement<long>> Peers() =>
        Others().CountBy(h => Boards.Peers.Current.StateOf(h)).Select(s => Of(s.Value, StateTag, s.Key.ToString().ToLowerInvariant()));

    private IEnumerable<Measurement<double>> GossipAges()
    {
        var (peers, catalogue, now) = (Boards.Peers.Current.Peers, Boards.Catalogue.Current, DateTimeOffset.UtcNow);
        foreach (var (host, health) in peers)
        {
            var age = health.State == PeerState.Live ? 0 : Math.Max(0, (now - health.Since).TotalSeconds);
            yield return new(age, new KeyValuePair<string, object?>(HostTag, catalogue.HostName(host)));
        }
    }

    private IEnumerable<Domain.Addressing.HostId> Others() =>
        Boards.Catalogue.Current.Hosts.Keys.Where(h => h != _facts.Node.Context.Host);

    private static string NameOf(HostView view, Domain.Addressing.NetworkId network) =>
        view.Networks.GetValueOrDefault(network)?.Spec?.Name ?? network.Short;

    private static double Left(TlsFiles files)
    {
        try
        {
            return (HostCredentials.Load(files).Certificate.NotAfter - DateTime.Now).TotalSeconds;
        }
        catch (CredentialsException)
        {
            return -1; // the doctor says why
        }
    }

    private static long SizeOf(string journal) =>
        new[] { journal, journal + "-wal" }.Select(f => new FileInfo(f)).Where(f => f.Exists).Sum(f => f.Length);

    private static Measurement<long> Of(long value, string tag, string is_) => new(value, new KeyValuePair<string, object?>(tag, is_));

    private static Measurement<long> Of(long value, string tag, string is_, string and, string isToo) =>
        new(value, new KeyValuePair<string, object?>(tag, is_), new KeyValuePair<string, object?>(and, isToo));
}
