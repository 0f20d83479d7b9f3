using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Document;

/// <summary>"Dual Stack IPv4 IPv6 Ipvlan L2 Mode" and "... L3 Mode".</summary>
public class DualStackTests(OneHost fixture) : OnOneHost(fixture)
{
    private const string V6Only = "--subnet=2001:db8:abc2::/64 --gateway=2001:db8:abc2::22 -o parent=eth0.139 v6ipvlan139";

    private const string DualL2 =
        "--subnet=192.168.140.0/24 --subnet=192.168.142.0/24 --gateway=192.168.140.1 --gateway=192.168.142.1 " +
        "--subnet=2001:db8:abc9::/64 --gateway=2001:db8:abc9::22 -o parent=eth0.140 -o ipvlan_mode=l2 ipvlan140";

    private const string DualL3 =
        "--subnet=192.168.110.0/24 --subnet=192.168.112.0/24 --subnet=2001:db8:abc6::/64 -o parent=eth0 -o ipvlan_mode=l3 ipnet110";

    [LabFact]
    public async Task An_IPv6_network_gets_a_default_IPv4_subnet_too()
    {
        await Host.Create(V6Only);
        var one = await Host.Run("v6ipvlan139");
        var two = await Host.Run("v6ipvlan139");

        await one.Shows(
            addresses: ["172.18.0.2/16", "2001:db8:abc2::1/64"],
            routes:
            [
                "default via 172.18.0.1 dev eth0",
                "172.18.0.0/16 dev eth0 proto kernel scope link src 172.18.0.2",
                "default via 2001:db8:abc2::22 dev eth0 metric 1024",
                "2001:db8:abc2::/64 dev eth0 proto kernel metric 256",
            ]);
        await two.Addresses("172.18.0.3/16", "2001:db8:abc2::2/64");
        await two.Pings("2001:db8:abc2::1", "2001:db8:abc2::22");
        Assert.Equal("0", await one.Space.Sysctl("ipv6/conf/eth0/disable_ipv6"));
    }

    [LabFact]
    public async Task An_IPv6_network_without_IPv4_has_IPv6_alone()
    {
        await Host.Create($"--ipv4=false {V6Only}");
        var one = await Host.Run("v6ipvlan139");

        await one.Shows(
            addresses: ["2001:db8:abc2::1/64"],
            routes: ["default via 2001:db8:abc2::22 dev eth0 metric 1024", "2001:db8:abc2::/64 dev eth0 proto kernel metric 256"]);
    }

    [LabFact]
    public async Task An_IPv6_network_without_a_gateway_takes_its_first_address_for_one()
    {
        await Host.Create("--ipv4=false --subnet=2001:db8:abc2::/64 -o parent=eth0.139 v6ipvlan139");
        var one = await Host.Run("v6ipvlan139");

        await one.Shows(
            addresses: ["2001:db8:abc2::2/64"],
            routes: ["default via 2001:db8:abc2::1 dev eth0 metric 1024", "2001:db8:abc2::/64 dev eth0 proto kernel metric 256"]);
    }

    [LabFact]
    public async Task A_given_IPv6_address_is_usable_again_as_soon_as_its_endpoint_is_gone()
    {
        await Host.Create(V6Only);
        for (var round = 0; round < 3; round++)
        {
            var container = await Host.Run("v6ipvlan139 --ip6=2001:db8:abc2::51");
            Assert.Contains("2001:db8:abc2::51/64", (await container.Look()).Link("eth0").Global);
            await Host.Stop(container);
        }
    }

    [LabFact]
    public async Task Two_IPv4_subnets_and_an_IPv6_one_on_a_VLAN()
    {
        await Host.Create(DualL2);
        var first = await Host.Run("ipvlan140");
        var second = await Host.Run("ipvlan140 --ip=192.168.140.10");
        var other = await Host.Run("ipvlan140 --ip=192.168.142.10");

        await first.Shows(
            addresses: ["192.168.140.2/24", "2001:db8:abc9::1/64"],
            routes:
            [
                "default via 192.168.140.1 dev eth0",
                "192.168.140.0/24 dev eth0 proto kernel scope link src 192.168.140.2",
                "default via 2001:db8:abc9::22 dev eth0 metric 1024",
                "2001:db8:abc9::/64 dev eth0 proto kernel metric 256",
            ]);
        await second.Addresses("192.168.140.10/24", "2001:db8:abc9::2/64");
        await second.Pings("192.168.140.2", "192.168.140.1", "2001:db8:abc9::1", "2001:db8:abc9::22");
        Assert.Contains("default via 192.168.142.1 dev eth0", (await other.Look()).RouteTexts);
        await other.CannotPing("192.168.140.2");
        await other.Pings("2001:db8:abc9::1");
    }

    [LabFact]
    public async Task In_l3_the_default_route_of_both_families_is_the_device()
    {
        await Host.Create(DualL3);
        var first = await Host.Run("ipnet110");

        await first.Shows(
            addresses: ["192.168.110.2/24", "2001:db8:abc6::2/64"],
            routes:
            [
                "default dev eth0 scope link",
                "192.168.110.0/24 dev eth0 proto kernel scope link src 192.168.110.2",
                "default dev eth0 metric 1024",
                "2001:db8:abc6::/64 dev eth0 proto kernel metric 256",
            ],
            mode: "l3");
    }

    [LabFact]
    public async Task In_l3_addresses_are_given_by_ip_by_ip6_or_by_both()
    {
        await Host.Create(DualL3);
        var first = await Host.Run("ipnet110");
        var second = await Host.Run("ipnet110 --ip6=2001:db8:abc6::10");
        var third = await Host.Run("ipnet110 --ip=192.168.112.50");
        var taken = await Host.NewContainer();

        await second.Addresses("192.168.110.3/24", "2001:db8:abc6::10/64");
        await third.Addresses("192.168.112.50/24", "2001:db8:abc6::3/64");

        // the document gives the fourth container the third one's address: one of the two has to go first
        var refused = await Host.Ctl.Type(LabHost.JoinLine(taken, "ipnet110 --ip6=2001:db8:abc6::50 --ip=192.168.112.50"));
        Assert.Equal(Ctl.Refused, refused.Code);
        Assert.Contains("192.168.112.50", refused.Err, StringComparison.Ordinal);
        await Host.Stop(third);
        var fourth = await Host.Join(taken, "ipnet110 --ip6=2001:db8:abc6::50 --ip=192.168.112.50");

        await fourth.Addresses("192.168.112.50/24", "2001:db8:abc6::50/64");
        await fourth.Pings("192.168.110.2", "2001:db8:abc6::2", "192.168.110.3", "2001:db8:abc6::10");
        await first.Pings("192.168.112.50", "2001:db8:abc6::50");
    }
}
