using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using Xunit;

namespace IpvlanActors.Tests.Unit.Support;

public class FakeKernelTests
{
    private static readonly NetworkId Network = NetworkId.Parse(new string('a', 32));
    private static readonly LinkName Eth0 = LinkName.Parse("eth0");
    private readonly FakeKernel _kernel = new();

    [Fact]
    public void A_join_reads_as_iproute2()
    {
        _kernel.AddLink("eth0", "10.0.0.1/24");
        var web = _kernel.AddSandbox("/run/netns/web");

        Assert.Null(Apply(new PlugSlave(Slave('b', web, "10.1.0.2/16"))));
        Assert.Equal(
            [
                "ip link add link eth0 name iv-bbbbbbbbbbbb netns web type ipvlan mode l3 bridge",
                $"ip -n web link set iv-bbbbbbbbbbbb name eth0 alias ipvland:{Network}:{new string('b', 32)}",
                "ip -n web addr add 10.1.0.2/16 dev eth0",
                "ip -n web link set eth0 up",
                "ip -n web route add default dev eth0 proto 3",
            ],
            _kernel.Log);
        Assert.Single(_kernel.Observe([web]).Sandboxes[0].Slaves);
    }

    [Fact]
    public void An_address_of_a_sibling_is_refused_and_nothing_is_left()
    {
        _kernel.AddLink("eth0");
        var (one, two) = (_kernel.AddSandbox("/run/netns/one"), _kernel.AddSandbox("/run/netns/two"));
        Assert.Null(Apply(new PlugSlave(Slave('b', one, "10.1.0.2/16"))));
        var before = _kernel.ToString();

        var fault = Apply(new PlugSlave(Slave('c', two, "10.1.0.2/24")));

        Assert.Equal(Errno.EADDRINUSE, fault!.Errno);
        Assert.Equal(FaultClass.Exists, fault.Class);
        Assert.Equal(before, _kernel.ToString());
    }

    [Fact]
    public void A_parent_that_goes_takes_its_vlans_slaves_and_routes_along()
    {
        _kernel.AddLink("eth0", "10.0.0.1/24");
        var web = _kernel.AddSandbox("/run/netns/web");
        Assert.True(VlanId.TryCreate(10, out var id));
        Assert.Null(Apply(new CreateVlan(LinkName.Parse("eth0.10"), Eth0, id, Ownership.DummyAlias(Network))));
        Assert.Null(Apply(new PlugSlave(Slave('b', web, "10.1.0.2/16") with { Parent = LinkName.Parse("eth0.10") })));
        Assert.Null(Apply(new AddRoute(Route.ToPeer(Prefix.Parse("10.2.0.0/26"), Ip.Parse("10.0.0.2"), Eth0))));

        _kernel.RemoveLink("eth0");

        Assert.Equal("# /run/netns/web\n", _kernel.ToString());
    }

    [Fact]
    public void A_prefix_is_refused_twice_and_deleted_only_by_its_full_name()
    {
        var guard = Route.Unreachable(Prefix.Parse("10.1.0.0/26"), Ownership.BlockGuardMetric);
        Assert.Null(Apply(new AddRoute(guard)));
        Assert.Equal(FaultClass.Exists, Apply(new AddRoute(guard))!.Class);
        Assert.Equal(Errno.ESRCH, Apply(new DeleteRoute(guard with { Protocol = 4 }))!.Errno);
        Assert.Null(Apply(new DeleteRoute(guard)));
        Assert.Equal("ip route add unreachable 10.1.0.0/26 proto 213 metric 4214", _kernel.Log[0]);
    }

    [Fact]
    public void An_injected_fault_is_answered_once()
    {
        var busy = Errno.Fault(Errno.ENOBUFS, "injected");
        var dummy = new CreateDummy(Ownership.DummyName(Network), Ownership.DummyAlias(Network));
        _kernel.FailNext(op => op is CreateDummy, busy);
        Assert.Same(busy, Apply(dummy));
        Assert.Null(Apply(dummy));
        Assert.Equal((2, 1), (_kernel.Attempts, _kernel.Writes));
    }

    [Fact]
    public void A_path_that_leads_to_another_namespace_is_not_touched()
    {
        _kernel.AddLink("eth0");
        var old = _kernel.AddSandbox("/run/netns/web");
        _kernel.RemoveSandbox("/run/netns/web");
        _kernel.AddSandbox("/run/netns/web");
        Assert.Equal(FaultClass.NotFound, Apply(new PlugSlave(Slave('b', old, "10.1.0.2/16")))!.Class);
    }

    private KernelFault? Apply(KernelOp op) => _kernel.Apply([op])[0];

    private static Slave Slave(char endpoint, Sandbox sandbox, string address) => new(
        Network, EndpointId.Parse(new string(endpoint, 32)), sandbox, Eth0, Eth0, IpvlanMode.L3, IpvlanFlag.Bridge, null,
        [InterfaceAddress.Parse(address)], [Route.Default(IpFamily.V4, null, Eth0)]);
}
