using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Docker.Long;

/// <summary>
/// The document's further commands, as they stand there but for the driver's name and the terminal (-id for -it), and --ipv6
/// where there is an IPv6 subnet, which dockerd would keep to itself otherwise.
/// </summary>
[Trait("run", "by name")]
public class DocumentTests(OneDocker fixture) : OnOneDocker(fixture)
{
    [DockerFact]
    public async Task Two_VLANs_do_not_reach_each_other()
    {
        await Docker.Must("network create -d ipvland --subnet=192.168.20.0/24 --gateway=192.168.20.1 -o parent=eth0.20 ipvlan20");
        await Docker.Must("network create -d ipvland --subnet=192.168.30.0/24 --gateway=192.168.30.1 -o parent=eth0.30 -o ipvlan_mode=l2 ipvlan30");
        await Docker.Must("run --net=ipvlan20 -id --name ivlan_test1 --rm alpine /bin/sh");
        await Docker.Must("run --net=ipvlan20 -id --name ivlan_test2 --rm alpine /bin/sh");
        await Docker.Must("run --net=ipvlan30 -id --name ivlan_test3 --rm alpine /bin/sh");
        await Shows("ivlan_test3", ["192.168.30.2/24"], ["192.168.30.0/24 dev eth0 proto kernel scope link src 192.168.30.2", "default via 192.168.30.1 dev eth0"]);
        Assert.True(await Docker.Pings("ivlan_test2", "192.168.20.2"));
        Assert.False(await Docker.Pings("ivlan_test2", "192.168.30.2", seconds: 0)); // no router forwards here
        await Docker.Must("rm -f ivlan_test1 ivlan_test2 ivlan_test3");
        await Docker.Must("network rm ipvlan20 ipvlan30");
        await Host.BecomesAsBefore();
    }

    [DockerFact]
    public async Task The_gateway_is_that_of_the_address_s_own_subnet()
    {
        await Docker.Must("network create -d ipvland --subnet=192.168.114.0/24 --subnet=192.168.116.0/24 --gateway=192.168.114.254 --gateway=192.168.116.254 -o parent=eth0.114 -o ipvlan_mode=l2 ipvlan114");
        await Docker.Must("run --net=ipvlan114 --ip=192.168.114.10 --name=m1 -id --rm alpine /bin/sh");
        await Docker.Must("run --net=ipvlan114 --ip=192.168.116.10 --name=m2 -id --rm alpine /bin/sh");
        await Shows("m1", ["192.168.114.10/24"], ["192.168.114.0/24 dev eth0 proto kernel scope link src 192.168.114.10", "default via 192.168.114.254 dev eth0"]);
        await Shows("m2", ["192.168.116.10/24"], ["192.168.116.0/24 dev eth0 proto kernel scope link src 192.168.116.10", "default via 192.168.116.254 dev eth0"]);
    }

    [DockerFact]
    public async Task What_NetOps_hand_out_is_plugged_in_as_it_is()
    {
        await Docker.Must("network create -d ipvland --subnet=172.16.80.0/24 --gateway=172.16.80.1 -o parent=eth0.10 nm10");
        await Docker.Must("network create -d ipvland --subnet=172.16.50.0/22 --gateway=172.16.50.1 -o parent=eth0.20 nm20");
        await Docker.Must("network create -d ipvland --subnet=10.1.100.0/16 --gateway=10.1.100.1 -o parent=eth0.30 nm30");
        await Docker.Must("run --net=nm20 --name=k20 -id alpine /bin/sh");
        await Shows("k20", ["172.16.48.1/22"], ["172.16.48.0/22 dev eth0 proto kernel scope link src 172.16.48.1", "default via 172.16.50.1 dev eth0"]);
    }

    [DockerFact]
    public async Task L3_without_a_parent_routes_between_its_subnets()
    {
        await Docker.Must("network create -d ipvland --subnet=192.168.214.0/24 --subnet=10.1.214.0/24 -o ipvlan_mode=l3 ipnet210");
        await Docker.Must("run --net=ipnet210 --ip=192.168.214.10 -id alpine /bin/sh");
        await Docker.Must("run --net=ipnet210 --ip=10.1.214.10 -id alpine /bin/sh");
        await Docker.Must("run --net=ipnet210 --ip=192.168.214.9 -i --rm alpine ping -c 2 10.1.214.10");
        await Docker.Must("run --net=ipnet210 --ip=10.1.214.9 -i --rm alpine ping -c 2 192.168.214.10");
    }

    [DockerFact]
    public async Task IPv6_first_brings_a_default_IPv4_subnet_with_it()
    {
        await Docker.Must("network create -d ipvland --ipv6 --subnet=2001:db8:abc2::/64 --gateway=2001:db8:abc2::22 -o parent=eth0.139 v6ipvlan139");
        await Docker.Must("run --net=v6ipvlan139 --name=v1 -id --rm alpine /bin/sh");
        await Docker.Must("run --net=v6ipvlan139 --name=v2 --ip6=2001:db8:abc2::51 -id --rm alpine /bin/sh");
        var view = await Docker.Look("v1");
        Assert.Equal(["172.17.0.2/16", "2001:db8:abc2::1/64"], view.Link("eth0").Global); // dockerd's own pools; 172.18 where there is a docker0
        Assert.Contains("default via 2001:db8:abc2::22 dev eth0 metric 1024", view.RouteTexts);
        Assert.True(await Docker.Pings("v2", "2001:db8:abc2::1"));
    }

    [DockerFact]
    public async Task Dual_stack_L2_has_a_gateway_per_family()
    {
        await Docker.Must("network create -d ipvland --ipv6 --subnet=192.168.140.0/24 --subnet=192.168.142.0/24 --gateway=192.168.140.1 --gateway=192.168.142.1 --subnet=2001:db8:abc9::/64 --gateway=2001:db8:abc9::22 -o parent=eth0.140 -o ipvlan_mode=l2 ipvlan140");
        await Docker.Must("run --net=ipvlan140 --ip=192.168.140.10 --name=d1 -id --rm alpine /bin/sh");
        await Shows("d1", ["192.168.140.10/24", "2001:db8:abc9::1/64"],
            ["192.168.140.0/24 dev eth0 proto kernel scope link src 192.168.140.10", "2001:db8:abc9::/64 dev eth0 proto kernel metric 256", "default via 192.168.140.1 dev eth0", "default via 2001:db8:abc9::22 dev eth0 metric 1024"]);
    }

    [DockerTheory]
    [InlineData("eth0.40")]
    [InlineData("foo")]
    public async Task Links_that_a_person_made_are_used_and_stay(string link)
    {
        await Host.Space.Ip($"link add link eth0 name {link} type vlan id 40", $"link set {link} up");
        await Docker.Must($"network create -d ipvland --subnet=192.168.40.0/24 --gateway=192.168.40.1 -o parent={link} ipvlan40");
        await Docker.Must("run --net=ipvlan40 -id --name ivlan_test5 --rm alpine /bin/sh");
        await Shows("ivlan_test5", ["192.168.40.2/24"], ["192.168.40.0/24 dev eth0 proto kernel scope link src 192.168.40.2", "default via 192.168.40.1 dev eth0"]);
        await Docker.Must("rm -f ivlan_test5");
        await Docker.Must("network rm ipvlan40");
        Assert.NotNull((await Host.Space.Look()).Find(link));
        await Host.Space.Ip($"link del {link}");
    }

    [DockerFact]
    public async Task The_MTU_and_a_container_of_swarm_s_configuration_network()
    {
        await Docker.Must("network create --config-only --subnet 10.44.0.0/24 --gateway 10.44.0.1 -o parent=eth0.44 -o mtu=1400 cfg");
        await Docker.Must("network create -d ipvland --config-from cfg net");
        await Docker.Must("run --net=net --name=cc -id alpine /bin/sh");
        await Shows("cc", ["10.44.0.2/24"], ["10.44.0.0/24 dev eth0 proto kernel scope link src 10.44.0.2", "default via 10.44.0.1 dev eth0"], mtu: 1400);
        await Docker.Must("rm -f cc");
        await Docker.Must("network rm net cfg");
    }
}
