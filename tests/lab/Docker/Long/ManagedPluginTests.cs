using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Docker.Long;

/// <summary>
/// The daemon as a managed plugin, which dockerd runs itself from a root file system of ours, which
/// <c>host/docker-plugin/build</c> makes beforehand.
/// </summary>
[Trait("run", "by name")]
public class ManagedPluginTests
{
    private const string Folder = "out/docker-plugin";

    [DockerFact]
    public async Task Containers_of_a_managed_plugin_reach_each_other_and_it_leaves_nothing()
    {
        Assert.True(Directory.Exists(Folder), $"{Folder} is not there: run host/docker-plugin/build first");
        Directory.CreateDirectory("/var/lib/ipvland");
        Directory.CreateDirectory("/run/ipvland");
        await using var underlay = await Underlay.Make(("host", ["192.168.1.250/24"]));
        await using var docker = new Dockerd(underlay.Hosts[0]);
        await docker.Start();
        await docker.Must($"plugin create ipvland {Path.GetFullPath(Folder)}");
        await docker.Must($"plugin set ipvland IPVLAND_DOCKER_API=/host{docker.Socket}");
        await docker.Must("plugin enable --timeout 120 ipvland");
        var before = await underlay.Hosts[0].Look();

        await docker.Must("network create -d ipvland:latest --ipam-driver ipvland:latest --subnet=192.168.1.0/24 --gateway=192.168.1.1 -o parent=eth0 pub");
        await docker.Must("run --net=pub --name=c1 -id alpine /bin/sh");
        await docker.Must("run --net=pub --name=c2 --ip=192.168.1.99 -id alpine /bin/sh");
        Assert.Equal("ipvlan", (await docker.Look("c1")).Link("eth0").Kind);
        Assert.True(await docker.Pings("c1", "192.168.1.99", seconds: 20));
        await docker.Must("rm -f c1 c2");
        await docker.Must("network rm pub");
        Assert.Equal(before.Links.Select(l => l.Name), (await underlay.Hosts[0].Look()).Links.Select(l => l.Name));
        await docker.Must("plugin disable -f ipvland");
        await docker.Must("plugin rm ipvland");
    }
}
