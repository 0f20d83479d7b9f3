using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.TwoHosts;

/// <summary>Two hosts on one segment, one cluster; the registry is on the first.</summary>
public class Pair : IAsyncLifetime
{
    private readonly List<LabHost> _hosts = [];
    private Underlay? _underlay;

    public LabHost H1 => _hosts[0];

    public LabHost H2 => _hosts[1];

    /// <summary>More lines of both hosts' configuration.</summary>
    protected virtual string More => "";

    /// <summary>Waits until each is a member in the other's eyes.</summary>
    public Task Met() => Eventually.Holds(SeeEachOther, seconds: 20, H1, H2);

    /// <summary>Pulls the cable of one of them (1 or 2), or plugs it in again.</summary>
    public Task Plug(int host, bool inOrOut) => _underlay!.Plug(host - 1, inOrOut);

    /// <summary>How large a packet to and from one of them (1 or 2) may be.</summary>
    public Task Carry(int host, int mtu) => _underlay!.Carry(host - 1, mtu);

    public async Task InitializeAsync()
    {
        if (Machine.Missing is not null)
            return;
        _underlay = await Underlay.Make(("h1", ["10.0.0.1/24", "fd00::1/64"]), ("h2", ["10.0.0.2/24", "fd00::2/64"]));
        for (var i = 1; i <= 2; i++)
        {
            var host = LabHost.On(_underlay.Hosts[i - 1], DaemonConfig.InCluster($"h{i}", $"10.0.0.{i}", "10.0.0.1", "10.0.0.2") with { More = More });
            _hosts.Add(host);
            await host.Remember();
            await host.Daemon.Start();
        }
        await Met();
    }

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        if (_underlay is not null)
            await _underlay.DisposeAsync();
    }

    private async Task SeeEachOther()
    {
        foreach (var host in _hosts)
            Assert.Equal(2, (await host.Ctl.Cluster()).Members.Count(m => m is { Status: "Up", Reachable: true }));
    }
}
