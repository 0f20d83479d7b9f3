using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using Xunit;

namespace IpvlanActors.Tests.Lab.Kernel;

[Collection("kernel")]
public sealed class SlaveTests : IDisposable
{
    private const string V4 = "10.1.0.2/16";
    private const string V6 = "2001:db8:1::2/64";
    private readonly KernelHost _host = new();

    public void Dispose() => _host.Dispose();

    [KernelFact(Needs.Ipvlan)]
    public void A_slave_is_born_whole_in_its_sandbox()
    {
        var web = _host.AddSandbox("web");
        var slave = KernelHost.Slave('b', web, V4, V6) with { Mtu = 1400 };
        _host.Do(new PlugSlave(slave));

        var link = _host.Link("eth0", web);
        Assert.Equal(slave.Alias, link.GetProperty("ifalias").GetString());
        Assert.Equal(1400, link.GetProperty("mtu").GetInt32());
        var data = link.GetProperty("linkinfo").GetProperty("info_data");
        Assert.Equal(("l3", true), (data.GetProperty("mode").GetString(), data.TryGetProperty("bridge", out _)));
        var addresses = _host.Ip("addr show dev eth0", web);
        Assert.Contains("inet 10.1.0.2/16 brd 10.1.255.255 scope global", addresses, StringComparison.Ordinal);
        Assert.Contains("inet6 2001:db8:1::2/64 scope global nodad", addresses, StringComparison.Ordinal);
        Assert.Equal("default dev eth0 scope link", _host.Ip("route show default", web).Trim().Replace("proto boot ", "", StringComparison.Ordinal));
        Assert.Contains("default dev eth0 metric 1024", _host.Ip("-6 route show default", web), StringComparison.Ordinal);
        Assert.Contains("UP", _host.Ip("link show lo", web), StringComparison.Ordinal);
        Assert.Equal(["eth0", "peer0"], _host.LinksOf());
    }

    [KernelFact(Needs.Ipvlan)]
    public void A_slave_is_seen_as_it_was_asked_for()
    {
        var web = _host.AddSandbox("web");
        var slave = KernelHost.Slave('b', web, V4, V6) with { Mode = IpvlanMode.L3S, Flag = IpvlanFlag.Private };
        _host.Do(new PlugSlave(slave));
        var seen = Assert.Single(Assert.Single(_host.Kernel.Observe([web]).Sandboxes).Slaves);
        Assert.Equal((slave.Name, "ipvlan", slave.Alias, true), (seen.Link.Name, seen.Link.Kind, seen.Link.Alias, seen.Link.Up));
        Assert.Equal((slave.Mode, slave.Flag, true), (seen.Link.Mode, seen.Link.Flag, seen.Ipv6));
        Assert.Equal(_host.Kernel.Observe([]).Link(KernelHost.Eth0)!.Index, seen.Link.ParentIndex);
        Assert.Equal(slave.Addresses.Order(ByText), seen.Addresses.Order(ByText));
        Assert.Equal(slave.Routes.Select(r => r.ToString()).Order(), seen.Routes.Select(r => r.ToString()).Order());
    }

    [KernelFact(Needs.Ipvlan | Needs.Dummy)]
    public void A_slave_of_a_link_of_its_own_sandbox_is_made_there_and_that_link_stays()
    {
        var web = _host.AddSandbox("web");
        _host.Ip("link add vif type dummy", web);
        _host.Ip("link set vif up", web);
        _host.Ip("route add default dev vif", web);
        var (host, before) = (_host.LinksOf(), _host.LinksOf(web));
        var slave = KernelHost.Slave('b', web, V4) with { Parent = LinkName.Parse("vif"), IsParentInSandbox = true, Routes = [] };
        _host.Do(new PlugSlave(slave));

        Assert.Equal("vif", _host.Link("eth0", web).GetProperty("link").GetString());
        Assert.Equal(host, _host.LinksOf());
        var seen = Assert.Single(_host.Kernel.Observe([web]).Sandboxes);
        Assert.Equal(["vif"], seen.Others.Select(l => l.Name.Value));
        Assert.Equal((slave.Parent, slave.Alias), (seen.DefaultLink, Assert.Single(seen.Slaves).Link.Alias));

        // a link of the host's of that name is none of the sandbox's
        var fault = _host.Apply(new PlugSlave(slave with { Parent = LinkName.Parse("peer0"), Endpoint = KernelHost.Slave('c', web).Endpoint }));
        Assert.Equal((FaultClass.NotFound, true), (fault!.Class, fault.Text.EndsWith($"{web.Path} has no link peer0", StringComparison.Ordinal)));
        _host.Do(new UnplugSlave(slave.Network, slave.Endpoint, web));
        Assert.Equal(before, _host.LinksOf(web));
    }

    [KernelFact(Needs.Ipvlan)]
    public void Without_an_ipv6_address_a_slave_has_no_ipv6()
    {
        var web = _host.AddSandbox("web");
        _host.Do(new PlugSlave(KernelHost.Slave('b', web, V4)));
        Assert.False(Assert.Single(_host.Kernel.Observe([web]).Sandboxes[0].Slaves).Ipv6);
        Assert.DoesNotContain("inet6", _host.Ip("addr show dev eth0", web), StringComparison.Ordinal);
    }

    [KernelFact(Needs.Ipvlan)]
    public void An_L2_slave_goes_by_its_gateway_and_narrow_prefixes_have_no_broadcast()
    {
        var (web, one) = (_host.AddSandbox("web"), _host.AddSandbox("one"));
        var slave = KernelHost.Slave('b', web, V4) with
        {
            Mode = IpvlanMode.L2,
            Routes = [Route.Default(IpFamily.V4, Ip.Parse("10.1.0.1"), KernelHost.Eth0)],
        };
        _host.Do(new PlugSlave(slave), new PlugSlave(KernelHost.Slave('c', one, "10.1.0.8/31") with { Mode = IpvlanMode.L2, Routes = [] }));
        Assert.Contains("default via 10.1.0.1 dev eth0", _host.Ip("route show", web), StringComparison.Ordinal);
        Assert.DoesNotContain("brd 10.", _host.Ip("-4 addr show dev eth0", one), StringComparison.Ordinal);
    }

    [KernelFact(Needs.Ipvlan)]
    public void A_name_that_the_sandbox_has_is_told_and_nothing_is_left()
    {
        var web = _host.AddSandbox("web");
        _host.Ip("link add eth0 type veth peer name other", web);
        var before = _host.Ip("-d link show", web);
        var fault = _host.Apply(new PlugSlave(KernelHost.Slave('b', web, V4)));
        Assert.Equal(FaultClass.Exists, fault!.Class);
        Assert.EndsWith($"{web.Path} has a link eth0 already", fault.Text, StringComparison.Ordinal);
        Assert.Equal(["eth0", "other"], _host.LinksOf(web));
        Assert.Equal(LinesWithoutLo(before), LinesWithoutLo(_host.Ip("-d link show", web)));
        Assert.Equal(["eth0", "peer0"], _host.LinksOf());
    }

    [KernelFact(Needs.Ipvlan)]
    public void An_address_of_a_sibling_is_refused_and_nothing_is_left()
    {
        var (web, two) = (_host.AddSandbox("web"), _host.AddSandbox("two"));
        _host.Do(new PlugSlave(KernelHost.Slave('b', web, V4, V6)));
        foreach (var taken in (string[])["10.1.0.2/24", V6])
        {
            var fault = _host.Apply(new PlugSlave(KernelHost.Slave('c', two, taken)));
            Assert.Equal((Errno.EADDRINUSE, FaultClass.Exists), (fault!.Errno, fault.Class));
            Assert.EndsWith("Address already assigned to an ipvlan device.", fault.Text, StringComparison.Ordinal);
            Assert.Empty(_host.LinksOf(two));
        }
    }

    [KernelFact(Needs.Ipvlan)]
    public void Whatever_fails_on_the_way_nothing_is_left()
    {
        var web = _host.AddSandbox("web");
        var whole = KernelHost.Slave('b', web, V4);
        var gateway = _host.Apply(new PlugSlave(whole with { Routes = [Route.Default(IpFamily.V4, Ip.Parse("192.0.2.1"), KernelHost.Eth0)] }));
        var mtu = _host.Apply(new PlugSlave(whole with { Mtu = 60 }));
        var parent = _host.Apply(new PlugSlave(whole with { Parent = LinkName.Parse("nope") }));
        var lo = _host.Apply(new PlugSlave(whole with { Parent = LinkName.Parse("lo") }));
        _host.Ip("link set lo up", web);
        _host.Ip("route add default dev lo", web);
        var route = _host.Apply(new PlugSlave(whole));

        Assert.Equal((Errno.ENETUNREACH, FaultClass.Unreachable), (gateway!.Errno, gateway.Class));
        Assert.EndsWith("EINVAL Invalid argument: mtu less than device minimum.", mtu!.Text, StringComparison.Ordinal);
        Assert.Equal(FaultClass.NotFound, parent!.Class);
        Assert.Equal(FaultClass.Invalid, lo!.Class);
        Assert.Equal((Errno.EEXIST, FaultClass.Exists), (route!.Errno, route.Class));
        Assert.Empty(_host.LinksOf(web));
        Assert.Equal(["eth0", "peer0"], _host.LinksOf());
        _host.Ip("route del default dev lo", web);
        _host.Do(new PlugSlave(whole));
    }

    [KernelFact(Needs.Ipvlan)]
    public void A_parent_that_a_macvlan_uses_is_busy()
    {
        _host.Ip("link add link eth0 name mv0 type macvlan");
        var web = _host.AddSandbox("web");
        Assert.Equal((Errno.EBUSY, FaultClass.Busy), Of(_host.Apply(new PlugSlave(KernelHost.Slave('b', web, V4)))));
        Assert.Empty(_host.LinksOf(web));
    }

    [KernelFact(Needs.Ipvlan)]
    public void Names_that_the_host_has_as_well_do_not_matter_but_for_the_temporary_one()
    {
        var web = _host.AddSandbox("web");
        var slave = KernelHost.Slave('b', web, V4);
        _host.Ip($"link add {slave.TemporaryName} type veth peer name other");
        var before = _host.Ip($"-d link show {slave.TemporaryName}");
        var fault = _host.Apply(new PlugSlave(slave));
        // kernels from 6.15 on look the name up in the sandbox, and do it
        if (fault is not null)
        {
            Assert.Equal(FaultClass.Exists, fault.Class);
            Assert.Contains($"has a link {slave.TemporaryName} already", fault.Text, StringComparison.Ordinal);
            Assert.Empty(_host.LinksOf(web));
        }

        Assert.Equal(before, _host.Ip($"-d link show {slave.TemporaryName}"));
    }

    [KernelFact(Needs.Ipvlan)]
    public void Of_many_slaves_those_that_can_are_made()
    {
        var sandboxes = Enumerable.Range(0, 6).Select(i => _host.AddSandbox($"s{i}")).ToArray();
        var slaves = sandboxes.Select((s, i) => KernelHost.Slave((char)('0' + i), s, $"10.1.0.{(i == 4 ? 3 : i + 2)}/16")).ToArray();
        _host.RemoveSandbox(sandboxes[2]);
        var faults = _host.Kernel.Apply([.. slaves.Select(s => new PlugSlave(s))]);
        Assert.Equal([2, 4], Enumerable.Range(0, 6).Where(i => faults[i] is not null));
        Assert.Equal((FaultClass.NotFound, FaultClass.Exists), (faults[2]!.Class, faults[4]!.Class));
        var seen = _host.Kernel.Observe(sandboxes).Sandboxes;
        Assert.Equal([1, 1, 0, 1, 0, 1], seen.Select(s => s.Slaves.Length));
        Assert.False(seen[2].Exists);
    }

    [KernelFact(Needs.Ipvlan)]
    public void An_address_is_free_again_once_its_slave_is_unplugged()
    {
        var (web, two) = (_host.AddSandbox("web"), _host.AddSandbox("two"));
        var slave = KernelHost.Slave('b', web, V4, V6);
        _host.Do(new PlugSlave(slave));
        _host.Do(new UnplugSlave(slave.Network, slave.Endpoint, web), new PlugSlave(KernelHost.Slave('c', two, V4, V6)));
        Assert.Empty(_host.LinksOf(web));
        Assert.Equal(FaultClass.NotFound, _host.Apply(new UnplugSlave(slave.Network, slave.Endpoint, web))!.Class);
    }

    [KernelFact(Needs.Ipvlan)]
    public void Several_slaves_of_one_sandbox_are_unplugged_together()
    {
        var web = _host.AddSandbox("web");
        var slaves = Enumerable.Range(0, 3).Select(i => KernelHost.Slave((char)('0' + i), web, $"10.1.0.{i + 2}/16") with
        {
            Name = LinkName.Parse($"eth{i}"),
            Routes = [],
        }).ToArray();
        _host.Do([.. slaves.Select(s => new PlugSlave(s))]);
        _host.Ip("link add mine type veth peer name other", web);
        _host.Do([.. slaves.Select(s => new UnplugSlave(s.Network, s.Endpoint, s.Sandbox))]);
        Assert.Equal(["mine", "other"], _host.LinksOf(web));
    }

    private static IComparer<InterfaceAddress> ByText { get; } =
        Comparer<InterfaceAddress>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

    private static (int Errno, FaultClass Class) Of(KernelFault? fault) => (fault!.Errno, fault.Class);

    private static string[] LinesWithoutLo(string text) =>
        [.. text.Split('\n').SkipWhile(l => !l.Contains("other", StringComparison.Ordinal))];
}
