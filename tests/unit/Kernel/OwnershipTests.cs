using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Kernel;

/// <summary>How our objects are known without memory, what errors mean, and what the kernel should hold.</summary>
public class OwnershipTests
{
    [Fact]
    public void Marks_are_what_a_newborn_daemon_looks_for()
    {
        Assert.Equal("di-111111111111", Ownership.DummyName(Network('1')).Value);
        Assert.Equal("iv-222222222222", Ownership.TemporaryName(Endpoint('2')).Value);
        Assert.Equal($"ipvland:{Network('1')}", Ownership.DummyAlias(Network('1')));
        Assert.Equal($"ipvland:{Network('1')}:{Endpoint('2')}", Ownership.SlaveAlias(Network('1'), Endpoint('2')));
        Assert.Equal("ipvland:vlan", Ownership.VlanAlias);
        Assert.Equal((213, 4213u, 4214u, 4215u), (Ownership.RouteProtocol, Ownership.PeerMetric, Ownership.BlockGuardMetric, Ownership.PoolGuardMetric));
    }

    [Theory]
    [InlineData("ipvland:vlan", true, false)]
    [InlineData("ipvland:11111111111111111111111111111111", true, false)]
    [InlineData("ipvland:11111111111111111111111111111111:22222222222222222222222222222222", true, true)]
    [InlineData("ipvland:11111111111111111111111111111111:22222222222222222222222222222222:3", true, false)]
    [InlineData("ipvland:1:2", true, false)]
    [InlineData("ipvland:", true, false)]
    [InlineData("ipvland", false, false)]
    [InlineData("IPVLAND:vlan", false, false)]
    [InlineData("mine", false, false)]
    [InlineData("", false, false)]
    [InlineData(null, false, false)]
    public void An_alias_is_ours_or_not_and_a_slave_s_or_not(string? alias, bool ours, bool slave)
    {
        Assert.Equal(ours, Ownership.IsOurAlias(alias));
        Assert.Equal(slave, Ownership.IsSlaveAlias(alias, out var network, out var endpoint));
        Assert.Equal(slave ? (Network('1'), Endpoint('2')) : default, (network, endpoint));
    }

    [Theory]
    [InlineData("iv-222222222222", true)]
    [InlineData("iv-22222222222", false)]
    [InlineData("eth0", false)]
    [InlineData("IV-222222222222", false)]
    public void A_half_made_slave_is_known_by_its_name(string name, bool temporary) => Assert.Equal(temporary, Ownership.IsTemporaryName(name));

    [Fact]
    public void Aliases_tell_whose_they_are() => Gen.Select(Gen.Guid, Gen.Guid).Sample((a, b) =>
    {
        var (network, endpoint) = (NetworkId.From(a), EndpointId.From(b));
        Assert.True(Ownership.IsSlaveAlias(Ownership.SlaveAlias(network, endpoint), out var n, out var e));
        Assert.Equal((network, endpoint), (n, e));
        Assert.True(Ownership.IsTemporaryName(Ownership.TemporaryName(endpoint).Value));
    });

    [Fact]
    public void Every_error_number_has_a_class_and_a_name()
    {
        foreach (var field in typeof(Errno).GetFields().Where(f => f.IsLiteral))
        {
            var errno = (int)field.GetRawConstantValue()!;
            Assert.StartsWith(field.Name + " ", Errno.Text(errno), StringComparison.Ordinal);
            Assert.True(Enum.IsDefined(Errno.ClassOf(errno)));
        }

        Assert.Equal("errno 9999", Errno.Text(9999));
        Assert.Equal(FaultClass.Invalid, Errno.ClassOf(9999));
    }

    [Theory]
    [InlineData(Errno.EEXIST, FaultClass.Exists)]
    [InlineData(Errno.EADDRINUSE, FaultClass.Exists)]
    [InlineData(Errno.ENODEV, FaultClass.NotFound)]
    [InlineData(Errno.ESRCH, FaultClass.NotFound)]
    [InlineData(Errno.EBUSY, FaultClass.Busy)]
    [InlineData(Errno.EPERM, FaultClass.NotPermitted)]
    [InlineData(Errno.EOPNOTSUPP, FaultClass.Unsupported)]
    [InlineData(Errno.ENETDOWN, FaultClass.Unreachable)]
    [InlineData(Errno.EHOSTUNREACH, FaultClass.Unreachable)]
    [InlineData(Errno.ENOBUFS, FaultClass.Transient)]
    [InlineData(Errno.EINTR, FaultClass.Transient)]
    [InlineData(Errno.EINVAL, FaultClass.Invalid)]
    public void A_class_comes_of_the_number(int errno, FaultClass expected) => Assert.Equal(expected, Errno.ClassOf(errno));

    [Fact]
    public void A_fault_says_what_was_asked_and_what_the_kernel_added()
    {
        Assert.Equal("ip link add x type dummy: EEXIST File exists", Errno.Fault(Errno.EEXIST, "ip link add x type dummy").Text);
        Assert.Equal("x: EINVAL Invalid argument: why", Errno.Fault(Errno.EINVAL, "x", "why").Text);
    }

    [Theory]
    [InlineData("10.1.0.0/26", null, "eth0", "10.1.0.0/26 dev eth0 proto 3")]
    [InlineData("0.0.0.0/0", "10.1.0.1", "eth0", "default via 10.1.0.1 dev eth0 proto 3")]
    [InlineData("::/0", "fe80::1", "eth0", "default via fe80::1 dev eth0 proto 3 metric 1024")]
    [InlineData("10.1.0.0/26", "fe80::1", "eth0", "10.1.0.0/26 via inet6 fe80::1 dev eth0 proto 3")]
    public void Routes_read_as_iproute2_has_them(string destination, string? via, string device, string words) =>
        Assert.Equal(words, Route.InContainer(P(destination), via is null ? null : I(via), Link(device)).ToString());

    [Fact]
    public void Guards_are_for_the_pools_and_the_own_blocks_of_routed_networks()
    {
        var scene = new KernelScene().Attach('1', "parent=eth0 ipvlan_mode=l3").Attach('2', "parent=eth1").Attach('3', "ipvlan_mode=l3");
        Assert.Equal(
            [
                "unreachable 10.1.0.0/16 proto 213 metric 4215",
                "unreachable 2001:db8:1000::/64 proto 213 metric 4215",
                "unreachable 10.1.0.0/26 proto 213 metric 4214",
                "unreachable 2001:db8:1000::/122 proto 213 metric 4214",
            ],
            DesiredKernel.Guards(scene.View).Select(r => r.ToString()));
    }

    [Fact]
    public void What_should_be_there_follows_from_what_happened()
    {
        var scene = new KernelScene().Attach('1', "parent=eth0.10 mtu=1400 ipvlan_flag=private").Attach('2', "").Attach('3', "parent=eth1").Join('1', '5');
        var desired = scene.Desired;
        Assert.Equal(["di-222222222222", "eth0.10"], desired.Parents.Keys.Select(k => k.Value));
        Assert.Equal(new CreateVlan(Link("eth0.10"), Link("eth0"), Vlan(10), "ipvland:vlan"), desired.Parents[Link("eth0.10")].Creation);
        Assert.Equal(new CreateDummy(Link("di-222222222222"), $"ipvland:{Network('2')}"), desired.Parents[Link("di-222222222222")].Creation);
        Assert.Equal([Network('3')], desired.Required[Link("eth1")].AsEnumerable());
        var slave = Assert.Single(desired.Slaves);
        Assert.Equal((Link("eth0.10"), IpvlanMode.L2, IpvlanFlag.Private, 1400, Link("eth1"), true), (slave.Parent, slave.Mode, slave.Flag, slave.Mtu, slave.Name, slave.HasIpv6));
        scene.Leave('5');
        Assert.Empty(scene.Desired.Slaves);
    }

    [Fact]
    public void An_endpoint_whose_block_was_taken_has_no_link()
    {
        var scene = new KernelScene().Attach('1', "parent=eth0").Join('1', '5');
        var network = HostNetworkDecider.Evolve(scene.View.Networks[Network('1')], new BlockLost(At(), P("2001:db8:1000::/122"), 2));
        Assert.Null(DesiredKernel.SlaveOf(scene.View.Endpoints[Endpoint('5')], network));
    }

    [Fact]
    public void An_endpoint_of_a_network_that_is_not_here_has_no_link()
    {
        var scene = new KernelScene().Attach('1', "parent=eth0").Join('1', '5');
        var endpoint = scene.View.Endpoints[Endpoint('5')];
        Assert.NotNull(DesiredKernel.SlaveOf(endpoint, scene.View));
        scene.Detach('1');
        Assert.Null(DesiredKernel.SlaveOf(endpoint, scene.View));
        Assert.Null(DesiredKernel.SlaveOf(endpoint, HostNetworkDecider.Initial));
    }
}
