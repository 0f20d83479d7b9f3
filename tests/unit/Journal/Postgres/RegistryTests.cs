using Akka.Configuration;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Postgres;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Tests.Unit.Mesh;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Journal.Postgres;

/// <summary>The registry where it may move: hosts of profile cluster-sql, their meshes real, and one database.</summary>
[Collection(PostgresCollection.Name)]
public sealed class RegistryTests(TestPostgres postgres) : IAsyncLifetime
{
    /// <summary>As shipped, but in less time: nothing else runs on this machine's loopback.</summary>
    private static readonly Config Sooner = ConfigurationFactory.ParseString("""
        akka.cluster {
          down-removal-margin = 1 s
          split-brain-resolver.stable-after = 2 s
          singleton.hand-over-retry-interval = 200 ms
        }
        """);

    private readonly List<BareMesh> _hosts = [];
    private string _connection = "";

    public Task InitializeAsync()
    {
        if (TestPostgres.Missing is null)
            _connection = postgres.Database();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
    }

    [PostgresFact]
    public async Task The_registry_goes_on_elsewhere_when_its_host_is_killed_and_has_forgotten_nothing()
    {
        var ports = BareMesh.FreePorts(3);
        foreach (var port in ports)
            _hosts.Add(Start(port, ports[0]));
        await Eventually.True(() => _hosts.TrueForAll(h => h.IsUpWith(3)), "all three are up", seconds: 60);
        var network = Id('a');
        Assert.IsType<NetworkGranted>(await _hosts[1].Answer(h => Creation(h.Host, network, "web", "10.1.0.0/24")));
        var first = Assert.IsType<BlockGranted>(await _hosts[1].Answer(h => Claim(h.Host, network)));

        await _hosts[0].Kill();

        var second = Assert.IsType<BlockGranted>(await _hosts[2].Answer(h => Claim(h.Host, network)));
        Assert.NotEqual(first.Block, second.Block);
        Assert.True(second.Epoch > first.Epoch, $"{second} came after {first}");
        var refused = Assert.IsType<RegistryRefused>(await _hosts[2].Answer(h => Creation(h.Host, Id('b'), "web", "10.2.0.0/24")));
        Assert.Equal(RefusalCodes.NetworkExists, refused.Reason.Code);
    }

    [PostgresFact]
    public async Task Of_two_registries_at_once_the_journal_refuses_the_second_which_then_learns_what_the_first_did()
    {
        var ports = BareMesh.FreePorts(2);
        var (one, twin) = (Start(ports[0], ports[0]), Start(ports[1], ports[1])); // two clusters by mistake, one database
        _hosts.AddRange([one, twin]);
        Assert.IsType<NetworkGranted>(await one.Answer(h => Creation(h.Host, Id('a'), "web", "10.1.0.0/24")));
        Assert.IsType<NetworkGranted>(await twin.Answer(h => Creation(h.Host, Id('b'), "web2", "10.2.0.0/24")));

        // what one does now, its twin cannot know
        var granted = Assert.IsType<NetworkGranted>(await one.Answer(h => Creation(h.Host, Id('c'), "web3", "10.3.0.0/24")));
        var answer = await twin.Answer(h => Creation(h.Host, Id('d'), "web3", "10.3.0.0/24"));

        Assert.Equal(RefusalCodes.NetworkExists, Assert.IsType<RegistryRefused>(answer).Reason.Code);
        Assert.Equal(granted, await one.Answer(h => Creation(h.Host, Id('c'), "web3", "10.3.0.0/24")));
    }

    [PostgresFact]
    public async Task A_database_that_goes_and_comes_back_costs_refusals_only()
    {
        var ports = BareMesh.FreePorts(1);
        var host = Start(ports[0], ports[0]);
        _hosts.Add(host);
        Assert.IsType<NetworkGranted>(await host.Answer(h => Creation(h.Host, Id('a'), "web", "10.1.0.0/24")));

        await postgres.Stop();
        var refused = Assert.IsType<RegistryRefused>(await host.Ask(Creation(host.Host, Id('b'), "web2", "10.2.0.0/24")));
        Assert.Contains(refused.Reason.Code, (string[])[RefusalCodes.JournalFailed, RefusalCodes.RegistryUnreachable]);
        await postgres.Start();

        Assert.IsType<NetworkGranted>(await host.Answer(h => Creation(h.Host, Id('b'), "web2", "10.2.0.0/24")));
        Assert.Equal(RefusalCodes.NetworkExists, Assert.IsType<RegistryRefused>(await host.Answer(h => Creation(h.Host, Id('c'), "web", "10.4.0.0/24"))).Reason.Code);
        Assert.Equal(1, host.Starts);
    }

    [PostgresFact]
    public async Task A_database_is_the_same_by_whatever_way_it_is_reached_and_no_other_is()
    {
        var here = await PostgresPersistence.Identify(_connection);

        Assert.Equal(here, await PostgresPersistence.Identify(_connection + ";Application Name=other"));
        Assert.Equal(here, await PostgresPersistence.Identify(postgres.AsGuest(_connection)));
        Assert.NotEqual(here, await PostgresPersistence.Identify(postgres.Database()));
        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => PostgresPersistence.Identify("Host=/nowhere;Database=x;Username=x"));
    }

    private BareMesh Start(int port, int seed) => new(
        port, seed, Sooner.WithFallback(HoconFiles.MeshSql).WithFallback(PostgresPersistence.ConfigFor(_connection)),
        [MemberRoles.Registry, MemberRoles.Speaks(MemberRoles.PostgresRegistry)], store: () => PostgresPersistence.Identify(_connection));

    private static NetworkId Id(char digit) => NetworkId.Parse(new string(digit, 32));

    private static CreateNetworkRequest Creation(HostId host, NetworkId id, string name, string subnet) =>
        new(new(DateTimeOffset.UnixEpoch, host), id, NetworkSpecReader.Read(new() { Name = name, Subnets = [subnet] }).Spec!, []);

    private static ClaimBlockRequest Claim(HostId host, NetworkId network) =>
        new(new(DateTimeOffset.UnixEpoch, host), network, Prefix.Parse("10.1.0.0/24"), null, []);
}
