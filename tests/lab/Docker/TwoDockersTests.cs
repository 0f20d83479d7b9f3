using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Docker;

/// <summary>Two hosts, one cluster, a dockerd on each, the second of which gets the cluster's networks by itself; that one's driver has another name, since both see one folder of plugins.</summary>
public sealed class TwoDockersTests : IAsyncLifetime
{
    private static readonly string[] Drivers = ["ipvland", "ipvland2"];
    private readonly List<LabHost> _hosts = [];
    private readonly List<Dockerd> _dockers = [];
    private Underlay? _underlay;

    public async Task InitializeAsync()
    {
        if (Machine.MissingForDocker is not null)
            return;
        _underlay = await Underlay.Make(("h1", ["10.0.0.1/24"]), ("h2", ["10.0.0.2/24"]));
        foreach (var (n, space) in _underlay.Hosts.Index())
        {
            var docker = new Dockerd(space);
            _dockers.Add(docker);
            _hosts.Add(LabHost.On(space, DaemonConfig.InCluster($"h{n + 1}", $"10.0.0.{n + 1}", "10.0.0.1", "10.0.0.2") with
            {
                Docker = $"""
                    enabled = on
                    socket = "/run/docker/plugins/{Drivers[n]}.sock"
                    api = "{docker.Socket}"
                    auto-create = {(n == 1 ? "on" : "off")}
                    """,
            }));
            await _hosts[n].Remember();
            await _hosts[n].Daemon.Start();
            await docker.Start();
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var docker in _dockers)
            await docker.DisposeAsync();
        foreach (var host in _hosts)
            await host.DisposeAsync();
        if (_underlay is not null)
            await _underlay.DisposeAsync();
    }

    [DockerFact]
    public async Task A_network_made_once_serves_containers_of_both_hosts()
    {
        await Eventually.Holds(async () => Assert.Equal(2, (await _hosts[0].Ctl.Cluster()).Members.Count(m => m is { Status: "Up", Reachable: true })), 30, [.. _hosts]);
        await _hosts[0].Ctl.Must("network create --subnet=10.7.0.0/24 -o parent=eth0 -o ipvlan_mode=l3 blue");
        await _dockers[0].Must("network create -d ipvland --ipam-driver ipvland -o network=blue --ipam-opt network=blue blue");
        await Eventually.Holds(async () => Assert.Equal(["blue"], await _dockers[1].Networks(Drivers[1])), 30, [.. _hosts]);

        await _dockers[0].Must("run --net=blue --name=aa -id alpine /bin/sh");
        await _dockers[1].Must("run --net=blue --name=bb -id alpine /bin/sh");
        var (a, b) = ((await _dockers[0].Look("aa")).Link("eth0").Global[0], (await _dockers[1].Look("bb")).Link("eth0").Global[0]);
        Assert.NotEqual(a, b);
        Assert.True(await _dockers[0].Pings("aa", b.Split('/')[0], seconds: 20));
        Assert.True(await _dockers[1].Pings("bb", a.Split('/')[0], seconds: 20));

        // an address that one host holds is not to be had on the other, and one that is free there is lent
        var said = await _dockers[1].Type($"run --net=blue --name=cc --ip={a.Split('/')[0]} -id alpine /bin/sh");
        Assert.Contains("Address already in use", said.Err, StringComparison.Ordinal);
        await _dockers[1].Must("rm -f cc");
        await _dockers[1].Must("run --net=blue --name=dd --ip=10.7.0.9 -id alpine /bin/sh");
        Assert.True(await _dockers[0].Pings("aa", "10.7.0.9", seconds: 20));
        Assert.Contains((await _hosts[1].Ctl.Network("blue")).Blocks, block => block is { Block: "10.7.0.9/32", Host: "h2" });

        await Addresses_that_Docker_chose_collide_and_are_refused();
    }

    /// <summary>Docker's own IPAM knows one host, so two of them choose the same; the second is told who has it, and how to avoid it.</summary>
    private async Task Addresses_that_Docker_chose_collide_and_are_refused()
    {
        await _dockers[1].Must("network create -d ipvland2 --subnet=10.8.0.0/24 -o parent=eth0 -o ipvlan_mode=l3 -o network=green mine");
        await Eventually.Holds(async () => Assert.Contains(await _hosts[0].Ctl.Networks(), network => network.Name == "green"), 20, [.. _hosts]);
        await _dockers[0].Must("network create -d ipvland --subnet=10.8.0.0/24 -o network=green mine");
        await _dockers[0].Must("run --net=mine --name=ee -id alpine /bin/sh");
        var said = await _dockers[1].Type("run --net=mine --name=ff -id alpine /bin/sh");
        Assert.True(said.Code != 0, $"{said} was done");
        Assert.Contains("10.8.0.2", said.Err, StringComparison.Ordinal);
        Assert.Contains("h1", said.Err, StringComparison.Ordinal);
        Assert.Contains("--ipam-driver", said.Err, StringComparison.Ordinal);
        await _dockers[1].Must("rm -f ff");
        await _dockers[1].Must("run --net=mine --name=ff --ip=10.8.0.9 -id alpine /bin/sh");
        Assert.True(await _dockers[1].Pings("ff", "10.8.0.2", seconds: 20));
    }
}
