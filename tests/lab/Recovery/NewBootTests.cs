using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Recovery;

/// <summary>The kernel lost everything and the data directory is there: a new boot.</summary>
public class NewBootTests(OneHost fixture) : OnOneHost(fixture)
{
    private const string Vlan = "--subnet=192.168.20.0/24 -o parent=eth0.20 ipvlan20";
    private const string Isolated = "--subnet=192.168.10.0/24 isolated1";
    private const string Routed = "--subnet=192.168.110.0/24 --subnet=2001:db8:abc6::/64 -o parent=eth0 -o ipvlan_mode=l3 ipnet110";

    [LabFact]
    public async Task Parents_VLANs_dummies_and_guards_come_back()
    {
        await Host.Create(Vlan);
        await Host.Create(Isolated);
        await Host.Create(Routed);
        var stays = await Host.Run("ipnet110");
        await Agreement.MustHold(Host);
        var before = await Host.Space.Look();
        Assert.NotEmpty(before.OurRoutes);

        await Host.Daemon.Kill();
        await Host.Forget(stays);
        await LoseTheKernelsState();
        await Host.IsAsBefore();
        await Host.Daemon.Start();

        await Agreement.MustHold(Host);
        Lines.Same(before.Links.Select(l => l.ToString()), (await Host.Space.Look()).Links.Select(l => l.ToString()));
        var container = await Host.Run("ipvlan20");
        await container.Pings("192.168.20.1");
    }

    [LabFact]
    public async Task Endpoints_whose_namespace_is_gone_are_reported_and_released()
    {
        await Host.Create(Routed);
        var gone = await Host.Run("ipnet110 --ip=192.168.110.50 --ip6=2001:db8:abc6::50");
        await Host.Daemon.Kill();
        await Host.Forget(gone);
        await LoseTheKernelsState();

        await Host.Daemon.Start();

        await Eventually.Holds(
            async () =>
            {
                Assert.DoesNotContain(await Host.Ctl.Endpoints(), e => e.State == "joined");
                Assert.Contains(gone.Space.Name, Host.Daemon.LogTail(), StringComparison.Ordinal);
            },
            seconds: 10,
            Host);
        var next = await Host.Run("ipnet110 --ip=192.168.110.50 --ip6=2001:db8:abc6::50");
        await next.Addresses("192.168.110.50/24", "2001:db8:abc6::50/64");
    }

    [LabFact]
    public async Task A_link_taken_from_a_running_daemon_comes_back_too()
    {
        await Host.Create(Isolated);
        var dummy = (await Host.Space.Look()).Links.Single(l => l.IsOurs).Name;

        await Host.Space.Ip($"link del {dummy}");

        await Agreement.MustHold(Host, seconds: 20);
    }

    [LabFact]
    public async Task A_route_taken_from_a_running_daemon_comes_back_too()
    {
        await Host.Create(Routed);
        await Host.Run("ipnet110");
        await Agreement.MustHold(Host);
        var routes = (await Host.Space.Look()).OurRoutes.ToArray();

        await Host.Space.Ip("route flush table all proto 213");

        await Eventually.Holds(
            async () => Lines.Same(routes.Select(r => r.Text), (await Host.Space.Look()).OurRoutes.Select(r => r.Text)),
            seconds: 20,
            Host);
    }

    private async Task LoseTheKernelsState()
    {
        var ours = (await Host.Space.Look()).Links.Where(l => l.IsOurs).Select(l => $"link del {l.Name}");
        await Host.Space.Ip(["route flush table all proto 213", .. ours]);
    }
}
