using System.Collections.Concurrent;
using System.Diagnostics;
using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.TwoHosts;

/// <summary>A service on a third machine that has nothing of ours but the client package, and a certificate.</summary>
public sealed class ServiceTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ipvland-certs-").FullName;
    private readonly List<LabHost> _hosts = [];
    private readonly ConcurrentQueue<string> _said = new();
    private Underlay? _underlay;
    private Process? _service;

    public async Task InitializeAsync()
    {
        if (Machine.Missing is not null)
            return;
        _underlay = await Underlay.Make(("h1", ["10.0.0.1/24"]), ("h2", ["10.0.0.2/24"]), ("service", ["10.0.0.3/24"]));
        (await Shell.Run(Path.Combine(Machine.Programs, "ipvland"), ["certs", "--out", _folder, "h1", "h2", "service"])).Must();
        for (var i = 1; i <= 2; i++)
        {
            var config = DaemonConfig.InCluster($"h{i}", $"10.0.0.{i}", "10.0.0.1", "10.0.0.2") with { Security = Tls($"h{i}") };
            _hosts.Add(LabHost.On(_underlay.Hosts[i - 1], config));
            await _hosts[^1].Daemon.Start();
        }

        await Eventually.Holds(SeeEachOther, seconds: 30, [.. _hosts]);
    }

    public async Task DisposeAsync()
    {
        if (_service is { HasExited: false })
            _service.Kill();
        _service?.Dispose();
        foreach (var host in _hosts)
            await host.DisposeAsync();
        if (_underlay is not null)
            await _underlay.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [LabFact]
    public async Task A_service_joins_containers_on_hosts_that_it_chooses_and_misses_nothing_when_its_host_is_killed()
    {
        Start();
        await Says("follows 2 hosts");
        await Do("create 10.1.0.0/16", "created service_net");
        foreach (var (host, name) in _hosts.Zip(["one", "two"]))
        {
            var container = await host.NewContainer();
            await Do($"join {host.Daemon.Config.Host} {container.Space.Path} {name}", $"joined {name} 10.1.");
            Assert.Contains("inet 10.1.", (await container.Space.Run("ip", "addr", "show", "eth0")).Must().Out, StringComparison.Ordinal);
            await Says($"{host.Daemon.Config.Host} has {name} joined");
        }

        await Do("contact", "talks to h");
        var killed = _said.Contains("talks to h1") ? 0 : 1;
        var (gone, left) = (_hosts[killed], _hosts[1 - killed]);
        await gone.Daemon.Kill();
        var third = await left.NewContainer();
        await Do($"join {left.Daemon.Config.Host} {third.Space.Path} three", "joined three 10.1.");
        await Says($"{left.Daemon.Config.Host} has {(killed == 0 ? "three joined, two joined" : "one joined, three joined")}");
        await Do("contact", $"talks to {left.Daemon.Config.Host}");

        await gone.Daemon.Start();
        var said = _said.Count;
        await Do($"remove {gone.Daemon.Config.Host} {(killed == 0 ? "one" : "two")}", "removed");
        await Says($"{gone.Daemon.Config.Host} has nothing", said);
        await Says($"{gone.Daemon.Config.Host} event 4 EndpointRemoved of "); // created, joined, left, removed
        await Eventually.Holds(() => Task.Run(() => Assert.Contains(_said, s => s.Contains(" AddressReleased of ", StringComparison.Ordinal))), seconds: 60, [.. _hosts]);
        Assert.DoesNotContain(_said, s => s.Contains("another journal", StringComparison.Ordinal) || s.StartsWith("failed", StringComparison.Ordinal));
        var events = _said.Where(s => s.Contains(" event ", StringComparison.Ordinal)).ToList();
        Assert.Equal(events.Distinct(), events);
        Assert.Equal(12, events.Count); // addresses allocated and released, too
    }

    private async Task SeeEachOther()
    {
        foreach (var host in _hosts)
            Assert.Equal(2, (await host.Ctl.Cluster()).Members.Count(m => m is { Status: "Up", Reachable: true }));
    }

    private void Start()
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "IpvlanActors.Tests.Service.dll"), _folder, "service", "10.0.0.1:4053", "10.0.0.2:4053"];
        var start = new ProcessStartInfo("nsenter", [$"--net={_underlay!.Hosts[2].Path}", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _service = new() { StartInfo = start };
        _service.OutputDataReceived += (_, line) => _said.Enqueue(line.Data ?? "ended");
        _service.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        _service.Start();
        _service.BeginOutputReadLine();
        _service.BeginErrorReadLine();
    }

    private async Task Do(string line, string answer)
    {
        var before = _said.Count;
        await _service!.StandardInput.WriteLineAsync(line);
        await _service.StandardInput.FlushAsync();
        await Says(answer, before);
    }

    private Task Says(string beginning, int behind = 0) => Eventually.Holds(
        () =>
        {
            var said = _said.ToArray();
            Assert.True(said.Skip(behind).Any(s => s.StartsWith(beginning, StringComparison.Ordinal)), $"the service has not said '{beginning}', but:\n{string.Join('\n', said)}");
            return Task.CompletedTask;
        }, seconds: 60, [.. _hosts]);

    private string Tls(string host) => $$"""
        tls {
          ca = "{{_folder}}/ca.pem"
          certificate = "{{_folder}}/{{host}}.pem"
          key = "{{_folder}}/{{host}}.key"
        }
        """;
}
