using Akka.Actor;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Mesh;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>A node is killed wherever a crash is most awkward, and another takes over what it left.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private const string Subnet = "10.1.0.0/24";
    private readonly TestHost _host = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("network-create.reserved")]
    [InlineData("network-create.created")]
    [InlineData("network-create.attached")]
    [InlineData("network-create.linked")]
    public async Task A_network_killed_in_the_making_is_whole_or_gone(string point)
    {
        var create = TestNode.Creation("web", Subnet, ("parent", "eth0.10"), ("ipvlan_mode", "l3"));
        var node = await Killed(await _host.Start(), point, create);

        // the name is free, or the network is there and as good as any
        if (await node.Ask(create) is Refused refused)
            Assert.Equal("network-exists", Assert.Single(refused.Reasons).Code);
        await node.Join("web", _host.Container("c1"));
        await node.Agrees();
    }

    [Theory]
    [InlineData("block-claim.journaled")]
    [InlineData("endpoint-join.granted")]
    [InlineData("endpoint-join.allocated")]
    [InlineData("endpoint-join.journaled")]
    [InlineData("endpoint-join.plugged")]
    public async Task A_join_killed_on_its_way_is_whole_or_gone_and_succeeds_when_repeated(string point)
    {
        var first = await _host.Start();
        await first.Create("web", Subnet, ("parent", "eth0"), ("ipvlan_mode", "l3"));
        var join = TestNode.Joining("web", _host.Container("c1"));

        var node = await Killed(first, point, join);

        var endpoint = Assert.IsType<EndpointReply>(await node.Ask(join)).Endpoint;
        Assert.Equal("10.1.0.2/24", Assert.Single(endpoint.Addresses).ToString());
        await node.Agrees();
        Assert.Single(node.View.Endpoints);
    }

    [Theory]
    [InlineData("endpoint-leave.unplugged", false)]
    [InlineData("endpoint-leave.unplugged", true)]
    [InlineData("endpoint-rm.journaled", true)]
    [InlineData("endpoint-rm.released", true)]
    public async Task An_endpoint_killed_on_its_way_out_goes_when_asked_again(string point, bool forGood)
    {
        var first = await _host.Start();
        await first.Create("web", Subnet, ("parent", "eth0"), ("ipvlan_mode", "l3"));
        await first.Join("web", _host.Container("c1"));
        INodeCommand command = forGood ? new RemoveEndpointCommand("c1") : new LeaveEndpointCommand("c1");

        var node = await Killed(first, point, command);

        if (await node.Ask(command) is Refused refused)
            Assert.Equal("endpoint-unknown", Assert.Single(refused.Reasons).Code);
        await node.Agrees();
        Assert.DoesNotContain("ipvlan", _host.Kernel.ToString(), StringComparison.Ordinal);
        Assert.Equal(forGood ? 0 : 1, node.View.Endpoints.Count);
        Assert.Equal("10.1.0.2/24", Assert.Single((await node.Join("web", _host.Container("c2"), forGood ? "c2" : "c1")).Addresses).ToString());
    }

    [Theory]
    [InlineData("network-rm.surrendered")]
    [InlineData("network-rm.removed")]
    [InlineData("network-rm.freed")]
    [InlineData("network-rm.detached")]
    [InlineData("network-rm.unlinked")]
    public async Task A_network_killed_on_its_way_out_goes_when_asked_again(string point)
    {
        var first = await _host.Start();
        var before = _host.Kernel.ToString();
        await first.Create("web", Subnet, ("parent", "eth0.10"), ("ipvlan_mode", "l3"));
        await first.Join("web", _host.Container("c1"));
        await first.Ask(new RemoveEndpointCommand("c1"));
        _host.EndContainer("c1");

        var node = await Killed(first, point, new RemoveNetworkCommand("web"));

        if (await node.Ask(new RemoveNetworkCommand("web")) is Refused refused)
            Assert.Equal("network-unknown", Assert.Single(refused.Reasons).Code);
        await node.Agrees();
        Assert.Equal(before, _host.Kernel.ToString());
        Assert.Empty((await node.Catalogue()).Networks);
        await node.Create("web", Subnet, ("parent", "eth0.10"), ("ipvlan_mode", "l3"));
    }

    [Theory]
    [InlineData("cluster-leave.surrendered")]
    [InlineData("host-forget.journaled")]
    [InlineData("host-forget.taken")]
    public async Task A_host_killed_while_it_leaves_is_as_good_as_new_when_it_is_back(string point)
    {
        var first = await _host.Start();
        await first.Create("web", Subnet, ("parent", "eth0"), ("ipvlan_mode", "l3"));
        await first.Join("web", _host.Container("c1"));
        await first.Ask(new RemoveEndpointCommand("c1"));

        var node = await Killed(first, point, new LeaveClusterCommand());

        Assert.Equal("10.1.0.2/24", Assert.Single((await node.Join("web", _host.Container("c2"))).Addresses).ToString());
        await node.Agrees();
    }

    [Theory]
    [InlineData("block-lost.journaled")]
    [InlineData("endpoint-fence.journaled")]
    public async Task A_host_killed_while_it_is_fenced_is_fenced_when_it_is_back(string point)
    {
        var first = await _host.Start();
        var network = await first.Create("web", Subnet, ("parent", "eth0"), ("ipvlan_mode", "l3"));
        await first.Join("web", _host.Container("c1"));
        var catalogue = await first.Catalogue();
        var entry = catalogue.Networks[network];
        first.CrashAt(point);

        first.Networks.Tell(new CatalogueUpdate(catalogue with
        {
            Version = catalogue.Version + 1,
            Networks = catalogue.Networks.SetItem(network, entry with { Blocks = PrefixMap<BlockOwner>.Empty, LastEpoch = entry.LastEpoch + 1 }),
        }));

        await first.HasCrashed();
        var node = await _host.Start();
        Assert.DoesNotContain("ipvlan", _host.Kernel.ToString(), StringComparison.Ordinal); // before anybody can ask
        await Eventually.True(() => node.View.Endpoints.Values.Single().Stage == EndpointStage.Left, "the endpoint has lost its link");
        Assert.Equal("fenced", (await node.IsRefused(TestNode.Joining("web", "c1"))).Code);
        Assert.Single(node.View.Networks[network].Lost);
        await node.Ask(new RemoveEndpointCommand("c1"));
        Assert.Empty(node.View.Networks[network].Lost);
        await node.Join("web", "c1");
        await node.Agrees();
    }

    /// <summary>The node crashes in the command; the next one agrees with its kernel before it is asked anything.</summary>
    private async Task<TestNode> Killed(TestNode node, string point, INodeCommand command)
    {
        node.CrashAt(point);
        var asked = node.Ask(command);
        await node.HasCrashed();
        var next = await _host.Start();
        await next.Agrees();
        Assert.False(asked.IsCompletedSuccessfully, $"{command} was answered, though the node crashed at {point}");
        return next;
    }
}
