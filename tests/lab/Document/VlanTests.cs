using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Document;

/// <summary>"Ipvlan 802.1q Trunk L2 Mode Example Usage": sub-interfaces made on the fly.</summary>
public class VlanTests(OneHost fixture) : OnOneHost(fixture)
{
    private const string Vlan20 = "--subnet=192.168.20.0/24 --gateway=192.168.20.1 -o parent=eth0.20 ipvlan20";
    private const string Vlan30 = "--subnet=192.168.30.0/24 --gateway=192.168.30.1 -o parent=eth0.30 -o ipvlan_mode=l2 ipvlan30";

    [LabFact]
    public async Task The_sub_interface_is_made_and_up_and_deleted_with_its_network()
    {
        var id = await Host.Create(Vlan20);
        var link = (await Host.Space.Look()).Link("eth0.20");
        Assert.Equal(("vlan", 20, "ipvland:vlan"), (link.Kind, link.Vlan, link.Alias));
        Assert.True(link.IsUp);
        Assert.Equal(("eth0.20", "vlan", true), Parts((await Host.Ctl.Network("ipvlan20")).Parent));

        await Host.Remove("ipvlan20");

        await Host.BecomesAsBefore();
    }

    [LabFact]
    public async Task Containers_of_one_VLAN_ping_each_other_and_their_gateway()
    {
        await Host.Create(Vlan30);
        var test3 = await Host.Run("ipvlan30");
        var test4 = await Host.Run("ipvlan30");

        await test3.Shows(
            addresses: ["192.168.30.2/24"],
            routes: ["default via 192.168.30.1 dev eth0", "192.168.30.0/24 dev eth0 proto kernel scope link src 192.168.30.2"]);
        await test4.Pings("192.168.30.2", "192.168.30.1");
        await test3.Pings("192.168.30.3");
    }

    [LabFact]
    public async Task Different_VLANs_reach_each_other_only_through_a_router()
    {
        await Host.Create(Vlan20);
        await Host.Create(Vlan30);
        var test1 = await Host.Run("ipvlan20");
        await Host.Run("ipvlan30");

        await test1.Pings("192.168.20.1");
        await test1.CannotPing("192.168.30.2");

        await Router.SetSysctl("ipv4/ip_forward", "1");
        try
        {
            await test1.Pings("192.168.30.2");
        }
        finally
        {
            await Router.SetSysctl("ipv4/ip_forward", "0");
        }
    }

    [LabFact]
    public async Task Two_networks_share_a_sub_interface_which_goes_with_the_last_of_them()
    {
        await Host.Create(Vlan20);
        await Host.Create("--subnet=192.168.21.0/24 -o parent=eth0.20 ipvlan21");

        await Host.Remove("ipvlan20");
        Assert.True((await Host.Space.Look()).Link("eth0.20").IsUp);
        var container = await Host.Run("ipvlan21");
        await container.Addresses("192.168.21.2/24");

        await Host.Stop(container);
        await Host.Remove("ipvlan21");
        await Host.BecomesAsBefore();
    }

    [LabFact]
    public async Task Two_subnets_on_one_VLAN_have_a_gateway_each()
    {
        await Host.Create("--subnet=192.168.114.0/24 --subnet=192.168.116.0/24 --gateway=192.168.114.254 --gateway=192.168.116.254 -o parent=eth0.114 -o ipvlan_mode=l2 ipvlan114");
        var ten = await Host.Run("ipvlan114 --ip=192.168.114.10");
        var eleven = await Host.Run("ipvlan114 --ip=192.168.114.11");
        var other = await Host.Run("ipvlan114 --ip=192.168.116.10");

        await ten.Shows(
            addresses: ["192.168.114.10/24"],
            routes: ["default via 192.168.114.254 dev eth0", "192.168.114.0/24 dev eth0 proto kernel scope link src 192.168.114.10"]);
        await other.Shows(
            addresses: ["192.168.116.10/24"],
            routes: ["default via 192.168.116.254 dev eth0", "192.168.116.0/24 dev eth0 proto kernel scope link src 192.168.116.10"]);
        await eleven.Pings("192.168.114.10", "192.168.114.254");
        await other.Pings("192.168.116.254");
        await other.CannotPing("192.168.114.10");
    }

    /// <summary>The gateway lies elsewhere, so the lowest address is free for the first container.</summary>
    [LabFact]
    public async Task With_a_gateway_elsewhere_the_first_container_gets_the_first_address()
    {
        await Host.Create("--subnet=192.168.114.0/24 --gateway=192.168.114.254 -o parent=eth0.114 ipvlan114");
        var container = await Host.Run("ipvlan114");

        await container.Addresses("192.168.114.1/24");
    }

    [LabTheory]
    [InlineData("--subnet=172.16.80.0/24 --gateway=172.16.80.1 -o parent=eth0.10 netops10", "172.16.80.2/24", "172.16.80.0/24", "172.16.80.1")]
    [InlineData("--subnet=172.16.50.0/22 --gateway=172.16.50.1 -o parent=eth0.20 netops20", "172.16.48.1/22", "172.16.48.0/22", "172.16.50.1")]
    [InlineData("--subnet=10.1.100.0/16 --gateway=10.1.100.1 -o parent=eth0.30 netops30", "10.1.0.1/16", "10.1.0.0/16", "10.1.100.1")]
    public async Task What_NetOps_hand_over_is_plugged_in_as_it_is(string words, string address, string subnet, string gateway)
    {
        await Host.Create(words);
        var container = await Host.Run(words.Split(' ')[^1]);

        await container.Shows(
            addresses: [address],
            routes: [$"default via {gateway} dev eth0", $"{subnet} dev eth0 proto kernel scope link src {address.Split('/')[0]}"]);
        await container.Pings(gateway);
    }

    private static (string Link, string Kind, bool Created) Parts(IpvlanActors.Daemon.Http.Contract.ParentDetail parent) =>
        (parent.Link, parent.Kind, parent.Created);
}
