using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Tests.Unit.Support;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

/// <summary>Which link becomes the parent on a host, and why a network cannot live there.</summary>
public class ParentRulesTests
{
    private readonly FakeKernel _kernel = new();
    private LinkName? _auto;

    public ParentRulesTests() => _kernel.AddLink("eth0", "10.0.0.1/24", "2001:db8:0:1::1/64", "fe80::1/64");

    [Theory]
    [InlineData("")]
    [InlineData("ipvlan_mode=l3")]
    public void No_parent_makes_a_dummy_of_the_network_s_own_name(string options) =>
        Assert.Equal(ParentLink.Dummy(Link("di-111111111111")), Chosen(options));

    [Fact]
    public void Internal_makes_a_dummy_even_if_a_parent_is_named()
    {
        var (link, _) = Choose(Spec(Request("10.1.0.0/16", "parent=nowhere") with { Internal = true }));
        Assert.Equal(ParentLink.Dummy(Link("di-111111111111")), link);
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("eth0.40")]
    [InlineData("bond0.5.7")]
    public void A_link_that_is_there_is_used_as_it_is_whatever_its_name(string name)
    {
        _kernel.AddLink(name);
        Assert.Equal(ParentLink.Given(Link(name)), Chosen($"parent={name}"));
    }

    [Fact]
    public void A_sub_interface_that_is_not_there_is_made() =>
        Assert.Equal(ParentLink.SubInterface(Link("eth0.10"), Link("eth0"), Vlan(10)), Chosen("parent=eth0.10"));

    [Fact]
    public void A_sub_interface_of_a_link_with_a_dot_is_made()
    {
        _kernel.AddLink("eth0.7");
        Assert.Equal(ParentLink.SubInterface(Link("eth0.7.10"), Link("eth0.7"), Vlan(10)), Chosen("parent=eth0.7.10"));
    }

    [Fact]
    public void A_sub_interface_of_ours_is_shared_and_one_of_others_is_not_ours()
    {
        _kernel.Apply([new CreateVlan(Link("eth0.10"), Link("eth0"), Vlan(10), Ownership.VlanAlias), new CreateVlan(Link("eth0.20"), Link("eth0"), Vlan(20), "mine")]);
        Assert.Equal(ParentLink.SubInterface(Link("eth0.10"), Link("eth0"), Vlan(10)), Chosen("parent=eth0.10"));
        Assert.Equal(ParentLink.Given(Link("eth0.20")), Chosen("parent=eth0.20"));
    }

    [Fact]
    public void A_host_has_its_own_parent_or_that_of_all()
    {
        _kernel.AddLink("ens5");
        Assert.Equal(ParentLink.Given(Link("ens5")), Chosen("parent=eth0 parent@h1=ens5"));
        Assert.Equal(ParentLink.Given(Link("eth0")), Chosen("parent=eth0 parent@h2=ens5"));
        Refused(RefusalCodes.ParentMissing, Why("parent@h2=ens5"), "no parent for host h1", "parent@h1=LINK");
    }

    [Theory]
    [InlineData("parent=nowhere parent_in=container", "nowhere")]
    [InlineData("parent=eth0 parent_in=container", "eth0")]
    [InlineData("parent=eth0.10 parent@h1=auto parent_in=container", "auto")]
    public void A_parent_in_the_container_is_not_looked_for_on_the_host(string options, string name) =>
        Assert.Equal(ParentLink.InContainer(Link(name)), Chosen(options));

    [Fact]
    public void Auto_is_the_link_of_the_default_route()
    {
        Refused(RefusalCodes.ParentMissing, Why("parent=auto"), "parent=auto", "no default route", "name the parent link");
        _auto = Link("eth0");
        Assert.Equal(ParentLink.Given(Link("eth0")), Chosen("parent=auto"));
    }

    [Theory]
    [InlineData("nowhere", RefusalCodes.ParentMissing, "parent nowhere", "not found on the host", "example formatting is eth0.10")]
    [InlineData(".10", RefusalCodes.ParentMissing, "parent .10", "invalid subinterface vlan name", "name a link that exists")]
    [InlineData("eth0.x", RefusalCodes.ParentInvalid, "parent eth0.x", "unable to parse a valid vlan id from 'x'", "eth0.10 for vlan 10")]
    [InlineData("eth0.", RefusalCodes.ParentInvalid, "parent eth0.", "unable to parse a valid vlan id from ''", "eth0.10 for vlan 10")]
    [InlineData("eth0.0", RefusalCodes.ParentInvalid, "parent eth0.0", "vlan id must be between 1-4094", "received: 0")]
    [InlineData("eth0.4095", RefusalCodes.ParentInvalid, "parent eth0.4095", "vlan id must be between 1-4094", "received: 4095")]
    [InlineData("eth0.-1", RefusalCodes.ParentInvalid, "parent eth0.-1", "vlan id must be between 1-4094", "received: -1")]
    [InlineData("eth9.10", RefusalCodes.ParentMissing, "parent eth9.10", "base link eth9 was not found on the host", "create that link first")]
    [InlineData("...10", RefusalCodes.ParentMissing, "parent ...10", "base link .. was not found", "create that link first")]
    [InlineData("lo.10", RefusalCodes.ParentInvalid, "parent lo.10", "lo is a loopback interface", "name an Ethernet link")]
    [InlineData("down0.10", RefusalCodes.ParentDown, "parent down0.10", "base link down0 is down", "ip link set down0 up")]
    [InlineData("eth0.40", RefusalCodes.ParentInUse, "parent eth0.40", "vlan 40 of eth0 exists already as foo", "say parent=foo")]
    public void A_parent_that_cannot_be_is_refused(string name, string code, string input, string rule, string wayOut)
    {
        _kernel.AddLink("down0");
        _kernel.SetLink("down0", up: false);
        _kernel.Apply([new CreateVlan(Link("foo"), Link("eth0"), Vlan(40), "")]);
        Refused(code, Why($"parent={name}"), input, rule, wayOut);
    }

    [Fact]
    public void A_loopback_by_any_name_is_refused()
    {
        _kernel.RenameLink("lo", "loop");
        Refused(RefusalCodes.ParentInvalid, Why("parent=loop"), "parent loop", "loopback interface", "name an Ethernet link");
        _auto = Link("loop");
        Refused(RefusalCodes.ParentInvalid, Why("parent=auto"), "parent loop", "loopback interface", "name an Ethernet link");
    }

    [Theory]
    [InlineData("macvlan")]
    [InlineData("macvtap")]
    public void A_parent_of_macvlans_is_refused(string kind)
    {
        var observed = Observed();
        var eth0 = observed.Link(Link("eth0"))!;
        observed = observed with { Links = observed.Links.Add(eth0 with { Index = 99, Name = Link("mac0"), Kind = kind, ParentIndex = eth0.Index }) };
        foreach (var options in new[] { "parent=eth0", "parent=auto" })
        {
            var (_, why) = ParentRules.Choose(Network('1'), Spec("10.1.0.0/16", options), "h1", Link("eth0"), observed);
            Refused(RefusalCodes.ParentInUse, why, "parent eth0", $"{kind} link mac0", "take another parent");
        }
    }

    [Fact]
    public void Two_modes_on_one_parent_are_refused_where_they_meet()
    {
        var view = Attached('2', Spec("10.2.0.0/16", "parent=auto", name: "other"), ParentLink.Given(Link("eth0")));
        var (_, why) = Attach(Spec("10.1.0.0/16", "parent=eth0 ipvlan_mode=l3"), view);
        Refused(RefusalCodes.ParentInUse, why, "parent eth0", "network other in mode l2/bridge", "n in l3/bridge");
        Assert.NotNull(Attach(Spec("10.1.0.0/16", "parent=eth0"), view).Link);
        Assert.NotNull(Attach(Spec("10.1.0.0/16", "parent=eth0.10 ipvlan_mode=l3"), view).Link);
    }

    [Fact]
    public void A_link_in_each_container_is_no_link_of_the_host()
    {
        var view = Attached('2', Spec("10.2.0.0/16", "parent=eth0 parent_in=container", name: "other"), ParentLink.InContainer(Link("eth0")));
        Assert.NotNull(Attach(Spec("10.1.0.0/16", "parent=eth0 ipvlan_mode=l3"), view).Link);
        Assert.NotNull(Attach(Spec("10.0.0.0/24", "parent=eth0 parent_in=container ipvlan_mode=l3"), view).Link);
    }

    [Fact]
    public void A_network_is_not_in_its_own_way() =>
        Assert.NotNull(Attach(Spec("10.1.0.0/16", "parent=eth0 ipvlan_mode=l3"), Attached('1', Spec("10.1.0.0/16", "parent=eth0"), ParentLink.Given(Link("eth0")))).Link);

    [Theory]
    [InlineData("10.0.0.0/24", "ipvlan_mode=l3")]
    [InlineData("10.0.0.0/8", "ipvlan_mode=l3s")]
    [InlineData("10.0.0.128/25", "ipvlan_mode=l3")]
    [InlineData("2001:db8::/32", "ipvlan_mode=l3")]
    public void A_routed_subnet_lies_apart_from_the_host_s_own(string subnet, string mode)
    {
        Refused(RefusalCodes.SubnetTaken, Attach(Spec(subnet, $"parent=eth0 {mode}"), HostView.Empty).Refusal, subnet, "connected on eth0", "apart from the host's own");
        Assert.NotNull(Attach(Spec(subnet, "parent=eth0"), HostView.Empty).Link);
        Assert.NotNull(Attach(Spec(subnet, mode), HostView.Empty).Link);
    }

    [Fact]
    public void A_parent_that_cannot_be_cannot_be_attached() =>
        Refused(RefusalCodes.ParentMissing, Attach(Spec("10.1.0.0/16", "parent=nowhere"), HostView.Empty).Refusal, "nowhere");

    private (ParentLink? Link, Refusal? Refusal) Attach(NetworkSpec spec, HostView view) =>
        AttachRules.Check(Network('1'), spec, "h1", _auto, view, Observed());

    private static HostView Attached(char network, NetworkSpec spec, ParentLink parent) => HostView.Empty.Apply(
        PersistenceIds.HostNetwork(HostA, Network(network)), new NetworkAttached(At(), Network(network), spec, parent, Noon));

    private ParentLink Chosen(string options)
    {
        var (link, refusal) = Choose(Spec("10.1.0.0/16", options));
        Assert.Null(refusal);
        return link!;
    }

    private Refusal? Why(string options)
    {
        var (link, refusal) = Choose(Spec("10.1.0.0/16", options));
        Assert.Null(link);
        return refusal;
    }

    private (ParentLink? Link, Refusal? Refusal) Choose(NetworkSpec spec) =>
        ParentRules.Choose(Network('1'), spec, "h1", _auto, Observed());

    private ObservedKernel Observed() => _kernel.Observe([]);
}
