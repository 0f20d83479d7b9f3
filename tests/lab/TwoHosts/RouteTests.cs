using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.TwoHosts;

/// <summary>A container on one host reaches a container on another through a route that arrived by gossip.</summary>
public class RouteTests(Pair pair) : IClassFixture<Pair>, IAsyncLifetime
{
    private const string Words = "--subnet=10.77.0.0/16 --subnet=2001:db8:77::/64 -o parent=eth0 -o ipvlan_mode=l3 wide";

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => LabHost.Clear(pair.H1, pair.H2);

    [LabFact]
    public async Task Containers_of_two_hosts_ping_each_other_over_IPv4_and_IPv6()
    {
        var (one, two) = await TwoContainers();
        var (here, there) = (await Addresses(one), await Addresses(two));

        await one.Pings(there);
        await two.Pings(here);
        var route = Assert.Single(await RoutesTo(pair.H1, "10.0.0.2"));
        Assert.Equal(("213", 4213u, "eth0"), (route.Protocol, route.Metric, route.Device));
        Assert.Single(await RoutesTo(pair.H1, "fd00::2"));
        Assert.Single(await RoutesTo(pair.H2, "10.0.0.1"));
        await Agreement.MustHold(pair.H1);
        await Agreement.MustHold(pair.H2);
    }

    /// <summary>A VLAN that is made for its network has no address: the link-local one carries both families.</summary>
    [LabFact]
    public async Task Containers_reach_each_other_over_a_VLAN_on_which_no_host_has_an_address()
    {
        await pair.H1.Create("--subnet=10.79.0.0/16 --subnet=2001:db8:79::/64 -o parent=eth0.79 -o ipvlan_mode=l3 tagged");
        var one = await pair.H1.Run("tagged");
        var two = await JoinOnH2("tagged");

        await RoutesVia(pair.H1, "via inet6 fe80:", "via fe80:");
        await RoutesVia(pair.H2, "via inet6 fe80:", "via fe80:");
        await one.Pings(await Addresses(two));
        await two.Pings(await Addresses(one));
        await Agreement.MustHold(pair.H1);
        await Agreement.MustHold(pair.H2);
    }

    [LabFact]
    public async Task No_address_is_given_out_twice()
    {
        var (one, two) = await TwoContainers();
        var third = await pair.H2.Run("wide");
        string[] all = [.. await Addresses(one), .. await Addresses(two), .. await Addresses(third)];

        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [LabFact]
    public async Task The_routes_go_with_the_network()
    {
        var (one, two) = await TwoContainers();
        await pair.H1.Stop(one);
        await pair.H2.Stop(two);

        await pair.H1.Remove("wide");

        foreach (var host in new[] { pair.H1, pair.H2 })
            await Eventually.Holds(async () => Assert.Empty((await host.Space.Look()).OurRoutes), seconds: 10, pair.H1, pair.H2);
    }

    [LabFact]
    public async Task Containers_of_a_killed_daemon_stay_reachable()
    {
        var (one, two) = await TwoContainers();
        await one.Pings(await Addresses(two));

        await pair.H2.Daemon.Kill();
        await one.Pings(await Addresses(two));
        await pair.H2.Daemon.Start();

        await one.Pings(await Addresses(two));
        await Agreement.MustHold(pair.H2, seconds: 30);
        await pair.Met(); // before that no network can be removed: its blocks are asked back
    }

    /// <summary>A foreign route where ours should go: it stays as it is, and the conflict is told.</summary>
    [LabFact]
    public async Task A_foreign_route_at_the_same_prefix_survives()
    {
        await pair.H1.Create(Words);
        var two = await JoinOnH2();
        var block = (await pair.H2.Ctl.Network("wide")).Blocks.First(b => b.Host == "h2" && b.Block.Contains('.', StringComparison.Ordinal)).Block;
        var foreign = $"{block} via 10.0.0.2 dev eth0 proto static metric 4213";
        await pair.H1.Space.Ip($"route flush {block} proto 213", $"route add {block} via 10.0.0.2 dev eth0 proto static metric 4213");
        try
        {
            await pair.H1.Run("wide");
            await Eventually.Holds(
                async () => Assert.Contains(await pair.H1.Ctl.Routes(), r => r.Prefix == block && r.Kernel == "conflict" && r.Reason.Length > 0),
                seconds: 20,
                pair.H1);
            Assert.Contains(foreign, (await pair.H1.Space.Look()).RouteTexts);

            await pair.H2.Stop(two);
            await Eventually.Holds(async () => Assert.DoesNotContain(await pair.H1.Ctl.Routes(), r => r.Prefix == block), seconds: 20, pair.H1);
            Assert.Contains(foreign, (await pair.H1.Space.Look()).RouteTexts);
        }
        finally
        {
            await pair.H1.Space.Ip($"route del {block} proto static metric 4213");
        }
    }

    [LabFact]
    public async Task An_internal_network_is_never_routed_to_peers()
    {
        await pair.H1.Create("--subnet=10.78.0.0/16 --internal -o ipvlan_mode=l3 inside");
        var container = await pair.H1.Run("inside");
        await Agreement.MustHold(pair.H1);

        Assert.DoesNotContain((await pair.H2.Space.Look()).OurRoutes, r => r.Destination.StartsWith("10.78.", StringComparison.Ordinal));
        await container.CannotPing("10.0.0.2");
    }

    private async Task<(Container One, Container Two)> TwoContainers()
    {
        await pair.H1.Create(Words);
        var one = await pair.H1.Run("wide");
        return (one, await JoinOnH2());
    }

    /// <summary>The network is known there as soon as the registry's catalogue has come.</summary>
    private async Task<Container> JoinOnH2(string network = "wide")
    {
        await Eventually.Holds(() => pair.H2.Ctl.Network(network), seconds: 10, pair.H1, pair.H2);
        return await pair.H2.Run(network);
    }

    private static async Task<string[]> Addresses(Container container) =>
        [.. (await container.Look()).Link("eth0").Global.Select(a => a.Split('/')[0])];

    private static Task RoutesVia(LabHost host, params string[] words) => Eventually.Holds(
        async () =>
        {
            var routes = (await host.Space.Look()).OurRoutes.ToArray();
            Assert.All(words, w => Assert.Single(routes, r => r.Text.Contains($" {w}", StringComparison.Ordinal) && r.Device == "eth0.79"));
        },
        seconds: 20,
        host);

    private static async Task<Route[]> RoutesTo(LabHost host, string nextHop)
    {
        Route[] found = [];
        await Eventually.Holds(
            async () =>
            {
                found = [.. (await host.Space.Look()).OurRoutes.Where(r => r.Text.Contains($"via {nextHop} ", StringComparison.Ordinal))];
                Assert.NotEmpty(found);
            },
            seconds: 10,
            host);
        return found;
    }
}
