using Xunit;

namespace IpvlanActors.Tests.Lab.Support;

/// <summary>The lab itself, without the daemon: if one of these fails, look here before looking anywhere else.</summary>
public class SupportTests
{
    [LabFact]
    public async Task Hosts_of_an_underlay_ping_each_other_and_the_router_on_every_VLAN()
    {
        await using var underlay = await Underlay.Make(("h1", ["10.0.0.1/24", "fd00::1/64"]), ("h2", ["10.0.0.2/24", "fd00::2/64"]));
        await underlay.AddRouter((null, "10.0.0.254/24"), (20, "192.168.20.1/24"), (20, "2001:db8:20::1/64"));
        var h1 = underlay.Hosts[0];
        await h1.Ip("link add link eth0 name eth0.20 type vlan id 20", "link set eth0.20 up", "addr add 192.168.20.9/24 dev eth0.20", "addr add 2001:db8:20::9/64 dev eth0.20 nodad");

        foreach (var address in new[] { "10.0.0.2", "fd00::2", "10.0.0.254", "192.168.20.1", "2001:db8:20::1" })
            Assert.True(await h1.Reaches(address), address);
        Assert.False(await h1.Answers("10.0.0.77"));

        await underlay.Plug(1, inOrOut: false);
        Assert.False(await h1.Answers("10.0.0.2"));
        await underlay.Plug(1, inOrOut: true);
        Assert.True(await h1.Reaches("10.0.0.2"));
    }

    [LabFact]
    public async Task A_look_shows_links_addresses_and_routes_in_the_words_of_iproute2()
    {
        await using var underlay = await Underlay.Make(("h1", ["10.0.0.1/24", "fd00::1/64"]));
        var h1 = underlay.Hosts[0];
        var before = await h1.Look();
        await h1.Ip(
            "link add link eth0 name eth0.5 type vlan id 5",
            "link set eth0.5 alias ipvland:0123",
            "link set eth0.5 up",
            "link add link eth0 name slave type ipvlan mode l3 private",
            "route add 10.9.0.0/24 via 10.0.0.2 proto 213 metric 4213",
            "route add unreachable fd09::/64 proto 213 metric 4214",
            "route add 10.8.0.0/24 via 10.0.0.3 proto static");

        var view = await h1.Look();
        Assert.Equal(("vlan", 5, true, true), (view.Link("eth0.5").Kind, view.Link("eth0.5").Vlan, view.Link("eth0.5").IsOurs, view.Link("eth0.5").IsUp));
        Assert.Equal(("ipvlan", "l3", "private"), (view.Link("slave").Kind, view.Link("slave").Mode, view.Link("slave").Isolation));
        Assert.Equal(["10.0.0.1/24", "fd00::1/64"], view.Link("eth0").Global);
        Assert.Equal(
            [
                "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1",
                "10.8.0.0/24 via 10.0.0.3 dev eth0 proto static",
                "10.9.0.0/24 via 10.0.0.2 dev eth0 proto 213 metric 4213",
                "fd00::/64 dev eth0 proto kernel metric 256",
                "unreachable fd09::/64 proto 213 metric 4214",
            ],
            view.RouteTexts);
        Assert.Equal(2, view.OurRoutes.Count());

        await h1.Ip("link del slave", "link del eth0.5", "route flush table all proto 213");
        Assert.Equal((await h1.Look()).Everything, view.OfOthers.Where(line => !line.StartsWith("slave", StringComparison.Ordinal)));
        await h1.Ip("route del 10.8.0.0/24");
        Assert.Equal(before.Everything, (await h1.Look()).Everything);
    }

    [LabFact]
    public async Task Containers_of_two_hosts_ping_each_other_through_l3_slaves_and_routes_made_by_hand()
    {
        await using var underlay = await Underlay.Make(("h1", ["10.0.0.1/24", "fd00::1/64"]), ("h2", ["10.0.0.2/24", "fd00::2/64"]));
        var containers = await Netns.Make("c1", "c2");
        for (var i = 1; i <= 2; i++)
        {
            await underlay.Hosts[i - 1].Ip(
                $"link add slave link eth0 netns {containers[i - 1].Name} type ipvlan mode l3", // EEXIST on 6.1 if it were eth0 at once
                $"route add 10.{3 - i}.0.0/24 via 10.0.0.{3 - i} proto 213 metric 4213",
                $"route add 2001:db8:{3 - i}::/64 via fd00::{3 - i} proto 213 metric 4213");
            await containers[i - 1].Ip(
                "link set slave name eth0",
                "link set eth0 up",
                $"addr add 10.{i}.0.2/24 brd + dev eth0",
                $"addr add 2001:db8:{i}::2/64 dev eth0 nodad",
                "route add default dev eth0",
                "route add ::/0 dev eth0");
        }

        var c1 = new Container(containers[0], "c1");
        await c1.Pings("10.2.0.2", "2001:db8:2::2");
        await containers[0].DisposeAsync();
        await containers[1].DisposeAsync();
    }

    [LabFact]
    public async Task A_daemon_that_cannot_start_is_reported_with_its_log()
    {
        await using var underlay = await Underlay.Make(("h1", ["10.0.0.1/24"]));
        await using var daemon = new DaemonProcess(underlay.Hosts[0], new("h1", "this is not a setting of ours {"));

        var failure = await Assert.ThrowsAsync<LabException>(() => daemon.Start());

        Assert.Contains("last lines of ipvland on h1", failure.Message, StringComparison.Ordinal);
        Assert.False(daemon.Running);
    }
}
