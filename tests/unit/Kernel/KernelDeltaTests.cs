using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Kernel;

public class KernelDeltaTests
{
    private readonly KernelScene _scene = new();

    [Fact]
    public void Make_before_use_and_unmake_after_use()
    {
        _scene.Attach('1', "parent=eth0.10").Join('1', '5').Reconcile();
        _scene.Leave('5');
        _scene.Detach('1');
        _scene.Attach('2', "parent=eth0.20 ipvlan_mode=l3").Join('2', '6');

        Assert.Equal(
            [typeof(CreateVlan), typeof(AddRoute), typeof(AddRoute), typeof(AddRoute), typeof(AddRoute), typeof(PlugSlave), typeof(UnplugSlave), typeof(DeleteLink)],
            _scene.Delta().Ops.Select(o => o.GetType()));
        Assert.Equal(1, _scene.Reconcile());
    }

    [Fact]
    public void What_is_right_already_is_not_touched()
    {
        _scene.Attach('1', "parent=eth0.10 ipvlan_mode=l3 mtu=1400").Attach('2', "").Join('1', '5').Join('2', '6').Reconcile();
        var writes = _scene.Kernel.Writes;
        Assert.Empty(_scene.Delta().Ops);
        Assert.Empty(_scene.Delta().Problems);
        Assert.Empty(_scene.Delta().Gone);
        Assert.Equal(writes, _scene.Kernel.Writes);
    }

    [Fact]
    public void A_newborn_daemon_without_memory_removes_all_of_ours_and_nothing_else()
    {
        var before = _scene.Kernel.ToString();
        _scene.Attach('1', "parent=eth0.10 ipvlan_mode=l3").Attach('2', "").Attach('3', "parent=eth1").Reconcile();
        _scene.View = HostView.Empty;
        Assert.Equal(1, _scene.Reconcile());
        Assert.Equal(before, _scene.Kernel.ToString());
    }

    [Fact]
    public void What_is_not_ours_is_not_looked_at()
    {
        _scene.Kernel.Apply([new CreateVlan(Link("eth0.40"), Link("eth0"), Vlan(40), "mine"), new CreateDummy(Link("di-999999999999"), "")]);
        _scene.Kernel.AddSandbox("/run/netns/c5");
        _scene.Kernel.AddSandboxLink("/run/netns/c5", "eth0");
        _scene.Kernel.AddSandboxLink("/run/netns/c5", "iv-customer-abc");
        var before = _scene.Kernel.ToString();
        _scene.Attach('1', "parent=eth0").Join('1', '5').Reconcile();
        _scene.Leave('5');
        _scene.Reconcile();
        Assert.Equal(before, _scene.Kernel.ToString());
    }

    [Fact]
    public void A_vlan_serves_several_networks_and_goes_with_the_last()
    {
        _scene.Attach('1', "parent=eth0.10").Reconcile();
        _scene.Attach('2', "parent=eth0.10");
        Assert.Empty(_scene.Words());
        Assert.Equal([Network('1'), Network('2')], _scene.Desired.Parents[Link("eth0.10")].Networks.AsEnumerable());
        _scene.Detach('1');
        Assert.Empty(_scene.Words());
        _scene.Detach('2');
        Assert.Equal(["ip link del eth0.10"], _scene.Words());
    }

    [Fact]
    public void A_given_parent_is_never_made_set_up_or_deleted()
    {
        _scene.Attach('1', "parent=eth1").Reconcile();
        _scene.Kernel.SetLink("eth1", up: false);
        Problem("parent link eth1 is down: ip link set eth1 up", '1');
        _scene.Kernel.RemoveLink("eth1");
        Problem("parent link eth1 is missing: bring it back", '1');
        _scene.Join('1', '5');
        Problem("parent link eth1 is missing", '1');
        _scene.Kernel.AddLink("eth1");
        Assert.Equal([typeof(PlugSlave)], _scene.Delta().Ops.Select(o => o.GetType()));
        _scene.Leave('5');
        _scene.Detach('1');
        Assert.Empty(_scene.Words());
    }

    [Fact]
    public void A_parent_of_ours_is_set_up_and_made_anew()
    {
        _scene.Attach('1', "parent=eth0.10").Attach('2', "").Reconcile();
        _scene.Kernel.SetLink("eth0.10", up: false);
        _scene.Kernel.SetLink("di-222222222222", up: false);
        Assert.Equal(["ip link set di-222222222222 up", "ip link set eth0.10 up"], _scene.Words());
        _scene.Kernel.RemoveLink("eth0.10");
        _scene.Kernel.RemoveLink("di-222222222222");
        Assert.Equal(["ip link add di-222222222222 type dummy", "ip link add link eth0 name eth0.10 type vlan id 10"], _scene.Words());
    }

    [Fact]
    public void A_vlan_waits_for_its_base_and_endpoints_wait_with_it()
    {
        _scene.Attach('1', "parent=eth0.10").Join('1', '5').Reconcile();
        var before = _scene.Kernel.ToString();
        _scene.Kernel.RemoveLink("eth0");
        Problem("link eth0 is missing, so its VLAN eth0.10 cannot be made: bring eth0 back", '1');
        _scene.Kernel.AddLink("eth0", "10.0.0.1/24", "2001:db8:1::1/64");
        _scene.Kernel.AddRoute(new(P("10.99.0.0/16"), RouteKind.Unicast, I("10.0.0.254"), Link("eth0"), 0, 4));
        _scene.Kernel.SetLink("eth0", up: false);
        Problem("link eth0 is down, so its VLAN eth0.10 cannot be made", '1');
        _scene.Kernel.RemoveLink("eth0");
        _scene.Kernel.AddLink("eth0", "10.0.0.1/24", "2001:db8:1::1/64");
        _scene.Kernel.AddRoute(new(P("10.99.0.0/16"), RouteKind.Unicast, I("10.0.0.254"), Link("eth0"), 0, 4));
        Assert.Equal(1, _scene.Reconcile());
        Assert.Equal(before, _scene.Kernel.ToString());
    }

    [Fact]
    public void A_link_of_the_right_name_that_is_not_ours_is_used_and_said()
    {
        _scene.Kernel.Apply([new CreateVlan(Link("eth0.10"), Link("eth0"), Vlan(10), "")]);
        _scene.Attach('1', "", ParentLink.SubInterface(Link("eth0.10"), Link("eth0"), Vlan(10)));
        Problem("link eth0.10 exists but is not ours", '1');
        _scene.Detach('1');
        Assert.Empty(_scene.Words());
    }

    [Fact]
    public void A_changed_route_is_replaced_and_a_foreign_one_is_not()
    {
        _scene.Attach('1', "parent=eth0 ipvlan_mode=l3");
        _scene.PeerRoutes.Add(Route.ToPeer(P("10.1.0.64/26"), I("10.0.0.2"), Link("eth0")));
        Assert.Equal(1, _scene.Reconcile());
        _scene.PeerRoutes[0] = _scene.PeerRoutes[0] with { NextHop = I("10.0.0.3") };
        Assert.Equal(
            ["ip route del 10.1.0.64/26 via 10.0.0.2 dev eth0 proto 213 metric 4213", "ip route add 10.1.0.64/26 via 10.0.0.3 dev eth0 proto 213 metric 4213"],
            _scene.Words());
        Assert.Equal(1, _scene.Reconcile());
        Assert.Contains("10.99.0.0/16 via 10.0.0.254 dev eth0 proto 4", _scene.Kernel.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_next_hop_that_somebody_appended_is_taken_away()
    {
        _scene.PeerRoutes.Add(Route.ToPeer(P("2001:db8:1000::/122"), I("2001:db8:1::2"), Link("eth0")));
        _scene.Reconcile();
        var before = _scene.Kernel.ToString();
        _scene.Kernel.AddRoute(_scene.PeerRoutes[0] with { NextHop = I("2001:db8:1::3") });
        Assert.Single(_scene.Words());
        Assert.InRange(_scene.Reconcile(), 1, 2);
        Assert.Equal(before, _scene.Kernel.ToString());
    }

    [Fact]
    public void Routes_lost_when_a_link_went_down_come_back()
    {
        _scene.Attach('1', "parent=eth0 ipvlan_mode=l3");
        _scene.PeerRoutes.Add(Route.ToPeer(P("10.1.0.64/26"), I("10.0.0.2"), Link("eth0")));
        _scene.Reconcile();
        _scene.Kernel.SetLink("eth0", up: false);
        _scene.Kernel.SetLink("eth0", up: true);
        Assert.Equal(["ip route add 10.1.0.64/26 via 10.0.0.2 dev eth0 proto 213 metric 4213"], _scene.Words());
    }

    [Fact]
    public void A_sandbox_that_is_gone_is_told_and_not_touched()
    {
        _scene.Attach('1', "parent=eth0").Join('1', '5').Join('1', '6').Reconcile();
        _scene.Kernel.RemoveSandbox("/run/netns/c5");
        _scene.Kernel.AddSandbox("/run/netns/c5");
        Assert.Equal([Endpoint('5')], _scene.Delta().Gone.AsEnumerable());
        Assert.Empty(_scene.Words());
    }

    [Fact]
    public void A_sandbox_that_was_not_looked_at_is_left_alone()
    {
        _scene.Attach('1', "parent=eth0").Join('1', '5').Reconcile();
        var delta = KernelDelta.Between(_scene.Desired, _scene.Kernel.Observe([]));
        Assert.Empty(delta.Ops);
        Assert.Empty(delta.Gone);
    }

    [Fact]
    public void What_somebody_took_away_in_a_container_is_put_back()
    {
        _scene.Attach('1', "parent=eth0").Join('1', '5').Reconcile();
        var before = _scene.Kernel.ToString();
        var route = Route.Default(IpFamily.V4, I("10.1.0.1"), Link("eth1"));
        _scene.Kernel.RemoveSandboxRoute("/run/netns/c5", route);
        Assert.Equal([typeof(RepairSlave)], _scene.Delta().Ops.Select(o => o.GetType()));
        Assert.Equal(1, _scene.Reconcile());
        Assert.Equal(before, _scene.Kernel.ToString());
        _scene.Kernel.RemoveSandboxLink("/run/netns/c5", "eth1");
        Assert.Equal([typeof(PlugSlave)], _scene.Delta().Ops.Select(o => o.GetType()));
        Assert.Equal(1, _scene.Reconcile());
        Assert.Equal(before, _scene.Kernel.ToString());
    }

    [Fact]
    public void What_somebody_added_in_a_container_stays()
    {
        _scene.Attach('1', "parent=eth0").Join('1', '5').Reconcile();
        _scene.Kernel.AddSandboxRoute("/run/netns/c5", Route.InContainer(P("10.77.0.0/16"), I("10.1.0.9"), Link("eth1")));
        Assert.Empty(_scene.Words());
    }

    [Fact]
    public void What_a_slave_lacks_is_repaired_and_nothing_else()
    {
        var slave = _scene.Attach('1', "parent=eth0 mtu=1400").Join('1', '5').Desired.Slaves.Single();
        _scene.Reconcile();
        var sandbox = _scene.Observe().Sandboxes.Single();
        var there = sandbox.Slaves.Single();
        Assert.Empty(Ops(there));
        ObservedSlave[] lacking =
        [
            there with { Link = there.Link with { Up = false } },
            there with { Link = there.Link with { Name = Link("eth7") } },
            there with { Link = there.Link with { Name = slave.TemporaryName, Alias = "" } },
            there with { Link = there.Link with { Mtu = 1500 } },
            there with { Addresses = there.Addresses.RemoveAt(0) },
            there with { Addresses = there.Addresses.RemoveAt(1) },
            there with { Routes = there.Routes.RemoveAt(0) },
            there with { Routes = [] },
            there with { Ipv6 = false },
        ];
        Assert.All(lacking, s => Assert.Equal(new RepairSlave(slave), Assert.Single(Ops(s))));
        Assert.Equal(new PlugSlave(slave), Assert.Single(Ops(there with { Link = there.Link with { Alias = Ownership.SlaveAlias(Network('1'), Endpoint('9')) } })));

        IEnumerable<KernelOp> Ops(ObservedSlave s) => KernelDelta.ForSlave(slave, sandbox with { Slaves = [s] }, []);
    }

    [Fact]
    public void A_mode_that_somebody_else_s_link_brought_is_a_problem_and_not_ours_to_repair()
    {
        var slave = _scene.Attach('1', "parent=eth0").Join('1', '5').Desired.Slaves.Single();
        _scene.Reconcile();
        var sandbox = _scene.Observe().Sandboxes.Single();
        var there = sandbox.Slaves.Single();
        var problems = new List<KernelProblem>();
        Assert.Empty(KernelDelta.ForSlave(slave, sandbox with { Slaves = [there with { Link = there.Link with { Mode = IpvlanMode.L3 } }] }, problems));
        Assert.Contains("parent eth0 was switched to mode L3 Bridge by somebody else's link", Assert.Single(problems).Text, StringComparison.Ordinal);
    }

    private void Problem(string text, char network)
    {
        var delta = _scene.Delta();
        Assert.Empty(delta.Ops);
        var problem = Assert.Single(delta.Problems);
        Assert.StartsWith(text, problem.Text, StringComparison.Ordinal);
        Assert.Equal([Network(network)], problem.Networks.AsEnumerable());
    }
}
