using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Docker;

/// <summary>Networks of the cluster in Docker, and containers in several of them.</summary>
public partial class DockerTests
{
    [DockerFact]
    public async Task A_network_of_the_cluster_comes_to_Docker_by_itself_and_goes_with_it()
    {
        await Host.Create("--subnet=10.5.0.0/16 --subnet=2001:db8:5::/64 -o parent=eth0 -o ipvlan_mode=l3 blue");
        await Eventually.Holds(async () => Assert.Equal(["blue"], await Docker.Networks(OneDocker.Driver)), 20, Host);
        await Docker.Must("run --net=blue --name=web --ip=10.5.3.3 -id alpine /bin/sh");
        await Shows("web", ["10.5.3.3/16", "2001:db8:5::2/64"],
            ["10.5.0.0/16 dev eth0 proto kernel scope link src 10.5.3.3", "2001:db8:5::/64 dev eth0 proto kernel metric 256", "default dev eth0 metric 1024", "default dev eth0 scope link"], "l3");
        var said = await Host.Ctl.Type("network rm blue");
        Assert.Contains("has active endpoints", said.Err, StringComparison.Ordinal);

        await Docker.Must("rm -f web");
        await Host.Remove("blue");
        await Eventually.Holds(async () => Assert.Empty(await Docker.Networks(OneDocker.Driver)), 20, Host);
    }

    [DockerFact]
    public async Task Of_several_networks_one_brings_the_default_route_and_no_link_stays_behind()
    {
        await Docker.Must("network create -d ipvland --ipam-driver ipvland --subnet=10.1.0.0/24 -o parent=eth0.31 -o ipvlan_mode=l3 one");
        await Docker.Must("network create -d ipvland --ipam-driver ipvland --subnet=10.2.0.0/24 --subnet=10.3.0.0/24 -o parent=eth0.32 -o ipvlan_mode=l3 two");
        await Docker.Must("network create -d ipvland --ipam-driver ipvland --subnet=10.4.0.0/24 -o parent=eth0.33 three");
        await Docker.Must("run --net=one --name=web -id alpine /bin/sh");
        await Docker.Must("network connect two web"); // Docker's own driver fails here: file exists
        await Docker.Must("network connect three web");

        var view = await Docker.Look("web");
        Assert.Equal(["eth0", "eth1", "eth2", "lo"], view.Links.Select(l => l.Name).Order());
        var own = await Docker.Get("/networks/two");
        var second = own!["IPAM"]!["Config"]!.AsArray().Select(c => c!["Subnet"]!.GetValue<string>()).Last(); // Docker's command line shuffles them
        Lines.Same(
            [
                "10.1.0.0/24 dev eth0 proto kernel scope link src 10.1.0.2", $"{view.Link("eth1").Global[0].Replace(".2/24", ".0/24", StringComparison.Ordinal)} dev eth1 proto kernel scope link src {view.Link("eth1").Global[0].Split('/')[0]}",
                $"{second} dev eth1 scope link", "10.4.0.0/24 dev eth2 proto kernel scope link src 10.4.0.2", "default dev eth0 scope link",
            ],
            view.RouteTexts);

        await Docker.Must("network disconnect two web");
        Assert.Equal(2, (await Host.Ctl.Endpoints()).Count);
        Assert.DoesNotContain((await Host.Space.Look()).Links, l => l.Kind == "ipvlan");
        await Docker.Must("network connect two web");
        await Docker.Must("rm -f web");
        Assert.DoesNotContain((await Host.Space.Look()).Links, l => l.Kind == "ipvlan");
        Assert.Empty(await Host.Ctl.Endpoints());
    }
}
