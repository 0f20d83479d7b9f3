using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.RegularExpressions;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Http;
using IpvlanActors.Daemon.Telemetry;
using IpvlanActors.Daemon.Web;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Telemetry;
using IpvlanActors.Tests.Unit.Runtime;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace IpvlanActors.Tests.Unit.Daemon;

/// <summary>A node as the daemon runs it, scraped over HTTP; only its kernel is not real.</summary>
public sealed partial class MetricsTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly HttpClient _http;
    private readonly MeshHost _host;
    private readonly int _port;
    private NodeTelemetry? _telemetry;
    private WebApplication? _web;

    public MetricsTests()
    {
        (var mesh, _port) = MeshTests.FreePorts();
        _host = new("h1", "10.0.0.1", mesh, mesh);
        _http = new() { BaseAddress = new($"http://127.0.0.1:{_port}") };
        _listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == Instruments.MeterName)
                _instruments[instrument.Name] = instrument;
        };
        _listener.Start();
    }

    public async Task InitializeAsync()
    {
        await _host.Start();
        await Eventually.True(() => _host.Boards.Catalogue.Current.Hosts.Count == 1, "the host is registered");
        var settings = DaemonSettings.Read(HoconFiles.Load(null, new Dictionary<string, string>()), _host.Folder, null) with
        {
            Web = new(IPAddress.Loopback, _port),
        };
        var facts = new NodeFacts(_host.Node, settings, 0, DateTimeOffset.UtcNow);
        _telemetry = new(facts, scraped: true);
        _web = await WebServer.Start(facts, _telemetry);
    }

    public async Task DisposeAsync()
    {
        _listener.Dispose();
        _http.Dispose();
        await _web!.DisposeAsync();
        _telemetry!.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_scrape_tells_what_the_node_has_and_what_it_did()
    {
        Assert.IsType<NetworkReply>(await _host.Ask(TestNode.Creation("web", "10.1.0.0/16", ("parent", "eth0"), ("ipvlan_mode", "l3"))));
        await _host.Join("web", "c1");
        Assert.IsType<Refused>(await _host.TryJoin("nowhere", "c2"));

        var scraped = await _http.GetStringAsync("/metrics");

        Assert.Equal(1, Value(scraped, "ipvland_networks", "state=\"attached\""));
        Assert.Equal(1, Value(scraped, "ipvland_endpoints", "network=\"web\"", "state=\"joined\""));
        Assert.Equal(1, Value(scraped, "ipvland_addresses", "network=\"web\"", "state=\"used\""));
        Assert.Equal(1, Value(scraped, "ipvland_routes", "state=\"own\""));
        Assert.Equal(0, Value(scraped, "ipvland_fenced"));
        // the process's, so other tests may have counted as well
        Assert.True(Value(scraped, "ipvland_command_duration_seconds_count", "JoinEndpointCommand", "outcome=\"done\"") >= 1);
        Assert.True(Value(scraped, "ipvland_command_duration_seconds_count", "JoinEndpointCommand", "outcome=\"network-unknown\"") >= 1);
        Assert.True(Value(scraped, "ipvland_kernel_operations_total", "PlugSlave", "outcome=\"done\"") >= 1);
        Assert.True(Value(scraped, "ipvland_journal_write_duration_seconds_count", "kind=\"Endpoint\"") >= 1);
        Assert.True(Value(scraped, "ipvland_journal_commits_total") >= 1);
    }

    [Fact]
    public async Task Whatever_a_scrape_has_is_named_after_an_instrument_and_described()
    {
        await _host.TryJoin("nowhere", "c2");
        var scraped = await _http.GetStringAsync("/metrics");
        var known = Exported();
        foreach (var name in Lines(scraped).Select(l => Name().Match(l).Value).Where(n => n.StartsWith("ipvland_", StringComparison.Ordinal)))
            Assert.Contains(name, known);
        Assert.All(_instruments.Values, i => Assert.False(string.IsNullOrEmpty(i.Description) || string.IsNullOrEmpty(i.Unit), i.Name));
    }

    [Theory]
    [InlineData("dashboard.json")]
    [InlineData("alerts.yml")]
    public void What_dashboard_and_alerts_ask_for_exists(string file)
    {
        var known = Exported();
        known.UnionWith(["ipvland_network", "ipvland_state", "ipvland_reason", "ipvland_host", "ipvland_command", "ipvland_outcome",
            "ipvland_kernel_operation", "ipvland_journal_kind", "ipvland_certificate_left_seconds"]);
        var asked = Asked().Matches(File.ReadAllText(Path.Combine(Repository(), "host", "monitoring", file))).Select(m => m.Value).Distinct().ToList();
        Assert.True(asked.Count > 10);
        Assert.All(asked, name => Assert.Contains(name, known));
    }

    [Fact]
    public async Task Over_the_web_door_things_are_only_read_and_only_under_its_own_name()
    {
        var post = await _http.PostAsync("/v1/networks", new StringContent("{}"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        Assert.Contains("only read", await post.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(_host.View.Networks);

        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        rebound.Headers.Host = "evil.example";
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.SendAsync(rebound)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync("/v1/status")).StatusCode);
    }

    private static double Value(string scraped, string name, params string[] labels)
    {
        var line = Assert.Single(Lines(scraped), l => Name().Match(l).Value == name && labels.All(l.Contains));
        return double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static IEnumerable<string> Lines(string scraped) => scraped.Split('\n').Where(l => l.Length > 0 && l[0] != '#');

    /// <summary>As Prometheus has them: OpenTelemetry's specification, "Prometheus and OpenMetrics compatibility".</summary>
    private HashSet<string> Exported()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var instrument in _instruments.Values)
        {
            var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
            var name = instrument.Name.Replace('.', '_') + unit;
            var kind = instrument.GetType().Name;
            if (kind.StartsWith("Histogram", StringComparison.Ordinal))
                names.UnionWith([name + "_bucket", name + "_sum", name + "_count"]);
            else
                names.Add(kind.Contains("Counter", StringComparison.Ordinal) ? name + "_total" : name);
        }

        return names;
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "IpvlanActors.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex("^[a-z_]+")]
    private static partial Regex Name();

    [GeneratedRegex(@"\bipvland_[a-z_]+")]
    private static partial Regex Asked();
}
