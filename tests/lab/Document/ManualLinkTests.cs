using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Document;

/// <summary>"Manually Creating 802.1q Links": whatever exists may be a parent, and is never modified or deleted.</summary>
public class ManualLinkTests(OneHost fixture) : OnOneHost(fixture)
{
    [LabTheory]
    [InlineData("eth0.40", "--subnet=192.168.40.0/24 --gateway=192.168.40.1 -o parent=eth0.40 ipvlan40")]
    [InlineData("foo", "--subnet=192.168.40.0/24 --gateway=192.168.40.1 -o parent=foo ipvlan40")]
    public async Task A_link_made_by_hand_serves_and_stays(string link, string words)
    {
        await Host.Space.Ip($"link add link eth0 name {link} type vlan id 40", $"link set {link} up");
        try
        {
            var before = await Host.Space.Look();
            await Host.Create(words);
            var test5 = await Host.Run("ipvlan40");
            var test6 = await Host.Run("ipvlan40");

            await test5.Shows(
                addresses: ["192.168.40.2/24"],
                routes: ["default via 192.168.40.1 dev eth0", "192.168.40.0/24 dev eth0 proto kernel scope link src 192.168.40.2"]);
            await test6.Pings("192.168.40.2", "192.168.40.1");
            Assert.Equal("given", (await Host.Ctl.Network("ipvlan40")).Parent.Kind);

            await Host.Stop(test5);
            await Host.Stop(test6);
            await Host.Remove("ipvlan40");
            await Eventually.Holds(async () => Lines.Same(before.Everything, (await Host.Space.Look()).Everything), seconds: 5, Host);
        }
        finally
        {
            await Host.Space.Ip($"link del {link}");
        }
    }

    [LabFact]
    public async Task A_network_whose_link_goes_and_comes_back_is_degraded_in_between_and_forgets_nothing()
    {
        await Host.Space.Ip("link add link eth0 name foo type vlan id 40", "link set foo up");
        var there = true;
        try
        {
            await Host.Create("--subnet=192.168.40.0/24 --gateway=192.168.40.1 -o parent=foo ipvlan40");
            await Host.Space.Ip("link del foo");
            there = false;
            await Eventually.Holds(
                async () =>
                {
                    var network = await Host.Ctl.Network("ipvlan40");
                    Assert.Equal("degraded", network.State);
                    Assert.Contains("foo", network.Reason, StringComparison.Ordinal);
                },
                seconds: 10,
                Host);

            await Host.Space.Ip("link add link eth0 name foo type vlan id 40", "link set foo up");
            there = true;
            await Eventually.Holds(async () => Assert.Equal("ready", (await Host.Ctl.Network("ipvlan40")).State), seconds: 10, Host);
            await (await Host.Run("ipvlan40")).Pings("192.168.40.1");
        }
        finally
        {
            if (there)
                await Host.Space.Ip("link del foo");
        }
    }
}
