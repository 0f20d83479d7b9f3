using System.Diagnostics;
using System.Globalization;
using IpvlanActors.Tests.Lab.Kernel;
using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Recovery;

/// <summary>Profile cluster-sql as shipped: real processes, one PostgreSQL, and a registry that loses its host. Needs no ipvlan.</summary>
public sealed class RegistryMoveTests : IAsyncLifetime
{
    private readonly PostgresServer _postgres = new();
    private readonly List<LabHost> _hosts = [];
    private Underlay? _underlay;

    public async Task InitializeAsync()
    {
        if (PostgresKernelFactAttribute.Missing is not null)
            return;
        await _postgres.Make();
        string[] databases = [await _postgres.Create("ipvland"), await _postgres.Create("another")];
        string[] seeds = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
        _underlay = await Underlay.Make([.. Enumerable.Range(1, 4).Select(n => ($"h{n}", new[] { $"10.0.0.{n}/24" }))]);
        foreach (var n in Enumerable.Range(1, 4))
        {
            var config = DaemonConfig.InCluster($"h{n}", $"10.0.0.{n}", seeds).WithRegistry();
            var journal = $$"""registry { journal = "postgresql", connection-string = "{{databases[n / 4]}}" }""";
            _hosts.Add(LabHost.On(_underlay.Hosts[n - 1], config with { More = journal }));
        }

        foreach (var host in _hosts.Take(3))
            await host.Daemon.Start();
        await Eventually.Holds(() => IsUp(_hosts[1], 3), seconds: 40, [.. _hosts.Take(3)]);
    }

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        if (_underlay is not null)
            await _underlay.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [PostgresKernelFact]
    public async Task A_registry_whose_process_is_killed_grants_again_on_another_host_and_one_with_another_database_is_told_apart()
    {
        Assert.Equal("10.0.0.1", (await _hosts[1].Ctl.Cluster()).Registry.Split('@')[^1].Split(':')[0]);
        await _hosts[1].Ctl.Must(Words(1));

        var waiting = Stopwatch.StartNew();
        await _hosts[0].Daemon.Kill();
        await Eventually.Holds(async () => await _hosts[1].Ctl.Must(Words(2)), seconds: 120, [.. _hosts.Take(3)]);
        Note(string.Create(CultureInfo.InvariantCulture, $"granted again {waiting.Elapsed.TotalSeconds:0.0} s after kill -9 of the registry's process"));

        await Eventually.Holds(async () => Assert.Equal(["n1", "n2"], (await _hosts[2].Ctl.Networks()).Select(n => n.Name).Order()), seconds: 20, _hosts[2]);
        await _hosts[0].Daemon.Start();
        await Eventually.Holds(async () => await _hosts[0].Ctl.Must(Words(3)), seconds: 40, [.. _hosts.Take(3)]);

        var stranger = _hosts[3];
        await stranger.Daemon.Start();
        await Eventually.Holds(async () => Assert.Contains((await stranger.Ctl.Status()).Problems, p => p.Contains("ipvland.registry.connection-string", StringComparison.Ordinal)), seconds: 40, stranger);
        Assert.Equal(Ctl.Refused, (await stranger.Ctl.Type(Words(4))).Code);
        await Eventually.Holds(() => IsUp(_hosts[1], 3), seconds: 40, [.. _hosts]);
        Assert.Empty(await stranger.Ctl.Networks());
        Assert.DoesNotContain((await _hosts[1].Ctl.Cluster()).Members, m => m.Host == "h4"); // nor has the registry heard of it
    }

    private static string Words(int n) => $"network create --subnet=10.{80 + n}.0.0/16 -o parent=eth0 -o ipvlan_mode=l3 n{n}";

    private static async Task IsUp(LabHost host, int members) =>
        Assert.Equal(members, (await host.Ctl.Cluster()).Members.Count(m => m is { Status: "Up", Reachable: true }));

    private static void Note(string what)
    {
        if (Machine.Results is { } folder)
            File.WriteAllText(Path.Combine(folder, "registry that moves.txt"), what + "\n");
    }
}

/// <summary>Skipped, with the reason, without root or PostgreSQL.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresKernelFactAttribute : FactAttribute
{
    public PostgresKernelFactAttribute() => Skip = Missing;

    public static string? Missing => Requires.Missing(Needs.Root) ?? PostgresServer.Missing;
}
