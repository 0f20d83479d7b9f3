using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Recovery;

/// <summary>
/// Two hosts, the registry on the first, and journals that are not what they were: switched off, restored, copied. A third
/// machine is there for the copy.
/// </summary>
public sealed class IdentityTests : IAsyncLifetime
{
    private const string Words = "--subnet=10.77.0.0/16 -o parent=eth0 -o ipvlan_mode=l3 wide";
    private const string Fenced = "fenced";
    private readonly List<LabHost> _hosts = [];
    private Underlay? _underlay;

    private LabHost H1 => _hosts[0];

    private LabHost H2 => _hosts[1];

    private LabHost H3 => _hosts[2];

    public async Task InitializeAsync()
    {
        if (Machine.Missing is not null)
            return;
        _underlay = await Underlay.Make(("h1", ["10.0.0.1/24"]), ("h2", ["10.0.0.2/24"]), ("h3", ["10.0.0.3/24"]));
        foreach (var n in new[] { 1, 2, 3 })
            _hosts.Add(LabHost.On(_underlay.Hosts[n - 1], DaemonConfig.InCluster($"h{n}", $"10.0.0.{n}", "10.0.0.1", "10.0.0.2")));
        await H1.Daemon.Start();
        await H2.Daemon.Start();
        await H1.Create(Words);
        await Eventually.Holds(() => H2.Ctl.Network("wide"), seconds: 20, H1, H2);
    }

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        if (_underlay is not null)
            await _underlay.DisposeAsync();
    }

    [LabFact]
    public async Task A_host_alone_after_a_power_cut_serves_and_allocates_what_it_had()
    {
        var before = await H2.Run("wide");
        await H1.Daemon.Kill();
        await H2.Daemon.Kill();

        await H2.Daemon.Start();

        Assert.NotEqual(Fenced, (await H2.Ctl.Status()).State);
        Assert.Equal("joined", (await H2.Ctl.Endpoint(before.Name)).State);
        var next = await H2.Run("wide");
        Assert.Empty((await Addresses(before)).Intersect(await Addresses(next)));
    }

    [LabFact]
    public async Task A_data_directory_restored_from_a_copy_gives_out_nothing_until_the_registry_has_confirmed_it()
    {
        await H2.Run("wide");
        await H2.Daemon.Stop();
        await Shell.Run("cp", ["-a", H2.Daemon.Data, H2.Daemon.Data + ".copy"]);
        await H2.Daemon.Start();
        var lost = await H2.Run("wide");
        await H1.Daemon.Kill();
        await H2.Daemon.Stop();
        Directory.Move(H2.Daemon.Data, H2.Daemon.Data + ".newer");
        await Shell.Run("cp", ["-a", H2.Daemon.Data + ".copy", H2.Daemon.Data]);
        await H2.Daemon.Start();

        await IsFenced(H2, "copied, moved or restored");
        await H2.Forget(lost);
        await H1.Daemon.Start();

        await Eventually.Holds(async () => Assert.NotEqual(Fenced, (await H2.Ctl.Status()).State), seconds: 30, H1, H2);
        await H2.Run("wide");
        Assert.Contains("HostConfirmed", (await H2.Ctl.Journal("show host")).Out, StringComparison.Ordinal);
    }

    [LabFact]
    public async Task A_copied_data_directory_is_fenced_and_the_host_that_it_was_copied_from_goes_on()
    {
        await H2.Run("wide");
        await Shell.Run("cp", ["-a", H2.Daemon.Data, H3.Daemon.Data]);
        await H3.Daemon.Start();

        await Eventually.Holds(
            async () => Assert.Equal("10.0.0.3:4053", AddressOf(Assert.Single((await H1.Ctl.Cluster()).Members, m => m.CopyOf.Length > 0).Address)),
            seconds: 30, H1, H2, H3);
        await IsFenced(H3, "copy");
        Assert.NotEqual(Fenced, (await H2.Ctl.Status()).State);
        await H2.Run("wide");
    }

    [LabFact]
    public async Task A_registry_restored_from_a_backup_learns_from_its_hosts_what_it_has_lost()
    {
        var backup = H1.Daemon.Data + ".backup";
        Assert.Equal(Ctl.Done, (await H1.Ctl.Journal($"backup {backup}")).Code);
        await H1.Create("--subnet=10.78.0.0/16 -o parent=eth0 -o ipvlan_mode=l3 later");
        await Eventually.Holds(() => H2.Ctl.Network("later"), seconds: 20, H1, H2);
        var there = await H2.Run("later");
        var block = (await H2.Ctl.Network("later")).Blocks.Single();
        await H1.Daemon.Stop();
        foreach (var file in Directory.EnumerateFiles(H1.Daemon.Data, "journal.db-*"))
            File.Delete(file);
        File.Copy(backup, Path.Combine(H1.Daemon.Data, "journal.db"), overwrite: true);
        await H1.Daemon.Start();

        await Eventually.Holds(
            async () =>
            {
                Assert.Contains((await H1.Ctl.Network("later")).Blocks, b => b.Block == block.Block && b.HostId == block.HostId && b.Epoch == block.Epoch);
                Assert.NotEqual(Fenced, (await H1.Ctl.Status()).State);
            },
            seconds: 40, H1, H2);
        var here = await H1.Run("later");
        Assert.Empty((await Addresses(here)).Intersect(await Addresses(there)));
        Assert.Contains("RegistryTrusted", (await H1.Ctl.Journal("show registry")).Out, StringComparison.Ordinal);
        Assert.Equal(Ctl.Done, (await H1.Ctl.Journal("verify")).Code);
    }

    private static async Task IsFenced(LabHost host, string why)
    {
        var container = await host.NewContainer();
        await Eventually.Holds(
            async () =>
            {
                var said = await host.Ctl.Type($"endpoint join wide --netns {container.Space.Path} --name new");
                Assert.Equal(Ctl.Refused, said.Code);
                Assert.Contains(Fenced, said.Err, StringComparison.Ordinal);
                Assert.Contains(why, said.Err, StringComparison.Ordinal);
            },
            seconds: 20, host);
        var status = await host.Ctl.Status();
        Assert.Equal(Fenced, status.State);
        Assert.Contains(status.Problems, p => p.Contains(why, StringComparison.Ordinal));
    }

    private static string AddressOf(string member) => member.Split('@')[^1];

    private static async Task<string[]> Addresses(Container container) => [.. (await container.Look()).Link("eth0").Global];
}
