using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Document;

/// <summary>Networks without a parent, or with <c>--internal</c>: a dummy is made and isolates them completely.</summary>
public class IsolatedTests(OneHost fixture) : OnOneHost(fixture)
{
    [LabTheory]
    [InlineData("--subnet=192.168.10.0/24 isolated1", "192.168.10")]
    [InlineData("--subnet=192.168.11.0/24 --internal isolated2", "192.168.11")]
    [InlineData("--subnet=192.168.12.0/24 --internal -o parent=eth0 isolated4", "192.168.12")]
    public async Task An_isolated_network_connects_its_containers_with_each_other_and_nothing_else(string words, string prefix)
    {
        var id = await Host.Create(words);
        var name = words.Split(' ')[^1];
        await IsDummyOf(id);

        var cid1 = await Host.Run(name);
        var cid2 = await Host.Run(name);

        await cid1.Shows(
            addresses: [$"{prefix}.2/24"],
            routes: [$"{prefix}.0/24 dev eth0 proto kernel scope link src {prefix}.2"]);
        await cid2.Pings($"{prefix}.2");
        await cid2.CannotPing("192.168.1.1");
    }

    [LabFact]
    public async Task Without_a_subnet_the_default_one_is_172_18()
    {
        await IsDummyOf(await Host.Create("isolated3"));
        var cid3 = await Host.Run("isolated3");

        await cid3.Shows(
            addresses: ["172.18.0.2/16"],
            routes: ["172.18.0.0/16 dev eth0 proto kernel scope link src 172.18.0.2"]);
        var subnet = Assert.Single((await Host.Ctl.Network("isolated3")).Subnets);
        Assert.Equal(("172.18.0.0/16", true), (subnet.Subnet, subnet.Default));
    }

    [LabFact]
    public async Task A_second_network_without_a_subnet_gets_the_next_default_one()
    {
        await Host.Create("isolated3");
        await Host.Create("isolated5");

        var cid = await Host.Run("isolated5");
        await cid.Addresses("172.19.0.2/16");
    }

    [LabFact]
    public async Task Isolated_networks_are_isolated_from_each_other()
    {
        await Host.Create("--subnet=192.168.10.0/24 isolated1");
        await Host.Create("--subnet=192.168.11.0/24 --internal isolated2");
        var cid1 = await Host.Run("isolated1");
        var cid2 = await Host.Run("isolated2");

        await cid1.CannotPing("192.168.11.2");
        await cid2.CannotPing("192.168.10.2");
    }

    [LabFact]
    public async Task The_dummy_goes_with_its_network()
    {
        var id = await Host.Create("--subnet=192.168.10.0/24 isolated1");
        await IsDummyOf(id);

        await Host.Remove("isolated1");

        await Host.BecomesAsBefore();
    }

    private async Task IsDummyOf(string networkId)
    {
        var dummy = (await Host.Space.Look()).Link($"di-{networkId[..12]}");
        Assert.Equal("dummy", dummy.Kind);
        Assert.True(dummy.IsUp);
        Assert.Equal($"ipvland:{networkId}", dummy.Alias);
    }
}
