using System.Net;
using System.Net.Sockets;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>Two hosts, a cluster between them, the registry on the first.</summary>
public sealed class MeshTests : IAsyncLifetime
{
    private readonly MeshHost _one;
    private readonly MeshHost _two;

    public MeshTests()
    {
        var (first, second) = FreePorts();
        _one = new("h1", "10.0.0.1", first, first, second);
        _two = new("h2", "10.0.0.2", second, first, second) { Clock = new FastClock() };
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

    /// <summary>The second host's clock is wrong all through these tests: nothing is decided by it.</summary>
    [Fact]
    public async Task A_host_knows_how_far_its_clock_is_from_that_of_the_registrys_host()
    {
        await Eventually.True(() => _one.Boards.Clock.Current.Offset is not null && _two.Boards.Clock.Current.Offset is not null, "both have heard the registry's clock");
        Assert.False(_one.Boards.Clock.Current.Offset!.IsBeyond(TimeSpan.FromSeconds(1)));
        var offset = _two.Boards.Clock.Current.Offset!;
        Assert.False((offset with { Ahead = offset.Ahead + FastClock.Wrong }).IsBeyond(TimeSpan.FromSeconds(1)), offset.ToString());
    }

    [Fact]
    public async Task What_one_host_makes_the_other_has_and_routes_follow_endpoints_and_restarts()
    {
        var created = Assert.IsType<NetworkReply>(await _one.Ask(TestNode.Creation("web", "10.1.0.0/16", ("parent", "eth0"), ("ipvlan_mode", "l3"))));
        await Eventually.True(() => _two.View.Networks.ContainsKey(created.Network), "the network is attached on the other host");

        var (here, there) = (await _one.Join("web", "c1"), await _two.Join("web", "c2"));
        Assert.False(here.Overlaps(there));
        await Knows(_two, here, via: "10.0.0.1");
        await Knows(_one, there, via: "10.0.0.2");

        var refused = Assert.IsType<Refused>(await _one.Ask(new RemoveNetworkCommand("web")));
        Assert.Equal(RefusalCodes.NetworkInUse, Assert.Single(refused.Reasons).Code);

        await _two.Stop();
        Assert.Contains(RouteTo(there, "10.0.0.2"), _one.Kernel.ToString(), StringComparison.Ordinal);
        var before = _two.Kernel.ToString();
        await _two.Start();
        Assert.Equal((2, before), (_two.Incarnation, _two.Kernel.ToString()));

        Assert.IsType<EndpointReply>(await _one.Ask(new RemoveEndpointCommand("c1")));
        await Eventually.True(() => !_two.Kernel.ToString().Contains("via 10.0.0.1", StringComparison.Ordinal), "the first host's route is withdrawn");
        Assert.IsType<EndpointReply>(await _two.Ask(new RemoveEndpointCommand("c2")));
        await Eventually.True(() => !_one.Kernel.ToString().Contains("via 10.0.0.2", StringComparison.Ordinal), "the second incarnation's word counts");

        Assert.IsType<NetworkReply>(await _one.Ask(new RemoveNetworkCommand("web")));
        await Eventually.True(() => _two.View.Networks.IsEmpty, "the network is detached from the other host");
        await Eventually.True(() => !_two.Kernel.ToString().Contains("proto 213", StringComparison.Ordinal), "no route of ours is left");
    }

    /// <summary>The only seed founds a cluster of its own whenever it starts: the other one must notice, and follow.</summary>
    [Fact]
    public async Task A_host_whose_cluster_has_lost_the_registry_joins_the_one_that_has_it()
    {
        await _one.Stop();
        await _one.Start();

        await Eventually.True(
            () => new[] { _one, _two }.All(h => h.Boards.Cluster.Current.Members.Count(m => m is { Status: "Up", Reachable: true }) == 2),
            "both hosts are members of one cluster again",
            seconds: 60);
        Assert.IsType<NetworkReply>(await _two.Ask(TestNode.Creation("web", "10.1.0.0/16", ("parent", "eth0"), ("ipvlan_mode", "l3"))));
    }

    [Fact]
    public async Task A_copied_data_directory_is_fenced_as_long_as_the_host_is_there_and_may_then_take_its_place()
    {
        Assert.IsType<NetworkReply>(await _one.Ask(TestNode.Creation("web", "10.1.0.0/16", ("parent", "eth0"), ("ipvlan_mode", "l3"))));
        await Eventually.True(() => !_two.View.Networks.IsEmpty, "the network is attached on the other host");
        var block = await _two.Join("web", "c2");
        await using var copy = new MeshHost("h3", "10.0.0.3", FreePorts().First, _one.Port);
        copy.TakeJournalOf(_two);
        await copy.Start();

        await Eventually.True(() => _one.Boards.Cluster.Current.Members.Any(m => m.Elder is not null && m.Address.EndsWith($":{copy.Port}", StringComparison.Ordinal)), "the first host sees the copy as one");
        await Eventually.True(() => copy.Boards.Registration.Current.Refusal?.Code == RefusalCodes.Fenced, "the registry refuses the copy");
        var refused = Assert.IsType<Refused>(await copy.TryJoin("web", "c3"));
        Assert.Equal(RefusalCodes.Fenced, Assert.Single(refused.Reasons).Code);
        Assert.Null(_two.Boards.Fence);
        await _two.Join("web", "c4");
        await Knows(_one, block, via: "10.0.0.2");

        await _two.Stop();
        await Eventually.True(() => copy.Boards.Fence is null, "the copy is confirmed once the host has gone");
        Assert.Equal(block, await copy.Join("web", "c5"));
    }

    [Fact]
    public async Task A_registry_restored_from_a_backup_learns_from_its_hosts_what_it_has_lost()
    {
        var backup = _one.Backup();
        var web = Assert.IsType<NetworkReply>(await _one.Ask(TestNode.Creation("web", "10.1.0.0/16", ("parent", "eth0"), ("ipvlan_mode", "l3")))).Network;
        await Eventually.True(() => _two.View.Networks.ContainsKey(web), "the network is attached on the other host");
        var theirs = await _two.Join("web", "c2");
        var lost = await _one.Join("web", "c1");
        await Eventually.True(() => _two.Boards.Catalogue.Current.Networks[web].Blocks.Count == 2, "the other host has heard of both blocks");
        var version = _two.Boards.Catalogue.Current.Version;

        await _one.Stop();
        _one.Kernel.RemoveSandbox("/run/netns/c1");
        _one.Restore(backup);
        await _one.Start();

        await Eventually.Nothing(() => _one.Boards.Fence is { } fence ? [fence.Text] : []);
        await Eventually.True(() => _two.Boards.Catalogue.Current.Version > version, "the catalogue goes on above what was seen");
        Assert.Equal([theirs, lost], _two.Boards.Catalogue.Current.Networks[web].Blocks.Keys);
        await Eventually.True(() => _one.View.Networks.ContainsKey(web), "the network is attached again");
        Assert.Equal(lost, await _one.Join("web", "c3")); // its own, which it had forgotten
        Assert.IsType<EndpointReply>(await _two.Ask(new RemoveEndpointCommand("c2")));
    }

    [Fact]
    public async Task A_late_joiner_learns_everything_from_whoever_is_left_and_the_digests_prove_it()
    {
        Assert.IsType<NetworkReply>(await _one.Ask(TestNode.Creation("web", "10.1.0.0/16", ("parent", "eth0"), ("ipvlan_mode", "l3"))));
        await Eventually.True(() => !_two.View.Networks.IsEmpty, "the network is attached on the other host");
        var (first, second) = (await _one.Join("web", "c1"), await _two.Join("web", "c2"));
        await Knows(_two, first, via: "10.0.0.1");

        await _one.Stop(); // the registry, and the only one who could tell of its routes itself
        await using var late = new MeshHost("h3", "10.0.0.3", FreePorts().First, _one.Port, _two.Port);
        await late.Start();

        await Knows(late, second, via: "10.0.0.2");
        await Knows(late, first, via: "10.0.0.1");
        Assert.Equal(_two.Boards.Catalogue.Current, late.Boards.Catalogue.Current);
        Assert.Empty(late.Boards.Routes.Current.Rejected);
    }

    private static string RouteTo(Prefix block, string via) =>
        Route.ToPeer(block, Ip.Parse(via), LinkName.Parse("eth0")).ToString();

    private static Task Knows(MeshHost host, Prefix block, string via) => Eventually.True(
        () => host.Kernel.ToString().Contains(RouteTo(block, via), StringComparison.Ordinal), $"a route to {block} via {via}");

    internal static (int First, int Second) FreePorts()
    {
        using var one = new TcpListener(IPAddress.Loopback, 0);
        using var two = new TcpListener(IPAddress.Loopback, 0);
        one.Start();
        two.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)two.LocalEndpoint).Port);
    }

    private sealed class FastClock : TimeProvider
    {
        public static readonly TimeSpan Wrong = TimeSpan.FromHours(3);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Wrong;
    }
}
