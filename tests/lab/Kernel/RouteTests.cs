using System.Globalization;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using Xunit;

namespace IpvlanActors.Tests.Lab.Kernel;

[Collection("kernel")]
public sealed class RouteTests : IDisposable
{
    private readonly KernelHost _host = new();

    public void Dispose() => _host.Dispose();

    [KernelFact]
    public void Every_kind_of_route_is_added_seen_and_deleted()
    {
        Route[] routes =
        [
            Peer("10.2.0.0/26", "10.0.0.2"),
            Peer("2001:db8:2::/64", "2001:db8::2"),
            Peer("10.2.1.0/26", "fe80::2"),
            Peer("2001:db8:3::/64", "fe80::2"),
            new(Prefix.Parse("10.3.0.0/24"), RouteKind.Unicast, null, KernelHost.Eth0, 7, Ownership.RouteProtocol),
            new(Prefix.Parse("2001:db8:4::/64"), RouteKind.Unicast, null, KernelHost.Eth0, 7, Ownership.RouteProtocol),
            Route.Unreachable(Prefix.Parse("10.1.0.0/26"), Ownership.BlockGuardMetric),
            Route.Unreachable(Prefix.Parse("2001:db8:1::/64"), Ownership.PoolGuardMetric),
            new(Prefix.Parse("10.4.0.0/26"), RouteKind.Blackhole, null, null, 5, Ownership.RouteProtocol),
            new(Prefix.Parse("2001:db8:5::/64"), RouteKind.Blackhole, null, null, 5, Ownership.RouteProtocol),
        ];
        _host.Do([.. routes.Select(r => new AddRoute(r))]);
        Assert.Equal(routes.Select(r => r.ToString()).Order(), _host.Kernel.Observe([]).Routes.Select(r => r.ToString()).Order());
        Assert.Contains("10.2.1.0/26 via inet6 fe80::2 dev eth0 proto 213 metric 4213", _host.Ip("route show"), StringComparison.Ordinal);
        Assert.Contains("unreachable 10.1.0.0/26 proto 213 metric 4214", _host.Ip("route show"), StringComparison.Ordinal);

        _host.Do([.. routes.Select(r => new DeleteRoute(r))]);
        Assert.Empty(_host.Kernel.Observe([]).Routes);
    }

    [KernelFact]
    public void Routes_of_others_are_neither_seen_nor_deleted_nor_overwritten()
    {
        _host.Ip("route add 10.2.0.0/26 via 10.0.0.9 proto 77 metric 4213");
        _host.Ip("-6 route add 2001:db8:2::/64 via 2001:db8::9 proto 77 metric 4213");
        var before = (_host.Ip("route show"), _host.Ip("-6 route show"));
        Route[] same = [Peer("10.2.0.0/26", "10.0.0.2"), Peer("2001:db8:2::/64", "2001:db8::2")];
        Assert.Empty(_host.Kernel.Observe([]).Routes);
        Assert.All(same, r => Assert.Equal(FaultClass.Exists, _host.Apply(new AddRoute(r))!.Class));
        Assert.All(same, r => Assert.Equal(Errno.ESRCH, _host.Apply(new DeleteRoute(r))!.Errno));
        Assert.Equal(before, (_host.Ip("route show"), _host.Ip("-6 route show")));
    }

    [KernelFact]
    public void A_route_is_deleted_only_by_its_metric_and_kind()
    {
        var guard = Route.Unreachable(Prefix.Parse("10.1.0.0/26"), Ownership.BlockGuardMetric);
        _host.Do(new AddRoute(guard));
        Assert.Equal(Errno.ESRCH, _host.Apply(new DeleteRoute(guard with { Metric = 1 }))!.Errno);
        Assert.Equal(Errno.ESRCH, _host.Apply(new DeleteRoute(guard with { Kind = RouteKind.Blackhole }))!.Errno);
        _host.Do(new DeleteRoute(guard));
    }

    [KernelFact]
    public void What_cannot_be_reached_is_refused_in_the_kernels_words()
    {
        Assert.Equal(
            "ip route add 10.2.0.0/26 via 192.0.2.1 dev eth0 proto 213 metric 4213: ENETUNREACH Network is unreachable: Nexthop has invalid gateway.",
            _host.Apply(new AddRoute(Peer("10.2.0.0/26", "192.0.2.1")))!.Text);
        Assert.Equal(Errno.EHOSTUNREACH, _host.Apply(new AddRoute(Peer("2001:db8:2::/64", "2001:db8:ffff::1")))!.Errno);
        var missing = _host.Apply(new AddRoute(Route.ToPeer(Prefix.Parse("10.2.0.0/26"), Ip.Parse("10.0.0.2"), LinkName.Parse("nope"))));
        Assert.Equal((FaultClass.NotFound, true), (missing!.Class, missing.Text.Contains("there is no link nope", StringComparison.Ordinal)));
        _host.Ip("link set eth0 down");
        // the connected route is gone, so the gateway is not on-link: only what has no gateway hears that the link is down
        Assert.Equal(Errno.ENETUNREACH, _host.Apply(new AddRoute(Peer("10.2.0.0/26", "10.0.0.2")))!.Errno);
        Assert.Equal(Errno.ENETDOWN, _host.Apply(new AddRoute(Peer("10.2.0.0/26", "10.0.0.2") with { NextHop = null }))!.Errno);
    }

    [KernelFact]
    public void A_thousand_routes_go_in_and_each_that_was_there_is_told()
    {
        var routes = Enumerable.Range(0, 1000).Select(i => Peer($"10.{16 + (i / 256)}.{i % 256}.0/26", "10.0.0.2")).ToArray();
        int[] there = [0, 255, 511, 512, 777, 999];
        foreach (var i in there)
            _host.Ip($"route add {routes[i].Destination} via 10.0.0.3 proto 213 metric 4213");

        var faults = _host.Kernel.Apply([.. routes.Select(r => new AddRoute(r))]);

        Assert.Equal(there, Enumerable.Range(0, 1000).Where(i => faults[i] is not null));
        Assert.All(there, i => Assert.StartsWith($"ip route add {routes[i]}: EEXIST", faults[i]!.Text, StringComparison.Ordinal));
        Assert.Equal(1000, _host.Kernel.Observe([]).Routes.Length);
        _host.Do([.. routes.Select(r => new DeleteRoute(r))]);
        Assert.Empty(_host.Kernel.Observe([]).Routes);
    }

    [KernelFact]
    public void An_ipv6_metric_of_nothing_is_1024()
    {
        var route = Peer("2001:db8:2::/64", "2001:db8::2") with { Metric = 0 };
        _host.Do(new AddRoute(route));
        Assert.Equal(1024u, Assert.Single(_host.Kernel.Observe([]).Routes).Metric);
        _host.Do(new DeleteRoute(route));
    }

    [KernelFact]
    public void What_the_host_holds_is_seen()
    {
        var seen = _host.Kernel.Observe([]);
        var eth0 = seen.Link(KernelHost.Eth0)!;
        Assert.Equal(("veth", 1500, true, true, false), (eth0.Kind, eth0.Mtu, eth0.Up, eth0.Running, eth0.IsLoopback));
        Assert.True(seen.Link(LinkName.Parse("lo"))!.IsLoopback);
        var addresses = seen.Addresses.Where(a => a.LinkIndex == eth0.Index).Select(a => a.Address.ToString()).ToArray();
        Assert.Contains("10.0.0.1/24", addresses);
        Assert.Contains("2001:db8::1/64", addresses);
    }

    private static Route Peer(string prefix, string hop) =>
        Route.ToPeer(Prefix.Parse(prefix, CultureInfo.InvariantCulture), Ip.Parse(hop), KernelHost.Eth0);
}
