using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using IpvlanActors.Daemon;
using IpvlanActors.Daemon.Journal;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Watching;
using Xunit;

namespace IpvlanActors.Tests.Web.Support;

/// <summary>
/// What a node in a cluster (a large one, unless said) has on its boards, invented, with what goes wrong in a few hosts; what
/// serves it is real. Host h1 is the node's own.
/// </summary>
public sealed class InventedCluster : IAsyncLifetime
{
    public const int Hosts = 200;
    public const int Endpoints = 5000;
    public const string Evil = "<img src=x onerror=alert(1)><script>alert(2)</script>";
    private const int BlockLength = 26;
    private static readonly string[] Subnets = ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16", "10.5.0.0/16", "10.6.0.0/16", "10.7.0.0/16", "10.8.0.0/16"];
    private static readonly LinkName Eth0 = LinkName.Parse("eth0");
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("ipvland-big-").FullName;
    private readonly ActorSystem _system = ActorSystem.Create("big", ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }"));
    private readonly WebDoor _door = new();
    private readonly NodeContext _context;

    public InventedCluster()
        : this(Hosts, Endpoints)
    {
    }

    internal InventedCluster(int hosts, int endpoints)
    {
        _context = new(HostOf(1), "h1", "boot", TimeProvider.System, new(new HostViewStore(ViewOf(endpoints))), TimeSpan.Zero, static _ => { });
        Fill(_context.Boards, hosts);
    }

    public Uri Address => _door.Address;

    private Boards Boards => _context.Boards;

    public async Task InitializeAsync()
    {
        Func<IHistory> history = () => new HostHistory(Path.Combine(_folder, "journal.db"));
        var watch = _system.ActorOf(Props.Create<WatchActor>(_context, history), "watch");
        await _door.Open(new Node(_system, _context, watch, 1), _folder);
    }

    public async Task DisposeAsync()
    {
        await _door.DisposeAsync();
        await _system.Terminate();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The next hop of a host is dead, or alive again.</summary>
    public void SetDead(int host, bool isDead)
    {
        var (board, hop) = (Boards.Peers.Current, new Hop(HopOf(host), Eth0));
        Boards.Peers.Current = board with { Dead = isDead ? board.Dead.Add(hop) : board.Dead.Remove(hop) };
    }

    public void Rename(int host, string name)
    {
        var catalogue = Boards.Catalogue.Current;
        Boards.Catalogue.Current = catalogue with { Hosts = catalogue.Hosts.SetItem(HostOf(host), new(name, 1)) };
    }

    private static HostId HostOf(int host) => new(new Guid(host, 1, 1, new byte[8]));

    private static NetworkId NetworkOf(int network) => NetworkId.From(new Guid(network + 1, 2, 2, new byte[8]));

    private static Ip HopOf(int host) => Ip.Parse("10.0.0.0").Offset((ulong)host);

    private static Prefix BlockOf(int network, int host) => Prefix.Parse(Subnets[network]).Nth(BlockLength, (ulong)host - 1);

    /// <summary>The last has no parent link, the one before is L2, the others are routed.</summary>
    private static NetworkSpec SpecOf(int network) => NetworkSpecReader.Read(new()
    {
        Name = network == Subnets.Length - 1 ? "alone" : network == Subnets.Length - 2 ? "wire" : Text($"net-{network}"),
        Subnets = [Subnets[network]],
        Options = (network == Subnets.Length - 1 ? [] : new Dictionary<string, string> { ["parent"] = "eth0", ["ipvlan_mode"] = network == Subnets.Length - 2 ? "l2" : "l3" })
            .ToImmutableSortedDictionary(StringComparer.Ordinal),
    }).Spec!;

    private static HostView ViewOf(int endpoints)
    {
        var stamp = new Stamp(Noon, HostOf(1));
        var view = HostView.Empty.Apply(PersistenceIds.Host, new HostBorn(stamp, HostOf(1)));
        for (var network = 0; network < Subnets.Length; network++)
        {
            var (id, spec) = (NetworkOf(network), SpecOf(network));
            var parent = spec.IsIsolated ? ParentLink.Dummy(Ownership.DummyName(id)) : ParentLink.Given(Eth0);
            view = view.Apply(PersistenceIds.HostNetwork(HostOf(1), id), new NetworkAttached(stamp, id, spec, parent, Noon))
                .Apply(PersistenceIds.HostNetwork(HostOf(1), id), new BlockReceived(stamp, BlockOf(network, 1), 1));
        }

        return view with { Endpoints = Enumerable.Range(0, endpoints).Select(EndpointOf).ToImmutableDictionary(e => e.Endpoint) };
    }

    private static EndpointState EndpointOf(int n) => new(
        EndpointId.From(new Guid(n + 1, 3, 3, new byte[8])), NetworkOf(n % Subnets.Length), Text($"c{n}"),
        [new(BlockOf(n % Subnets.Length, 1).First.Offset((ulong)(n % 60) + 2), BlockLength)], n == 77 ? EndpointStage.Failed : EndpointStage.Joined,
        new($"/run/netns/c{n}", (ulong)n, "boot"), Eth0, n == 77 ? "its namespace is no more" : "", Noon);

    /// <summary>
    /// h3's hop is dead, h4 is suspect, h5 stale, h6 tells what is rejected, h7's routes meet others in the kernel, h8's are missing
    /// there, h9 announces nothing, h10 is a copy of h11.
    /// </summary>
    private static void Fill(Boards boards, int count)
    {
        var hosts = Enumerable.Range(1, count).ToList();
        boards.Catalogue.Current = new(
            1, hosts.Where(h => h != 10).ToImmutableSortedDictionary(HostOf, h => new KnownHost(Text($"h{h}"), 1)),
            Enumerable.Range(0, Subnets.Length).ToImmutableSortedDictionary(NetworkOf, n => new CatalogueEntry(
                SpecOf(n), Noon, hosts.Where(h => h != 10).ToPrefixMap(h => BlockOf(n, h), h => new BlockOwner(HostOf(h), 1)))));
        boards.Cluster.Current = new(
            [.. hosts.Select(h => new ClusterMember(HostOf(h == 10 ? 11 : h), Text($"10.0.0.{h}:4053"), "Up", h is not (3 or 4), h == 1, h == 1, h == 10 ? "10.0.0.11:4053" : null))], "10.0.0.1:4053");
        boards.Peers.Current = new(hosts.ToImmutableDictionary(HostOf, h => new PeerHealth(h switch { 4 => PeerState.Suspect, 5 => PeerState.Stale, _ => PeerState.Live }, Noon)), [new Hop(HopOf(3), Eth0)], "");
        var verdicts = hosts.Where(h => h is not (1 or 9 or 10)).ToImmutableSortedDictionary(HostOf, h => Enumerable.Range(0, Subnets.Length - 2).Select(n => Verdict(n, h)).ToHashMap(v => v.Ad.Key));
        boards.Routes.Current = new(
            verdicts, Enumerable.Range(0, Subnets.Length - 2).Select(n => new RouteAd(NetworkOf(n), BlockOf(n, 1), 1, HopOf(1))).ToHashMap(a => a.Key),
            ImmutableSortedDictionary<string, long>.Empty);
        var routes = verdicts.SelectMany(v => v.Value.Values).Where(v => v.IsAccepted).ToLookup(v => v.Origin, v => v.Route!);
        var conflicts = routes[HostOf(7)].Select(r => ((KernelOp)new AddRoute(r), new KernelFault(FaultClass.Exists, 17, "File exists"))).ToImmutableArray();
        boards.Kernel.Current = new(
            ObservedKernel.Empty with { Routes = [.. routes.Where(r => r.Key != HostOf(7) && r.Key != HostOf(8)).SelectMany(r => r)] },
            [new([NetworkOf(2)], "parent eth0 is down: ip link set eth0 up")], conflicts, 0);
    }

    private static RouteVerdict Verdict(int network, int host)
    {
        var ad = new RouteAd(NetworkOf(network), BlockOf(network, host), 1, HopOf(host));
        return host == 6
            ? RouteVerdict.Rejected(HostOf(host), ad, RejectCodes.NetworkUnknown, "the registry knows of no such claim")
            : RouteVerdict.Accepted(HostOf(host), ad, Route.ToPeer(ad.Prefix, ad.NextHop, Eth0));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
