using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>Two hosts, a cluster between them: who may give out which address, when one lends, leaves, or is given up.</summary>
public sealed class OwnershipMeshTests : IAsyncLifetime
{
    private readonly MeshHost _one;
    private readonly MeshHost _two;
    private NetworkId _network;

    public OwnershipMeshTests()
    {
        var (first, second) = MeshTests.FreePorts();
        _one = new("h1", "10.0.0.1", first, first);
        _two = new("h2", "10.0.0.2", second, first);
    }

    public async Task InitializeAsync()
    {
        await _one.Start();
        await _two.Start();
        await Eventually.True(() => _two.Boards.Catalogue.Current.Hosts.Count == 2, "both hosts are registered");
        _network = Assert.IsType<NetworkReply>(await _one.Ask(TestNode.Creation("web", "10.1.0.0/16", ("parent", "eth0"), ("ipvlan_mode", "l3")))).Network;
        await Eventually.True(() => _two.View.Networks.ContainsKey(_network), "the network is attached on the other host");
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task An_address_of_another_host_s_block_is_lent_routed_and_given_back()
    {
        Assert.Equal(Prefix.Parse("10.1.0.0/26"), await _one.Join("web", "c1"));
        Assert.Equal(Prefix.Parse("10.1.0.9/32"), await _two.Join("web", "c2", "10.1.0.9"));
        await Eventually.True(() => _one.Kernel.ToString().Contains(Route.ToPeer(Prefix.Parse("10.1.0.9/32"), Ip.Parse("10.0.0.2"), LinkName.Parse("eth0")).ToString(), StringComparison.Ordinal), "the owner routes the address to its borrower");
        Assert.Contains(Ip.Parse("10.1.0.9"), _one.View.Networks[_network].Blocks[Prefix.Parse("10.1.0.0/26")].Lent.Keys);

        var used = Assert.IsType<Refused>(await _two.Ask(TestNode.Joining("web", "c3", ip: "10.1.0.2")));
        Assert.Equal(RefusalCodes.SandboxInvalid, Assert.Single(used.Reasons).Code);
        _two.Kernel.AddSandbox("/run/netns/c3");
        used = Assert.IsType<Refused>(await _two.Ask(TestNode.Joining("web", "c3", ip: "10.1.0.2")));
        Assert.Equal(RefusalCodes.AddressInUse, Assert.Single(used.Reasons).Code);
        Assert.Contains("h1", used.Reasons[0].Text, StringComparison.Ordinal);

        Assert.IsType<EndpointReply>(await _two.Ask(new RemoveEndpointCommand("c2")));
        await Eventually.True(() => _one.View.Networks[_network].Blocks[Prefix.Parse("10.1.0.0/26")].Lent.IsEmpty, "the address is back");
        Assert.DoesNotContain(Prefix.Parse("10.1.0.9/32"), _two.View.Networks[_network].Blocks.Keys);
    }

    [Fact]
    public async Task A_host_that_was_given_up_finds_itself_fenced_when_it_is_back()
    {
        var block = await _two.Join("web", "c2");
        await Eventually.True(() => _one.Boards.Catalogue.Current.Networks[_network].Blocks.ContainsKey(block), "the registry's word is here");
        var alive = Assert.IsType<Refused>(await _one.Ask(new ForgetHostCommand("h2")));
        Assert.Equal(RefusalCodes.HostAlive, Assert.Single(alive.Reasons).Code);

        await _two.Stop();
        await Eventually.True(() => _one.Boards.Cluster.Current.Members.All(m => m.Reachable == m.IsSelf), "the other host is out of reach");
        Assert.Equal("h2", Assert.IsType<HostReply>(await _one.Ask(new ForgetHostCommand("h2"))).Name);
        await Eventually.True(() => !_one.Kernel.ToString().Contains("via 10.0.0.2", StringComparison.Ordinal), "its route is withdrawn");

        await _two.Start();
        await Eventually.True(() => _two.View.Networks[_network].Lost.ContainsKey(block), "it knows that its block was taken");
        await Eventually.True(() => _two.View.Endpoints.Values.Single().Stage == EndpointStage.Left, "the endpoint has lost its link");
        Assert.StartsWith("fenced", _two.View.Endpoints.Values.Single().Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("ipvlan", _two.Kernel.ToString(), StringComparison.Ordinal);
        var fenced = Assert.IsType<Refused>(await _two.Ask(TestNode.Joining("web", "c2")));
        Assert.Equal(RefusalCodes.Fenced, Assert.Single(fenced.Reasons).Code);

        Assert.IsType<EndpointReply>(await _two.Ask(new RemoveEndpointCommand("c2")));
        await Eventually.True(() => _two.Boards.Catalogue.Current.Hosts.Count == 2, "it is registered again");
        Assert.NotEqual(block, await _two.Join("web", "c2"));
    }

    [Fact]
    public async Task A_host_that_leaves_gives_everything_up_and_is_known_no_more()
    {
        await _two.Join("web", "c2");
        var used = Assert.IsType<Refused>(await _two.Ask(new LeaveClusterCommand()));
        Assert.Contains("name:\"c2\"", Assert.Single(used.Reasons).Text, StringComparison.Ordinal);
        Assert.Equal(RefusalCodes.RegistryHere, Assert.Single(Assert.IsType<Refused>(await _one.Ask(new LeaveClusterCommand())).Reasons).Code);
        await _two.Ask(new RemoveEndpointCommand("c2"));

        Assert.Equal("h2", Assert.IsType<HostReply>(await _two.Ask(new LeaveClusterCommand())).Name);
        Assert.Empty(_two.View.Networks);
        Assert.DoesNotContain("proto 213", _two.Kernel.ToString(), StringComparison.Ordinal);
        await Eventually.True(() => _one.Boards.Catalogue.Current is { Hosts.Count: 1 } c && c.Networks[_network].Blocks.IsEmpty, "the registry has taken everything back");
        await Eventually.True(() => _one.Boards.Cluster.Current.Members.Length == 1, "it is no member any more");
        Assert.IsType<Refused>(await _two.Ask(TestNode.Joining("web", "c2")));

        await _two.Stop();
        await _two.Start();
        await Eventually.True(() => _two.View.Networks.ContainsKey(_network), "started again, it is as good as any");
        await _two.Join("web", "c2");
    }
}
