using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using Xunit;

namespace IpvlanActors.Tests.Lab.Kernel;

[Collection("kernel")]
public sealed class RepairTests : IDisposable
{
    private readonly KernelHost _host = new();

    public void Dispose() => _host.Dispose();

    [KernelFact(Needs.Ipvlan)]
    public void A_half_made_slave_is_completed_by_its_temporary_name()
    {
        var web = _host.AddSandbox("web");
        var slave = KernelHost.Slave('b', web, "10.1.0.2/16", "2001:db8:1::2/64") with { Mtu = 1400 };
        _host.Ip($"link add link eth0 name {slave.TemporaryName} netns {KernelWords.NameOf(web)} type ipvlan mode l3");
        Assert.True(Ownership.IsTemporaryName(Assert.Single(_host.Kernel.Observe([web]).Sandboxes[0].Slaves).Link.Name.Value));
        _host.Do(new RepairSlave(slave));
        AssertWhole(slave);
        Assert.Equal(1400, _host.Link("eth0", web).GetProperty("mtu").GetInt32());
    }

    [KernelFact(Needs.Ipvlan)]
    public void A_whole_slave_is_left_alone_and_what_others_added_stays()
    {
        var web = _host.AddSandbox("web");
        var slave = KernelHost.Slave('b', web, "10.1.0.2/16");
        _host.Do(new PlugSlave(slave));
        _host.Ip("addr add 10.1.0.77/16 dev eth0", web);
        _host.Ip("route add 192.0.2.0/24 dev eth0", web);
        var before = (_host.Ip("addr show", web), _host.Ip("route show", web));
        _host.Do(new RepairSlave(slave));
        Assert.Equal(before, (_host.Ip("addr show", web), _host.Ip("route show", web)));
    }

    [KernelFact(Needs.Ipvlan)]
    public void What_was_taken_away_comes_back()
    {
        var web = _host.AddSandbox("web");
        var slave = KernelHost.Slave('b', web, "10.1.0.2/16", "2001:db8:1::2/64");
        _host.Do(new PlugSlave(slave));
        _host.Ip("addr flush dev eth0", web);
        _host.Do(new RepairSlave(slave));
        AssertWhole(slave);
        _host.Ip("link set eth0 down", web);
        _host.Do(new RepairSlave(slave));
        AssertWhole(slave);
    }

    [KernelFact(Needs.Ipvlan)]
    public void A_slave_that_was_renamed_gets_its_name_back()
    {
        var web = _host.AddSandbox("web");
        var slave = KernelHost.Slave('b', web, "10.1.0.2/16", "2001:db8:1::2/64");
        _host.Do(new PlugSlave(slave));
        _host.Ip("link set eth0 down", web);
        _host.Ip("link set eth0 name mine", web);
        _host.Ip("link set mine up", web);
        _host.Do(new RepairSlave(slave));
        AssertWhole(slave);
    }

    [KernelFact(Needs.Ipvlan)]
    public void A_name_taken_by_another_is_told_and_the_slave_stays_up()
    {
        var web = _host.AddSandbox("web");
        var slave = KernelHost.Slave('b', web, "10.1.0.2/16");
        _host.Do(new PlugSlave(slave));
        var fault = _host.Apply(new RepairSlave(slave with { Name = LinkName.Parse("lo") }));
        Assert.Equal(FaultClass.Exists, fault!.Class);
        AssertWhole(slave);
    }

    [KernelFact(Needs.Ipvlan)]
    public void A_slave_that_is_not_there_is_not_found()
    {
        var web = _host.AddSandbox("web");
        var slave = KernelHost.Slave('b', web, "10.1.0.2/16");
        Assert.Equal(FaultClass.NotFound, _host.Apply(new RepairSlave(slave))!.Class);
        _host.RemoveSandbox(web);
        Assert.Equal(FaultClass.NotFound, _host.Apply(new RepairSlave(slave))!.Class);
    }

    private void AssertWhole(Slave slave)
    {
        var seen = Assert.Single(_host.Kernel.Observe([slave.Sandbox]).Sandboxes[0].Slaves);
        Assert.Equal((slave.Name, slave.Alias, true, slave.HasIpv6), (seen.Link.Name, seen.Link.Alias, seen.Link.Up, seen.Ipv6));
        Assert.Equal(slave.Addresses.Select(a => a.ToString()).Order(), seen.Addresses.Select(a => a.ToString()).Order());
        Assert.Equal(slave.Routes.Select(r => r.ToString()).Order(), seen.Routes.Select(r => r.ToString()).Order());
    }
}
