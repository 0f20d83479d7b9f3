using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Document;

/// <summary>"Ipvlan L2 Mode Example Usage", on the plain parent eth0.</summary>
public class L2Tests(OneHost fixture) : OnOneHost(fixture)
{
    [LabFact]
    public async Task A_container_is_on_the_same_network_as_its_parent()
    {
        await Host.Create("--subnet=192.168.1.0/24 --gateway=192.168.1.1 -o ipvlan_mode=l2 -o parent=eth0 db_net");
        var container = await Host.Run("db_net");

        await container.Shows(
            addresses: ["192.168.1.2/24"],
            routes: ["default via 192.168.1.1 dev eth0", "192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.2"]);
        await container.Pings("192.168.1.1");
    }

    [LabFact]
    public async Task The_host_itself_is_not_reachable_from_its_containers()
    {
        await Host.Create("--subnet=192.168.1.0/24 --gateway=192.168.1.1 -o parent=eth0 db_net");
        var container = await Host.Run("db_net");

        await container.Pings("192.168.1.1");
        await container.CannotPing("192.168.1.250");
    }

    [LabFact]
    public async Task Without_a_mode_and_a_gateway_it_is_l2_and_the_first_usable_address_is_the_gateway()
    {
        await Host.Create("--subnet=192.168.1.0/24 -o parent=eth0 db_net_ipv");
        var ipv1 = await Host.Run("db_net_ipv");
        var ipv2 = await Host.Run("db_net_ipv");

        await ipv1.Shows(
            addresses: ["192.168.1.2/24"],
            routes: ["default via 192.168.1.1 dev eth0", "192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.2"]);
        await ipv2.Addresses("192.168.1.3/24");
        await ipv2.Pings("192.168.1.2", "192.168.1.1");
        var network = await Host.Ctl.Network("db_net_ipv");
        Assert.Equal(("l2", "192.168.1.1"), (network.Mode, network.Subnets[0].Gateway));
    }

    [LabFact]
    public async Task A_broadcast_address_is_set_and_an_endpoint_without_IPv6_has_it_switched_off()
    {
        await Host.Create("--subnet=192.168.1.0/24 -o parent=eth0 db_net");
        var container = await Host.Run("db_net");

        var eth0 = (await container.Look()).Link("eth0");
        Assert.Equal("192.168.1.255", Assert.Single(eth0.Addresses).Broadcast);
        Assert.Equal("1", await container.Space.Sysctl("ipv6/conf/eth0/disable_ipv6"));
    }

    [LabFact]
    public async Task A_gateway_of_none_gives_the_first_address_away_and_no_default_route()
    {
        await Host.Create("--subnet=192.168.1.0/24 -o gateway=none -o parent=eth0 db_net");
        var container = await Host.Run("db_net");

        await container.Shows(
            addresses: ["192.168.1.1/24"],
            routes: ["192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.1"]);
    }

    [LabFact]
    public async Task A_network_with_an_mtu_gives_it_to_its_containers()
    {
        await Host.Create("--subnet=192.168.1.0/24 -o mtu=1400 -o parent=eth0 db_net");
        var container = await Host.Run("db_net");

        await container.Shows(
            addresses: ["192.168.1.2/24"],
            routes: ["default via 192.168.1.1 dev eth0", "192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.2"],
            mtu: 1400);
    }

    [LabFact]
    public async Task The_interface_may_have_another_name_in_the_container()
    {
        await Host.Create("--subnet=192.168.1.0/24 -o parent=eth0 db_net");
        var container = await Host.Run("db_net --ifname net7");

        Assert.Equal(["lo", "net7"], (await container.Look()).Links.Select(l => l.Name).Order());
        await container.Pings("192.168.1.1");
    }

    [LabFact]
    public async Task Private_containers_reach_the_outside_but_not_each_other()
    {
        await Host.Create("--subnet=192.168.1.0/24 -o ipvlan_flag=private -o parent=eth0 db_net");
        var one = await Host.Run("db_net");
        var two = await Host.Run("db_net");

        Assert.Equal("private", (await one.Look()).Link("eth0").Isolation);
        await two.Pings("192.168.1.1");
        await two.CannotPing("192.168.1.2");
        Assert.NotEqual(one.Id, two.Id);
    }
}
