using IpvlanActors.Tests.Lab.Kernel;
using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.TwoHosts;

/// <summary>Real daemons with certificates made by their own command; a third host on the segment has none of that CA.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ipvland-certs-").FullName;
    private readonly List<LabHost> _hosts = [];
    private Underlay? _underlay;

    public async Task InitializeAsync()
    {
        if (Requires.Missing(Needs.Root) is not null)
            return;
        _underlay = await Underlay.Make(("h1", ["10.0.0.1/24"]), ("h2", ["10.0.0.2/24"]), ("h3", ["10.0.0.3/24"]));
        await Certificates("ours", "h1", "h2");
        await Certificates("theirs", "h3");
        for (var i = 1; i <= 3; i++)
        {
            var config = DaemonConfig.InCluster($"h{i}", $"10.0.0.{i}", "10.0.0.1") with { Security = Tls(i < 3 ? "ours" : "theirs", $"h{i}") };
            _hosts.Add(LabHost.On(_underlay.Hosts[i - 1], config));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        if (_underlay is not null)
            await _underlay.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [KernelFact]
    public async Task Hosts_of_one_CA_are_a_cluster_and_a_stranger_on_the_segment_gets_nothing_and_breaks_nothing()
    {
        foreach (var host in _hosts)
            await host.Daemon.Start();
        await Eventually.Holds(BothAreUp, seconds: 30, [.. _hosts]);

        var stranger = _underlay!.Hosts[2];
        foreach (var junk in (string[])["GET / HTTP/1.1\\r\\n\\r\\n", "\\x00\\x00\\x00\\x10junk"])
            (await stranger.Run("bash", "-c", $"exec 3<>/dev/tcp/10.0.0.1/4053; printf '{junk}' >&3; timeout 5 cat <&3 > /dev/null; true")).Must();
        await Eventually.Holds(
            async () => Assert.Contains((await _hosts[2].Ctl.Status()).Problems, p => p.Contains("registry", StringComparison.Ordinal)), seconds: 30, _hosts[2]);

        await BothAreUp();
        Assert.DoesNotContain((await _hosts[1].Ctl.Status()).Problems, p => p.Contains("registry", StringComparison.Ordinal));
        Assert.Contains("h1.pem counts for another", (await _hosts[0].Ctl.Type("doctor")).Out, StringComparison.Ordinal);
    }

    private async Task BothAreUp()
    {
        foreach (var host in _hosts[..2])
        {
            var members = (await host.Ctl.Cluster()).Members;
            Assert.Equal(["10.0.0.1:4053", "10.0.0.2:4053"], members.Where(m => m is { Status: "Up", Reachable: true }).Select(m => m.Address[(m.Address.LastIndexOf('@') + 1)..]).Order());
            Assert.Equal(2, members.Count);
        }
    }

    private async Task Certificates(string folder, params string[] hosts) =>
        (await Shell.Run(Path.Combine(Machine.Programs, "ipvland"), ["certs", "--out", Path.Combine(_folder, folder), .. hosts])).Must();

    private string Tls(string folder, string host) => $$"""
        tls {
          ca = "{{_folder}}/{{folder}}/ca.pem"
          certificate = "{{_folder}}/{{folder}}/{{host}}.pem"
          key = "{{_folder}}/{{folder}}/{{host}}.key"
        }
        """;
}
