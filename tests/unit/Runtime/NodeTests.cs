using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>A whole node, from its door to its kernel.</summary>
public sealed class NodeTests : IAsyncLifetime
{
    private const string Subnet = "10.1.0.0/24";
    private static readonly (string, string)[] L3 = [("parent", "eth0"), ("ipvlan_mode", "l3")];
    private static readonly (string, string)[] OnVlan = [("parent", "eth0.10"), ("ipvlan_mode", "l3")];
    private readonly TestHost _host = new();
    private TestNode _node = null!;
    private volatile bool _refuses;

    public async Task InitializeAsync() => _node = await _host.Start();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task The_next_block_is_claimed_before_it_is_needed()
    {
        var network = await _node.Create("web", Subnet, L3);
        for (var n = 1; n <= 6; n++)
            await _node.Join("web", _host.Container($"c{n}"));
        Assert.Single(_node.View.Networks[network].Blocks);
        await _node.Join("web", _host.Container("c7"));
        await Eventually.True(() => _node.View.Networks[network].Blocks.Count == 2, "a second block");
        await _node.Agrees();
    }

    [Fact]
    public async Task A_network_and_an_endpoint_come_and_go_and_nothing_is_left()
    {
        _host.Container("c1");
        var before = _host.Kernel.ToString();
        await _node.Create("web", Subnet, OnVlan);
        Assert.Equal("10.1.0.2/24", Assert.Single((await _node.Join("web", "c1")).Addresses).ToString());
        await _node.Agrees();
        var joined = _host.Kernel.ToString();

        Assert.Equal(EndpointStage.Left, (await _node.Granted<EndpointReply>(new LeaveEndpointCommand("c1"))).Endpoint.Stage);
        await _node.Agrees();
        await _node.Join("web", "c1");
        Assert.Equal(joined, _host.Kernel.ToString());
        Assert.Equal(EndpointStage.Removed, (await _node.Granted<EndpointReply>(new RemoveEndpointCommand("c1"))).Endpoint.Stage);
        await _node.Granted<NetworkReply>(new RemoveNetworkCommand("web"));
        await _node.Agrees();
        Assert.Equal(before, _host.Kernel.ToString());
    }

    [Fact]
    public async Task What_is_wrong_is_refused_and_changes_nothing()
    {
        var c1 = _host.Container("c1");
        await _node.Create("web", Subnet, L3);
        await _node.Join("web", c1);
        var c2 = _host.Container("c2");
        await _node.Agrees();
        (INodeCommand Command, string Code)[] wrong =
        [
            (TestNode.Creation("web", "10.2.0.0/24", L3), RefusalCodes.NetworkExists),
            (TestNode.Creation("web2", "10.1.0.128/25", L3), RefusalCodes.SubnetTaken),
            (TestNode.Creation("web2", "10.0.0.0/16", L3), RefusalCodes.SubnetTaken),
            (TestNode.Creation("web2", "10.2.0.0/24", ("parent", "eth9")), RefusalCodes.ParentMissing),
            (TestNode.Creation("web2", "10.2.0.0/24", ("parent", "eth0"), ("ipvlan_mode", "l2")), RefusalCodes.ParentInUse),
            (TestNode.Creation("web2", "10.2.0.0/24", ("colour", "red")), RefusalCodes.OptionUnknown),
            (new RemoveNetworkCommand("web"), RefusalCodes.NetworkInUse),
            (new RemoveNetworkCommand("none"), RefusalCodes.NetworkUnknown),
            (TestNode.Joining("none", c2), RefusalCodes.NetworkUnknown),
            (TestNode.Joining("web", "none"), RefusalCodes.SandboxInvalid),
            (TestNode.Joining("web", c2, ip: "10.1.0.2"), RefusalCodes.AddressInUse),
            (TestNode.Joining("web", c2, ip: "10.1.0.1"), RefusalCodes.AddressReserved),
            (TestNode.Joining("web", c2, ip: "10.7.0.1"), RefusalCodes.AddressInvalid),
            (TestNode.Joining("web", c2, name: "c1"), RefusalCodes.EndpointExists),
            (TestNode.Joining("web", c1, ip: "10.1.0.9"), RefusalCodes.EndpointExists),
            (TestNode.Joining("web", c2, ip: "10.1.0.9") with { Addresses = ["10.1.0.8"] }, RefusalCodes.AddressInvalid),
            (TestNode.Joining("web", c2) with { Addresses = ["10.1.0.8", "10.1.0.8"] }, RefusalCodes.AddressInvalid),
            (TestNode.Joining("web", c2) with { Addresses = ["10.1.0.8/24"] }, RefusalCodes.AddressInvalid),
            (TestNode.Joining("web", c2) with { Addresses = ["10.1.0.0/25"] }, RefusalCodes.AddressInvalid),
            (TestNode.Joining("web", c2) with { Addresses = ["10.1.0.8", "10.1.0.2"] }, RefusalCodes.AddressInUse),
            (TestNode.Joining("web", c2) with { Addresses = ["127.0.0.1"] }, RefusalCodes.AddressInvalid),
            (TestNode.Joining("web", c2) with { Addresses = [.. Enumerable.Repeat("10.1.0.0/24", 33)] }, RefusalCodes.AddressInvalid),
            (TestNode.Joining("web", c1) with { Addresses = ["10.1.0.2", "10.1.0.3"] }, RefusalCodes.EndpointExists),
            (new LeaveEndpointCommand("none"), RefusalCodes.EndpointUnknown),
            (new RemoveEndpointCommand("none"), RefusalCodes.EndpointUnknown),
        ];
        foreach (var (command, code) in wrong)
            Assert.Equal((command, code), (command, (await _node.IsRefusedWithoutATrace(command)).Code));
        await _node.Agrees();
    }

    [Fact]
    public async Task Of_two_joins_with_one_name_one_is_refused()
    {
        await _node.Create("web", Subnet, L3);
        var (one, two) = (_host.Container("c1"), _host.Container("c2"));
        var answers = await Task.WhenAll(_node.Ask(TestNode.Joining("web", one, "same")), _node.Ask(TestNode.Joining("web", two, "same")));
        Assert.Single(answers, a => a is EndpointReply);
        Assert.Equal(RefusalCodes.EndpointExists, Assert.Single(answers.OfType<Refused>()).Reasons[0].Code);
        await _node.Agrees();
        Assert.Single(_node.View.Endpoints);
    }

    [Fact]
    public async Task A_join_repeated_changes_nothing()
    {
        await _node.Create("web", Subnet, L3);
        var c1 = _host.Container("c1");
        var first = await _node.Join("web", c1);
        await _node.Agrees();
        var (kernel, events, writes) = (_host.Kernel.ToString(), _node.View.Events, _host.Kernel.Attempts);

        Assert.Equal(first.Endpoint, (await _node.Join("web", c1)).Endpoint);

        Assert.Equal((kernel, events, writes), (_host.Kernel.ToString(), _node.View.Events, _host.Kernel.Attempts));
    }

    [Fact]
    public async Task Many_joins_at_once_get_an_address_each()
    {
        await _node.Create("web", "10.1.0.0/16", L3);
        var containers = Enumerable.Range(0, 100).Select(n => _host.Container($"c{n}")).ToList();
        var joined = await Task.WhenAll(containers.Select(c => _node.Join("web", c)));
        Assert.Equal(100, joined.SelectMany(j => j.Addresses).Distinct().Count());
        await _node.Agrees();
        Assert.Equal(2, (await _node.Catalogue()).Networks.Single().Value.Blocks.Count);

        await Task.WhenAll(containers.Select(c => _node.Granted<EndpointReply>(new RemoveEndpointCommand(c))));
        await _node.Agrees();
        await _node.Granted<NetworkReply>(new RemoveNetworkCommand("web"));
    }

    [Fact]
    public async Task A_plug_that_the_kernel_refuses_leaves_nothing()
    {
        await _node.Create("web", Subnet, L3);
        await _node.Join("web", _host.Container("c1"));
        var c2 = _host.Container("c2");
        await _node.Agrees();
        var before = _host.Kernel.ToString();
        Refuse<PlugSlave>(Errno.EPERM);

        Assert.Equal(RefusalCodes.KernelRefused, (await _node.IsRefused(TestNode.Joining("web", c2))).Code);

        RefuseNoMore();
        await _node.Agrees();
        Assert.Equal(before, _host.Kernel.ToString());
        Assert.Single(_node.View.Endpoints);
        Assert.Equal("10.1.0.3/24", Assert.Single((await _node.Join("web", c2)).Addresses).ToString());
    }

    [Fact]
    public async Task An_endpoint_that_had_left_keeps_its_addresses_when_the_kernel_refuses_it_back()
    {
        await _node.Create("web", Subnet, L3);
        var c1 = _host.Container("c1");
        await _node.Join("web", c1);
        await _node.Ask(new LeaveEndpointCommand(c1));
        Refuse<PlugSlave>(Errno.EPERM);
        await _node.IsRefused(TestNode.Joining("web", c1));
        RefuseNoMore();
        Assert.Equal(EndpointStage.Failed, Assert.Single(_node.View.Endpoints.Values).Stage);
        Assert.Equal("10.1.0.2/24", Assert.Single((await _node.Join("web", c1)).Addresses).ToString());
        await _node.Agrees();
    }

    [Fact]
    public async Task An_interface_in_the_way_and_a_missing_module_are_told_apart()
    {
        await _node.Create("web", Subnet, L3);
        var c1 = _host.Container("c1");
        _host.Kernel.AddSandboxLink("/run/netns/c1", "eth0");
        Assert.Equal(RefusalCodes.InterfaceExists, (await _node.IsRefused(TestNode.Joining("web", c1))).Code);
        Refuse<PlugSlave>(Errno.EOPNOTSUPP);
        Assert.Equal(RefusalCodes.KernelLacks, (await _node.IsRefused(TestNode.Joining("web", _host.Container("c2")))).Code);
        RefuseNoMore();
        await _node.Agrees();
        Assert.Empty(_node.View.Endpoints);
    }

    [Fact]
    public async Task A_vlan_is_shared_by_its_networks_and_goes_with_the_last()
    {
        var before = _host.Kernel.ToString();
        await _node.Create("one", Subnet, OnVlan);
        await _node.Create("two", "10.2.0.0/24", OnVlan);
        Assert.Single(_host.Kernel.Log, l => l.Contains("type vlan", StringComparison.Ordinal));

        await _node.Granted<NetworkReply>(new RemoveNetworkCommand("one"));
        await _node.Agrees();
        Assert.Contains("eth0.10", _host.Kernel.ToString(), StringComparison.Ordinal);
        await _node.Granted<NetworkReply>(new RemoveNetworkCommand("two"));
        await _node.Agrees();
        Assert.Equal(before, _host.Kernel.ToString());
    }

    [Fact]
    public async Task A_network_that_the_kernel_refuses_is_taken_back_and_its_name_is_free()
    {
        var before = _host.Kernel.ToString();
        Refuse<CreateVlan>(Errno.EPERM);
        Assert.Equal(RefusalCodes.KernelRefused, (await _node.IsRefused(TestNode.Creation("web", Subnet, OnVlan))).Code);
        RefuseNoMore();
        await _node.Agrees();
        Assert.Equal(before, _host.Kernel.ToString());
        Assert.Empty((await _node.Catalogue()).Networks);
        await _node.Create("web", Subnet, OnVlan);
        await _node.Agrees();
    }

    [Fact]
    public async Task An_endpoint_whose_namespace_is_gone_is_released()
    {
        await _node.Create("web", Subnet, L3);
        await _node.Join("web", _host.Container("c1"));
        _host.EndContainer("c1");
        await _node.Reconcile();
        await _node.Agrees();
        Assert.Empty(_node.View.Endpoints);
        Assert.Equal("10.1.0.2/24", Assert.Single((await _node.Join("web", _host.Container("c2"))).Addresses).ToString());
    }

    [Fact]
    public async Task A_parent_that_went_and_came_back_has_its_slaves_again()
    {
        await _node.Create("web", Subnet, OnVlan);
        await _node.Join("web", _host.Container("c1"));
        await _node.Agrees();
        var right = _host.Kernel.ToString();
        _host.Kernel.RemoveLink("eth0");
        _host.Kernel.AddLink("eth0", "10.0.0.1/24", "2001:db8::1/64");
        await _node.Reconcile();
        await _node.Agrees();
        Assert.Equal(right, _host.Kernel.ToString());
    }

    [Fact]
    public async Task A_node_that_starts_anew_writes_nothing_into_a_kernel_that_is_right()
    {
        await _node.Create("web", Subnet, OnVlan);
        await _node.Join("web", _host.Container("c1"));
        await _node.Create("alone", "10.3.0.0/24");
        await _node.Agrees();
        var (kernel, writes, incarnation) = (_host.Kernel.ToString(), _host.Kernel.Attempts, _node.View.Host.Incarnation);

        _node = await _host.Start();

        await _node.Agrees();
        Assert.Equal((kernel, writes), (_host.Kernel.ToString(), _host.Kernel.Attempts));
        Assert.Equal(incarnation + 1, _node.View.Host.Incarnation);
    }

    /// <summary>However often it is asked: a pass of the reconciler's own may come before the one that the test means.</summary>
    private void Refuse<T>(int errno)
        where T : KernelOp
    {
        _refuses = true;
        for (var n = 0; n < 20; n++)
            _host.Kernel.FailNext(op => _refuses && op is T, Errno.Fault(errno, "injected"));
    }

    private void RefuseNoMore() => _refuses = false;
}
