using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using Xunit;

namespace IpvlanActors.Tests.Lab.Kernel;

[Collection("kernel")]
public sealed class HostLinkTests : IDisposable
{
    private static readonly LinkName Dummy = Ownership.DummyName(KernelHost.Network);
    private static readonly string Alias = Ownership.DummyAlias(KernelHost.Network);
    private static readonly LinkName Sub = LinkName.Parse("eth0.10");
    private readonly KernelHost _host = new();

    public void Dispose() => _host.Dispose();

    [KernelFact(Needs.Dummy)]
    public void A_dummy_is_made_marked_and_up()
    {
        _host.Do(new CreateDummy(Dummy, Alias));
        var link = _host.Link(Dummy.Value);
        Assert.Equal(Alias, link.GetProperty("ifalias").GetString());
        Assert.Contains("UP", link.GetProperty("flags").EnumerateArray().Select(f => f.GetString()));
        var observed = _host.Kernel.Observe([]).Link(Dummy)!;
        Assert.Equal(("dummy", Alias, true), (observed.Kind, observed.Alias, observed.Up));
    }

    [KernelFact(Needs.Dummy)]
    public void A_name_that_is_taken_is_refused_and_its_link_not_touched()
    {
        _host.Ip($"link add {Dummy} type veth peer name other");
        var before = _host.Ip($"-d link show {Dummy}");
        var fault = _host.Apply(new CreateDummy(Dummy, Alias));
        Assert.Equal(FaultClass.Exists, fault!.Class);
        Assert.Equal($"ip link add {Dummy} type dummy: EEXIST File exists", fault.Text);
        Assert.Equal(before, _host.Ip($"-d link show {Dummy}"));
    }

    [KernelFact(Needs.Vlan)]
    public void A_sub_interface_is_made_marked_and_up()
    {
        _host.Do(new CreateVlan(Sub, KernelHost.Eth0, KernelHost.Vlan(10), Alias));
        var link = _host.Link("eth0.10");
        Assert.Equal(10, link.GetProperty("linkinfo").GetProperty("info_data").GetProperty("id").GetInt32());
        Assert.Equal("eth0", link.GetProperty("link").GetString());
        Assert.Equal(Alias, link.GetProperty("ifalias").GetString());
        var all = _host.Kernel.Observe([]);
        var observed = all.Link(Sub)!;
        Assert.Equal(("vlan", true, true, (VlanId?)KernelHost.Vlan(10)), (observed.Kind, observed.Up, observed.Running, observed.Vlan));
        Assert.Equal(KernelHost.Eth0, all.Link(observed.ParentIndex)!.Name);
    }

    [KernelFact(Needs.Vlan)]
    public void An_id_that_the_base_has_already_is_refused_in_the_kernels_words()
    {
        _host.Ip("link add link eth0 name foo type vlan id 10");
        var fault = _host.Apply(new CreateVlan(Sub, KernelHost.Eth0, KernelHost.Vlan(10), Alias));
        Assert.Equal(FaultClass.Exists, fault!.Class);
        Assert.Equal(
            "ip link add link eth0 name eth0.10 type vlan id 10: EEXIST File exists: 8021q: VLAN device already exists.", fault.Text);
        Assert.Equal(["eth0", "foo", "peer0"], _host.LinksOf());
    }

    [KernelFact(Needs.Vlan)]
    public void A_taken_name_keeps_its_alias_and_stays_down()
    {
        _host.Ip("link add link eth0 name eth0.10 type vlan id 11");
        var before = _host.Ip("-d link show eth0.10");
        Assert.Equal(Errno.EEXIST, _host.Apply(new CreateVlan(Sub, KernelHost.Eth0, KernelHost.Vlan(10), Alias))!.Errno);
        Assert.Equal(before, _host.Ip("-d link show eth0.10"));
    }

    [KernelFact(Needs.Vlan)]
    public void On_a_base_that_is_down_nothing_remains()
    {
        _host.Ip("link set eth0 down");
        var fault = _host.Apply(new CreateVlan(Sub, KernelHost.Eth0, KernelHost.Vlan(10), Alias));
        Assert.Equal((Errno.ENETDOWN, FaultClass.Unreachable), (fault!.Errno, fault.Class));
        Assert.Equal(["eth0", "peer0"], _host.LinksOf());
    }

    [KernelFact(Needs.Vlan)]
    public void A_base_that_is_missing_or_cannot_is_refused()
    {
        var missing = _host.Apply(new CreateVlan(Sub, LinkName.Parse("nope"), KernelHost.Vlan(10), Alias));
        Assert.Equal(FaultClass.NotFound, missing!.Class);
        Assert.Contains("there is no link nope", missing.Text, StringComparison.Ordinal);
        var lo = _host.Apply(new CreateVlan(LinkName.Parse("lo.10"), LinkName.Parse("lo"), KernelHost.Vlan(10), Alias));
        Assert.Equal(FaultClass.Unsupported, lo!.Class);
    }

    [KernelFact]
    public void A_link_is_set_up_by_name()
    {
        _host.Ip("link set eth0 down");
        _host.Do(new SetLinkUp(KernelHost.Eth0));
        Assert.True(_host.Kernel.Observe([]).Link(KernelHost.Eth0)!.Up);
        Assert.Equal("ip link set nope up: ENODEV No such device", _host.Apply(new SetLinkUp(LinkName.Parse("nope")))!.Text);
    }

    [KernelFact]
    public void Only_a_link_with_the_right_alias_is_deleted()
    {
        _host.Ip("link set eth0 alias precious");
        var other = _host.Apply(new DeleteLink(KernelHost.Eth0, Alias));
        Assert.Equal(FaultClass.Exists, other!.Class);
        Assert.Contains("not ours: its alias is 'precious'", other.Text, StringComparison.Ordinal);
        _host.Ip($"link set eth0 alias {Alias}");
        _host.Do(new DeleteLink(KernelHost.Eth0, Alias));
        Assert.Equal(FaultClass.NotFound, _host.Apply(new DeleteLink(KernelHost.Eth0, Alias))!.Class);
        Assert.Empty(_host.LinksOf());
    }

    [KernelFact]
    public void Links_deleted_together_are_all_gone_and_no_other()
    {
        for (var i = 0; i < 8; i++)
        {
            _host.Ip($"link add v{i} type veth peer name w{i}");
            _host.Ip($"link set v{i} alias {Alias}");
        }

        var ops = Enumerable.Range(0, 8).Select(i => new DeleteLink(LinkName.Parse($"v{i}"), i == 3 ? "wrong" : Alias));
        var faults = _host.Kernel.Apply([.. ops]);
        Assert.Equal([3], Enumerable.Range(0, 8).Where(i => faults[i] is not null));
        Assert.Equal(["eth0", "peer0", "v3", "w3"], _host.LinksOf());
        Assert.Equal("default", _host.Link("eth0").GetProperty("group").GetString());
    }
}
