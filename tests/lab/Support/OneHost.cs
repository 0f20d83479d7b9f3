using Xunit;

namespace IpvlanActors.Tests.Lab.Support;

/// <summary>
/// The document's machine: eth0 with 192.168.1.250/24, on a trunk with a router that is the gateway of every example's
/// subnet on its VLAN. One daemon for a class of tests.
/// </summary>
public sealed class OneHost : IAsyncLifetime
{
    private Underlay? _underlay;
    private Netns? _router;
    private LabHost? _host;

    public Netns Router => _router!;

    public LabHost Host => _host!;

    public async Task InitializeAsync()
    {
        // xunit makes the fixture of a class even if all of its tests skip
        if (Machine.Missing is not null)
            return;
        _underlay = await Underlay.Make(("host", ["192.168.1.250/24"]));
        _router = await _underlay.AddRouter(
            (null, "192.168.1.1/24"),
            (20, "192.168.20.1/24"),
            (30, "192.168.30.1/24"),
            (40, "192.168.40.1/24"),
            (10, "172.16.80.1/24"),
            (20, "172.16.50.1/22"),
            (30, "10.1.100.1/16"),
            (114, "192.168.114.254/24"),
            (114, "192.168.116.254/24"),
            (139, "2001:db8:abc2::22/64"),
            (140, "192.168.140.1/24"),
            (140, "192.168.142.1/24"),
            (140, "2001:db8:abc9::22/64"));
        _host = LabHost.On(_underlay.Hosts[0], new("h1"));
        await _host.Remember();
        await _host.Daemon.Start();
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        if (_underlay is not null)
            await _underlay.DisposeAsync();
    }
}

/// <summary>Tests on <see cref="OneHost"/>, each of which must leave the kernel as it found it.</summary>
public abstract class OnOneHost(OneHost fixture) : IClassFixture<OneHost>, IAsyncLifetime
{
    protected LabHost Host => fixture.Host;

    protected Netns Router => fixture.Router;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => LabHost.Clear(Host);
}
