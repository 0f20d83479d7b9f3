using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Docker;

/// <summary>
/// A real dockerd with our driver, on one machine. In this file: the document's commands as a Docker user types them, but for
/// the driver's name and the terminal; one of each kind. The rest of them, and the tests of Docker's own driver, run by name.
/// </summary>
public partial class DockerTests(OneDocker fixture) : OnOneDocker(fixture)
{
    [DockerFact]
    public async Task L2_on_the_host_s_own_link_with_names()
    {
        await Docker.Must("network create -d ipvland --subnet=192.168.1.0/24 --gateway=192.168.1.1 -o ipvlan_mode=l2 -o parent=eth0 db_net");
        await Docker.Must("run --net=db_net --name=ipv1 -id alpine /bin/sh");
        await Docker.Must("run --net=db_net --name=ipv2 -id alpine /bin/sh");

        await Shows("ipv1", ["192.168.1.2/24"], ["192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.2", "default via 192.168.1.1 dev eth0"]);
        await Docker.Must("exec ipv2 ping -c 1 -W 5 ipv1"); // by name
        Assert.True(await Docker.Pings("ipv2", "192.168.1.1"));
        Assert.False(await Docker.Pings("ipv2", "192.168.1.250", seconds: 0)); // the host itself never answers
        await Refuses("run --net=db_net --ip=192.168.1.2 -id alpine /bin/sh", "Address already in use");
        await Refuses("network rm db_net", "has active endpoints");
        await Docker.Must("rm -f ipv1 ipv2");
        await Docker.Must("network rm db_net");
        await Host.BecomesAsBefore();
    }

    [DockerFact]
    public async Task A_VLAN_s_sub_interface_comes_and_goes_with_its_network()
    {
        await Docker.Must("network create -d ipvland --ipam-driver ipvland --subnet=192.168.20.0/24 --gateway=192.168.20.1 -o parent=eth0.20 ipvlan20");
        await Docker.Must("run --net=ipvlan20 -id --name ivlan_test1 --rm alpine /bin/sh");

        var host = await Host.Space.Look();
        Assert.Equal(("vlan", 20, true), (host.Link("eth0.20").Kind, host.Link("eth0.20").Vlan, host.Link("eth0.20").IsUp));
        await Shows("ivlan_test1", ["192.168.20.2/24"], ["192.168.20.0/24 dev eth0 proto kernel scope link src 192.168.20.2", "default via 192.168.20.1 dev eth0"]);
        Assert.True(await Docker.Pings("ivlan_test1", "192.168.20.1"));
        await Docker.Must("rm -f ivlan_test1");
        await Docker.Must("network rm ipvlan20");
        await Host.BecomesAsBefore();
    }

    [DockerFact]
    public async Task L3_routes_between_its_subnets_and_IPv6_addresses_are_to_be_had_again()
    {
        await Docker.Must("network create -d ipvland --ipv6 --subnet=192.168.110.0/24 --subnet=192.168.112.0/24 --subnet=2001:db8:abc6::/64 -o parent=eth0 -o ipvlan_mode=l3 ipnet110");
        await Docker.Must("run --net=ipnet110 --name one --ip6=2001:db8:abc6::10 --ip=192.168.110.10 -id alpine /bin/sh");
        await Docker.Must("run --net=ipnet110 --name two --ip6=2001:db8:abc6::50 --ip=192.168.112.50 -id alpine /bin/sh");

        await Shows("two", ["192.168.112.50/24", "2001:db8:abc6::50/64"],
            ["192.168.112.0/24 dev eth0 proto kernel scope link src 192.168.112.50", "2001:db8:abc6::/64 dev eth0 proto kernel metric 256", "default dev eth0 metric 1024", "default dev eth0 scope link"], "l3");
        Assert.True(await Docker.Pings("one", "192.168.112.50"));
        Assert.True(await Docker.Pings("two", "2001:db8:abc6::10"));

        // the document: "may be a bug"; a restart gives the endpoint up and makes a new one with the same addresses
        await Docker.Must("restart -t 0 two");
        Assert.Equal(["192.168.112.50/24", "2001:db8:abc6::50/64"], (await Docker.Look("two")).Link("eth0").Global);
    }

    [DockerFact]
    public async Task Without_a_parent_a_network_is_isolated()
    {
        await Docker.Must("network create -d ipvland --subnet=192.168.10.0/24 isolated1");
        await Docker.Must("network create -d ipvland --subnet=192.168.11.0/24 --internal -o parent=eth0 isolated2");
        await Docker.Must("network create -d ipvland isolated3");
        await Docker.Must("run --net=isolated1 --name=cid1 -id --rm alpine /bin/sh");

        var dummies = (await Host.Space.Look()).Links.Where(l => l.Kind == "dummy").Select(l => l.Name).ToList();
        Assert.Equal(3, dummies.Count);
        Assert.Contains("di-" + (await Docker.Get("/networks/isolated1"))!["Id"]!.GetValue<string>()[..12], dummies); // as Docker's own driver calls it
        await Shows("cid1", ["192.168.10.2/24"], ["192.168.10.0/24 dev eth0 proto kernel scope link src 192.168.10.2"]);
        await Docker.Must("network rm isolated2 isolated3");
    }

    [DockerFact]
    public async Task What_cannot_be_is_refused_in_our_words_and_changes_nothing()
    {
        await Refuses("network create -d ipvland --subnet=192.168.113.0/24 -o parent=eth0 -o ipvlan_mode=bogus e1", "requested ipvlan mode 'bogus' is not valid", "say l2, l3 or l3s");
        await Refuses("network create -d ipvland --subnet=192.168.113.0/24 -o parent=nope.10 e3", "nope");
        await Refuses("network create -d ipvland --subnet=192.168.113.0/24 -o parent=eth0.4095 e4", "4095");
        await Refuses("network create -d ipvland --subnet=192.168.113.0/24 -o parent=lo e6", "loopback");
        await Refuses("network create -d ipvland --subnet=192.168.113.0/24 -o parent=eth0 -o bogus=1 e7", "'bogus' is not an option of ipvlan networks");
        await Refuses("network create -d ipvland --ipam-driver ipvland --ipam-opt network=green -o network=green e8", "network green not found");
        await IsEmpty();
        await Host.IsAsBefore();
    }
}
