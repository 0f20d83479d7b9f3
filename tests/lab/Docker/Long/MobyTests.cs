using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Docker.Long;

/// <summary>
/// What moby's integration tests of its own ipvlan driver assert, under their names, as far as this dockerd can (M13's figures
/// of use, M15 and M17 to M20 need 25 to 28: 20.10's own driver fails them, too). Two containers run throughout, and are connected to each test's network.
/// </summary>
[Trait("run", "by name")]
public class MobyTests(OneDocker fixture) : OnOneDocker(fixture), IAsyncLifetime
{
    private const string Parent = "di-dummy0";

    async Task IAsyncLifetime.InitializeAsync()
    {
        await Host.Space.Ip($"link add {Parent} type dummy", $"link set {Parent} up");
        await Docker.Must("network create -d ipvland --subnet=10.99.0.0/24 base");
        foreach (var container in new[] { "c1", "c2" })
            await Docker.Must($"run -id --net=base --name={container} alpine /bin/sh");
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await Docker.Clear(OneDocker.Driver);
        await Eventually.Holds(IsEmpty, 20, Host);
        await Host.Space.Ip($"link del {Parent}");
        await Host.BecomesAsBefore();
    }

    [DockerFact]
    public async Task TestDockerNetworkIpvlanPersistence()
    {
        await Docker.Must($"network create -d ipvland -o parent={Parent}.70 dm-persist");
        await Docker.Stop();
        await Docker.Start();
        Assert.Contains("dm-persist", await Docker.Networks(OneDocker.Driver));
        Assert.NotNull((await Host.Space.Look()).Find($"{Parent}.70"));
    }

    [DockerFact]
    public async Task Subinterface()
    {
        await Docker.Must($"network create -d ipvland -o parent={Parent}.60 dm-subinterface");
        Assert.NotNull((await Host.Space.Look()).Find($"{Parent}.60"));
        await Docker.Must("network rm dm-subinterface");
        await Eventually.Holds(async () => Assert.Null((await Host.Space.Look()).Find($"{Parent}.60")), 5, Host);
        Assert.NotNull((await Host.Space.Look()).Find(Parent));
    }

    /// <summary>A second network of one parent is refused there; here only if it would switch the first one's mode.</summary>
    [DockerFact]
    public async Task OverlapParent()
    {
        await Host.Space.Ip($"link add link {Parent} name {Parent}.30 type vlan id 30", $"link set {Parent}.30 up");
        await Docker.Must($"network create -d ipvland -o parent={Parent}.30 dm-subinterface");
        await Refuses($"network create -d ipvland -o parent={Parent}.30 dm-subinterface", "already exists");
        await Refuses($"network create -d ipvland -o parent={Parent}.30 -o ipvlan_mode=l3 other", Parent + ".30");
        await Docker.Must($"network create -d ipvland -o parent={Parent}.30 other");
        await Docker.Must("network rm other dm-subinterface");
        Assert.NotNull((await Host.Space.Look()).Find($"{Parent}.30")); // which was there before
        await Host.Space.Ip($"link del {Parent}.30");
    }

    [DockerFact]
    public async Task L2NilParent()
    {
        await Docker.Must("network create -d ipvland dual-l2");
        await Connect("dual-l2");
        await Docker.Must("exec c2 ping -c 1 -W 5 c1");
    }

    [DockerFact]
    public async Task L2InternalMode()
    {
        await Docker.Must("network create -d ipvland --internal --subnet=172.28.150.0/24 internal-l2");
        await Connect("internal-l2");
        Assert.Contains("Network is unreachable", (await Docker.Type("exec c1 ping -c 1 8.8.8.8")).Err, StringComparison.OrdinalIgnoreCase);
        Assert.True(await Docker.Pings("c2", "172.28.150.2"));
    }

    [DockerTheory]
    [InlineData("")]
    [InlineData("--internal")]
    public async Task L3NilParent_and_L3InternalMode(string how)
    {
        await Docker.Must($"network create -d ipvland {how} --subnet=172.28.230.0/24 --subnet=172.28.220.0/24 -o ipvlan_mode=l3 dual-l3");
        await Connect("dual-l3", "--ip=172.28.220.10", "--ip=172.28.230.10");
        Assert.Contains("Network is unreachable", (await Docker.Type("exec c1 ping -c 1 8.8.8.8")).Err, StringComparison.OrdinalIgnoreCase);
        Assert.True(await Docker.Pings("c2", "172.28.220.10"));
    }

    /// <summary>Without a parent no gateway at all; with one the first address is it where none is given, as in the document.</summary>
    [DockerTheory]
    [InlineData("-o parent=di-dummy0", "172.28.200.1", "172.28.202.254")]
    [InlineData("", null, null)]
    public async Task L2MultiSubnetWithParent_and_L2MultiSubnetNoParent(string parent, string? first, string? second)
    {
        await Docker.Must($"network create -d ipvland --ipv6 {parent} --subnet=172.28.200.0/24 --subnet=172.28.202.0/24 --gateway=172.28.202.254 --subnet=2001:db8:abc8::/64 --subnet=2001:db8:abc6::/64 --gateway=2001:db8:abc6::254 dualstackl2");
        await Connect("dualstackl2", "--ip=172.28.200.20 --ip6=2001:db8:abc8::20", "--ip=172.28.200.21 --ip6=2001:db8:abc8::21");
        Assert.True(await Docker.Pings("c2", "172.28.200.20"));
        Assert.True(await Docker.Pings("c2", "2001:db8:abc8::20"));
        Assert.Equal(first is null ? null : $"default via {first} dev eth1", await Default("c1"));
        await Disconnect("dualstackl2");
        await Connect("dualstackl2", "--ip=172.28.202.20 --ip6=2001:db8:abc6::20", "--ip=172.28.202.21 --ip6=2001:db8:abc6::21");
        Assert.True(await Docker.Pings("c2", "172.28.202.20"));
        Assert.True(await Docker.Pings("c2", "2001:db8:abc6::20"));
        Assert.Equal(second is null ? null : $"default via {second} dev eth2", await Default("c1")); // dockerd counts on
    }

    [DockerFact]
    public async Task L3MultiSubnet()
    {
        await Docker.Must("network create -d ipvland --ipv6 --subnet=172.28.10.0/24 --subnet=172.28.12.0/24 --gateway=172.28.12.254 --subnet=2001:db8:abc9::/64 --subnet=2001:db8:abc7::/64 --gateway=2001:db8:abc7::254 -o ipvlan_mode=l3 dualstackl3");
        await Connect("dualstackl3", "--ip=172.28.10.20 --ip6=2001:db8:abc9::20", "--ip=172.28.12.21 --ip6=2001:db8:abc7::21");
        Assert.True(await Docker.Pings("c2", "172.28.10.20"));
        Assert.True(await Docker.Pings("c2", "2001:db8:abc9::20"));
        Assert.Null(await Default("c1"));
    }

    [DockerFact]
    public async Task L2Gateway()
    {
        await Docker.Must($"network create -d ipvland --ipv6 --subnet=172.28.140.0/24 --gateway=172.28.140.254 --subnet=2001:db8:abcb::/64 -o parent={Parent} dm-l2");
        await Connect("dm-l2");
        Assert.Equal("default via 172.28.140.254 dev eth1", await Default("c1"));
    }

    [DockerFact]
    public async Task L3Addressing()
    {
        await Docker.Must($"network create -d ipvland --ipv6 --subnet=172.28.160.0/24 --gateway=172.28.160.254 --subnet=2001:db8:abcd::/64 --gateway=2001:db8:abcd::254 -o parent={Parent} -o ipvlan_mode=l3 dm-l3");
        await Connect("dm-l3");
        Assert.Equal(["default dev eth1 metric 1024", "default dev eth1 scope link"], (await Docker.Look("c1")).RouteTexts.Where(r => r.StartsWith("default", StringComparison.Ordinal)));
    }

    [DockerTheory]
    [InlineData("--ipv6 --subnet=10.42.42.0/24 --subnet=2001:db8:abcd::/64 --ip-range=2001:db8:abcd::100/120", true)]
    [InlineData("--subnet=10.42.42.0/24", false)]
    public async Task TestIpvlanIPAM(string words, bool ipv6)
    {
        await Docker.Must($"network create -d ipvland --ipam-driver ipvland {words} -o ipvlan_mode=l3 testnet");
        await Connect("testnet");
        var eth1 = (await Docker.Look("c1")).Link("eth1");
        Assert.Equal(ipv6 ? ["10.42.42.2/24", "2001:db8:abcd::100/64"] : ["10.42.42.2/24"], eth1.Global);
    }

    [DockerTheory]
    [InlineData("")]
    [InlineData("-o parent=di-dummy0 -o ipvlan_mode=l3")]
    [InlineData("-o parent=di-dummy0 -o ipvlan_mode=l3s")]
    public async Task TestPointToPoint(string words)
    {
        await Docker.Must($"network create -d ipvland --ipam-driver ipvland --subnet=192.168.135.0/31 {words} p2p");
        await Connect("p2p");
        Assert.Equal("192.168.135.0/31", (await Docker.Look("c1")).Link("eth1").Global[0]);
        Assert.True(await Docker.Pings("c2", "192.168.135.0"));
    }

    [DockerFact]
    public async Task TestNullIpam() => await Refuses("network create -d ipvland --ipam-driver null nothing", "pool is empty");

    private async Task Connect(string network, string first = "", string second = "")
    {
        await Docker.Must($"network connect {first} {network} c1");
        await Docker.Must($"network connect {second} {network} c2");
    }

    private async Task Disconnect(string network)
    {
        await Docker.Must($"network disconnect {network} c1");
        await Docker.Must($"network disconnect {network} c2");
    }

    private async Task<string?> Default(string container) =>
        (await Docker.Look(container)).RouteTexts.FirstOrDefault(r => r.StartsWith("default", StringComparison.Ordinal) && !r.Contains("metric", StringComparison.Ordinal));
}
