using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Document;

/// <summary>"IPVlan L3 Mode Example": no parent, two subnets that reach each other.</summary>
public class L3Tests(OneHost fixture) : OnOneHost(fixture)
{
    private const string Ipnet210 = "--subnet=192.168.214.0/24 --subnet=10.1.214.0/24 -o ipvlan_mode=l3 ipnet210";

    [LabFact]
    public async Task Containers_of_different_subnets_ping_each_other()
    {
        await Host.Create(Ipnet210);
        var ten = await Host.Run("ipnet210 --ip=192.168.214.10");
        var otherTen = await Host.Run("ipnet210 --ip=10.1.214.10");
        var nine = await Host.Run("ipnet210 --ip=192.168.214.9");
        var otherNine = await Host.Run("ipnet210 --ip=10.1.214.9");

        await ten.Addresses("192.168.214.10/24");
        await otherTen.Addresses("10.1.214.10/24");
        await nine.Pings("10.1.214.10");
        await otherNine.Pings("192.168.214.10");
    }

    /// <summary>Isolated means isolated in l3 too; whatever routes make the subnets reach each other lead nowhere else.</summary>
    [LabFact]
    public async Task Without_a_parent_nothing_outside_is_reached()
    {
        await Host.Create(Ipnet210);
        var container = await Host.Run("ipnet210 --ip=192.168.214.10");

        await container.CannotPing("192.168.1.1", "192.168.1.250");
        Assert.Equal("l3", (await container.Look()).Link("eth0").Mode);
        Assert.Contains("NOARP", (await container.Look()).Link("eth0").Flags);
    }

    [LabFact]
    public async Task The_default_route_is_the_device_and_the_first_address_is_reserved()
    {
        await Host.Create("--subnet=192.168.120.0/24 -o parent=eth0 -o ipvlan_mode=l3 ipnet120");
        var container = await Host.Run("ipnet120");

        await container.Shows(
            addresses: ["192.168.120.2/24"],
            routes: ["default dev eth0 scope link", "192.168.120.0/24 dev eth0 proto kernel scope link src 192.168.120.2"],
            mode: "l3");
    }

    [LabFact]
    public async Task A_gateway_is_ignored_as_a_next_hop()
    {
        await Host.Create("--subnet=192.168.120.0/24 --gateway=192.168.120.254 -o parent=eth0 -o ipvlan_mode=l3 ipnet120");
        var container = await Host.Run("ipnet120");

        await container.Shows(
            addresses: ["192.168.120.1/24"],
            routes: ["default dev eth0 scope link", "192.168.120.0/24 dev eth0 proto kernel scope link src 192.168.120.1"],
            mode: "l3");
    }

    [LabFact]
    public async Task Different_networks_on_one_parent_ping_each_other()
    {
        await Host.Create("--subnet=192.168.121.0/24 -o parent=eth0 -o ipvlan_mode=l3 ipnet121");
        await Host.Create("--subnet=192.168.122.0/24 -o parent=eth0 -o ipvlan_mode=l3 ipnet122");
        var one = await Host.Run("ipnet121");
        await Host.Run("ipnet122");

        await one.Pings("192.168.122.2");
    }

    /// <summary>The other way needs a route on the remote host: the document's "more on this as we evolve".</summary>
    [LabFact]
    public async Task A_machine_outside_with_a_route_to_the_host_reaches_a_container()
    {
        await Host.Create("--subnet=192.168.120.0/24 -o parent=eth0 -o ipvlan_mode=l3 ipnet120");
        var container = await Host.Run("ipnet120");
        await Router.Ip("route add 192.168.120.0/24 via 192.168.1.250");
        try
        {
            Assert.True(await Router.Reaches("192.168.120.2"));
            await container.Pings("192.168.1.1");
        }
        finally
        {
            await Router.Ip("route del 192.168.120.0/24");
        }
    }
}
