using IpvlanActors.Domain.Routes;
using Xunit;

namespace IpvlanActors.Tests.Unit.Routes;

public class RouteGapsTests
{
    private readonly RouteScene _scene = new();

    [Fact]
    public void A_parent_with_an_address_or_a_link_local_one_leaves_no_gap()
    {
        _scene.Hold('1', "10.1.0.2");
        Assert.Empty(Gaps());
        _scene.Kernel.RemoveAddress("eth0", "10.0.0.1/24");
        Assert.Empty(Gaps());
    }

    [Fact]
    public void A_parent_with_neither_is_told_of_with_the_way_out()
    {
        _scene.Hold('1', "10.1.0.2");
        _scene.Kernel.RemoveAddress("eth0", "10.0.0.1/24");
        _scene.Kernel.RemoveAddress("eth0", "fe80::1/64");
        var gap = Assert.Single(Gaps());
        foreach (var word in new[] { "no IPv4 route", "parent eth0", "net.ipv6.conf.eth0.disable_ipv6 = 0" })
            Assert.Contains(word, gap, StringComparison.Ordinal);
        _scene.Kernel.SetLink("eth0", up: false); // which is a problem of its own
        Assert.Empty(Gaps());
    }

    [Fact]
    public void A_network_without_endpoints_here_needs_no_way() // nobody is told of it
    {
        _scene.Kernel.RemoveAddress("eth0", "10.0.0.1/24");
        _scene.Kernel.RemoveAddress("eth0", "fe80::1/64");
        Assert.Empty(Gaps());
    }

    private string[] Gaps() => [.. RouteGaps.Of(_scene.View, _scene.Kernel.Observe([]))];
}
