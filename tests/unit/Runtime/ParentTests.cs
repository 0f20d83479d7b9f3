using System.Net;
using System.Net.Sockets;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>Two hosts whose parent links differ, come late, go down, go away and are renamed. Nobody asks for a pass: the kernel's events do.</summary>
public sealed class ParentTests : IAsyncLifetime
{
    private readonly MeshHost _one;
    private readonly MeshHost _two;

    public ParentTests()
    {
        var (first, second) = FreePorts();
        _one = new("h1", "10.0.0.1", first, first);
        _two = new("h2", "10.0.0.2", second, first);
    }

    public async Task InitializeAsync()
    {
        await _one.Start();
        await _two.Start();
        await Eventually.True(() => _two.Boards.Catalogue.Current.Hosts.Count == 2, "both hosts are registered");
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task A_host_without_the_parent_waits_for_it_and_then_has_routes_by_it()
    {
        var network = await Create(("parent", "eth0"), ("parent@h2", "ens5"));
        await Eventually.True(() => _two.Boards.Waiting.Current.ContainsKey(network), "h2 says what it waits for");
        var why = _two.Boards.Waiting.Current[network];
        Assert.Equal(RefusalCodes.ParentMissing, why.Code);
        Assert.Contains("ens5", why.Text, StringComparison.Ordinal);
        _two.Kernel.AddSandbox("/run/netns/c0");
        var refused = Assert.IsType<Refused>(await _two.Ask(TestNode.Joining("web", "c0")));
        Assert.Equal(RefusalCodes.NetworkDegraded, Assert.Single(refused.Reasons).Code);
        var here = await _one.Join("web", "c1");

        _two.Kernel.AddLink("ens5", "10.0.0.3/24");

        await Eventually.True(() => _two.View.Networks.ContainsKey(network) && _two.Boards.Waiting.Current.IsEmpty, "h2 has attached it");
        var there = await _two.Join("web", "c2");
        await Shows(_two, $"{here} via 10.0.0.1 dev ens5");
        await Shows(_one, $"{there} via 10.0.0.3 dev eth0");
    }

    [Fact]
    public async Task A_parent_that_goes_down_or_away_takes_its_routes_along_and_brings_them_back()
    {
        var network = await Create(("parent", "eth0"));
        await Eventually.True(() => _two.View.Networks.ContainsKey(network), "h2 has attached it");
        var there = await _two.Join("web", "c2");
        await Shows(_one, $"{there} via 10.0.0.2 dev eth0");

        _two.Kernel.SetLink("eth0", up: false);
        await ShowsNot(_one, "via 10.0.0.2");
        Assert.Contains("eth0 is down", Problem(_two, network), StringComparison.Ordinal);
        _two.Kernel.SetLink("eth0", up: true);
        await Shows(_one, $"{there} via 10.0.0.2 dev eth0");
        await NoProblem(network);

        _two.Kernel.RenameLink("eth0", "lan0");
        await ShowsNot(_one, "via 10.0.0.2");
        Assert.Contains("eth0 is missing", Problem(_two, network), StringComparison.Ordinal);
        _two.Kernel.RenameLink("lan0", "eth0");
        await Shows(_one, $"{there} via 10.0.0.2 dev eth0");
        await NoProblem(network);

        _two.Kernel.RemoveLink("eth0");
        await ShowsNot(_one, "via 10.0.0.2");
        Assert.Single(_two.View.Endpoints); // it waits, and nothing is forgotten
        _two.Kernel.AddLink("eth0", "10.0.0.2/24");
        await Shows(_one, $"{there} via 10.0.0.2 dev eth0");
        await Shows(_two, "type ipvlan");
        await NoProblem(network);
    }

    [Fact]
    public async Task Another_address_of_the_parent_is_told_at_once()
    {
        await Create(("parent", "eth0"));
        await Eventually.True(() => !_two.View.Networks.IsEmpty, "h2 has attached it");
        var there = await _two.Join("web", "c2");
        await Shows(_one, $"{there} via 10.0.0.2 dev eth0");
        _two.Kernel.AddAddress("eth0", "10.0.0.9/24");
        _two.Kernel.RemoveAddress("eth0", "10.0.0.2/24");
        await Shows(_one, $"{there} via 10.0.0.9 dev eth0");
    }

    private async Task<NetworkId> Create(params (string Key, string Value)[] parents) => Assert.IsType<NetworkReply>(
        await _one.Ask(TestNode.Creation("web", "10.1.0.0/16", [("ipvlan_mode", "l3"), .. parents]))).Network;

    private static string Problem(MeshHost host, NetworkId network) =>
        Assert.Single(host.Boards.Kernel.Current.Problems, p => p.Networks.Contains(network)).Text;

    private Task NoProblem(NetworkId network) => Eventually.True(
        () => !_two.Boards.Kernel.Current.Problems.Any(p => p.Networks.Contains(network)), "nothing is wrong with the network any more");

    private static Task Shows(MeshHost host, string text) => Eventually.True(
        () => host.Kernel.ToString().Contains(text, StringComparison.Ordinal), $"'{text}' in\n{host.Kernel}");

    private static Task ShowsNot(MeshHost host, string text) => Eventually.True(
        () => !host.Kernel.ToString().Contains(text, StringComparison.Ordinal), $"no '{text}'");

    private static (int First, int Second) FreePorts()
    {
        using var one = new TcpListener(IPAddress.Loopback, 0);
        using var two = new TcpListener(IPAddress.Loopback, 0);
        one.Start();
        two.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)two.LocalEndpoint).Port);
    }
}
