using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Docker;

/// <summary>The document's machine with a dockerd on it, and a router that is the gateway of the examples' VLANs.</summary>
public sealed class OneDocker : IAsyncLifetime
{
    public const string Driver = "ipvland";

    private Underlay? _underlay;
    private LabHost? _host;
    private Dockerd? _docker;

    public LabHost Host => _host!;

    public Dockerd Docker => _docker!;

    public async Task InitializeAsync()
    {
        if (Machine.MissingForDocker is not null)
            return;
        _underlay = await Underlay.Make(("host", ["192.168.1.250/24"]));
        await _underlay.AddRouter((null, "192.168.1.1/24"), (20, "192.168.20.1/24"), (30, "192.168.30.1/24"));
        _docker = new(_underlay.Hosts[0]);
        _host = LabHost.On(_underlay.Hosts[0], new("h1")
        {
            Docker = $"""
                enabled = on
                api = "{_docker.Socket}"
                auto-create = on
                """,
        });
        await _host.Remember();
        await _host.Daemon.Start();
        await _docker.Start();
    }

    public async Task DisposeAsync()
    {
        if (_docker is not null)
            await _docker.DisposeAsync();
        if (_host is not null)
            await _host.DisposeAsync();
        if (_underlay is not null)
            await _underlay.DisposeAsync();
    }
}

/// <summary>Tests on <see cref="OneDocker"/>, each of which must leave Docker, the node and the kernel as it found them.</summary>
public abstract class OnOneDocker(OneDocker fixture) : IClassFixture<OneDocker>, IAsyncLifetime
{
    protected LabHost Host => fixture.Host;

    protected Dockerd Docker => fixture.Docker;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (!Host.Daemon.Running)
            await Host.Daemon.Start();
        await Docker.Clear(OneDocker.Driver);
        foreach (var network in await Host.Ctl.Networks())
            await Host.Ctl.Type($"network rm {network.Name}");
        await Eventually.Holds(IsEmpty, 20, Host);
        await Host.BecomesAsBefore();
    }

    /// <summary>Nothing is left in any of the three.</summary>
    protected async Task IsEmpty()
    {
        Assert.Empty(await Docker.Networks(OneDocker.Driver));
        Assert.Empty(await Host.Ctl.Endpoints());
        Assert.Empty(await Host.Ctl.Networks());
    }

    /// <summary>What <c>ip</c> shows in a container of one network: its addresses and routes, whole.</summary>
    protected async Task Shows(string container, string[] addresses, string[] routes, string mode = "l2", int mtu = 1500)
    {
        var view = await Docker.Look(container);
        var eth0 = view.Link("eth0");
        Assert.Equal(("ipvlan", mode, "bridge", mtu), (eth0.Kind, eth0.Mode, eth0.Isolation, eth0.Mtu));
        Assert.True(eth0.IsUp);
        Assert.Equal(mode == "l3", eth0.Flags.Contains("NOARP"));
        Assert.Equal(addresses, eth0.Global);
        Lines.Same(routes, view.RouteTexts);
        Assert.Equal(["eth0", "lo"], view.Links.Select(l => l.Name).Order());
    }

    /// <summary>Docker refuses, in words of ours.</summary>
    protected async Task Refuses(string line, params string[] words)
    {
        var said = await Docker.Type(line);
        Assert.True(said.Code != 0, $"{said} was done");
        Assert.All(words, w => Assert.Contains(w, said.Err, StringComparison.Ordinal));
    }
}
