using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Watching;
using IpvlanActors.Sqlite;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Watching;

/// <summary>Who follows a node misses nothing and hears nothing twice.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private static readonly (string, string)[] L3 = [("parent", "eth0"), ("ipvlan_mode", "l3")];
    private readonly TestHost _host = new();
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await _host.Start();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Every_event_comes_once_and_in_order_over_restarts_of_the_node()
    {
        var follower = new Follower(new() { Events = WatchCommand.Beginning, Limit = 3 });
        await _node.Create("web", "10.1.0.0/24", L3);
        for (var life = 0; life < 3; life++)
        {
            var joins = Task.WhenAll(Enumerable.Range(0, 5).Select(n => _node.Join("web", _host.Container($"c{life}-{n}"))));
            while (!joins.IsCompleted)
                await follower.Ask(_node, TimeSpan.FromMilliseconds(50));
            await joins;
            _node = await _host.Start();
        }

        var file = SqliteJournalFile.Read(_host.Journal).ToList(); // a node that has just started writes on
        await follower.CatchUp(_node);

        Assert.True(file.Count > 50, $"{file.Count} events");
        Assert.Equal(
            file.Select(r => (r.PersistenceId, r.SequenceNr, r.Manifest)),
            follower.Events.Select(e => (e.PersistenceId, e.SequenceNr, e.Name)).Take(file.Count));
        Assert.Equal(0, follower.Resets);
    }

    [Fact]
    public async Task Who_waits_is_answered_when_something_happens_and_not_before()
    {
        var follower = new Follower(new() { Events = WatchCommand.Now });
        await follower.Ask(_node);

        var waiting = follower.Until(_node, () => follower.Names.Contains("NetworkAttached"), "the network");
        await _node.Create("web", "10.1.0.0/24", L3);

        await waiting;
        Assert.DoesNotContain("HostBorn", follower.Names);
    }

    [Fact]
    public async Task Who_waits_in_vain_is_told_so()
    {
        var follower = new Follower(new() { Events = WatchCommand.Now, State = WatchCommand.Now });
        await follower.CatchUp(_node);
        await Eventually.True(async () => await follower.Ask(_node, TimeSpan.FromMilliseconds(300)) is { Events: [], State: [], More: false }, "an empty answer");
    }

    [Fact]
    public async Task A_cursor_of_another_journal_is_told_from_one_of_this()
    {
        var other = new TestHost();
        await using (other)
        {
            var stranger = new Follower(new() { Events = WatchCommand.Beginning });
            await stranger.CatchUp(await other.Start());

            var reply = Assert.IsType<WatchReply>(await _node.Ask(new WatchCommand { Events = stranger.Command.Events }));

            Assert.True(reply.EventsReset);
            Assert.Empty(reply.Events);
            var mine = new Follower(new() { Events = WatchCommand.Beginning });
            await mine.CatchUp(_node);
            Assert.Contains(mine.Events, e => e.Cursor == reply.EventsMark);
        }
    }

    [Fact]
    public async Task A_number_that_the_journal_has_not_come_to_is_a_reset_and_nonsense_a_refusal()
    {
        Assert.True(Assert.IsType<WatchReply>(await _node.Ask(new WatchCommand { Events = "999999" })).EventsReset);
        Assert.Equal(RefusalCodes.CursorInvalid, (await _node.IsRefusedWithoutATrace(new WatchCommand { Events = "yesterday" })).Code);
        Assert.Equal(RefusalCodes.CursorInvalid, (await _node.IsRefusedWithoutATrace(new WatchCommand { State = "1.2" })).Code);
        Assert.Equal(RefusalCodes.NetworkUnknown, (await _node.IsRefusedWithoutATrace(new WatchCommand { Events = "0", Network = "none" })).Code);
    }

    [Fact]
    public async Task What_is_followed_can_be_one_network_or_one_endpoint()
    {
        var one = await _node.Create("one", "10.1.0.0/24", L3);
        await _node.Create("two", "10.2.0.0/24", L3);
        var first = await _node.Join("one", _host.Container("c1"));
        await _node.Join("two", _host.Container("c2"));
        await _node.Granted<EndpointReply>(new LeaveEndpointCommand("c1"));
        _node = await _host.Start();

        var network = new Follower(new() { Events = WatchCommand.Beginning, State = WatchCommand.Now, Network = "one" });
        var endpoint = new Follower(new() { Events = WatchCommand.Beginning, State = WatchCommand.Now, Endpoint = first.Endpoint.Value });
        await network.CatchUp(_node);
        await endpoint.CatchUp(_node);

        Assert.All(network.Events, e => Assert.Equal(one, e.Network));
        Assert.Equal(["AddressAllocated", "EndpointCreated", "EndpointJoined", "EndpointLeft"], endpoint.Names);
        Assert.Equal(
            ["NetworkNameReserved", "NetworkCreated", "NetworkAttached", "BlockClaimed", "BlockReceived", "AddressAllocated", "EndpointCreated", "EndpointJoined", "EndpointLeft"],
            network.Names);
        Assert.All(network.State.Values, s => Assert.Equal(one, s.OfNetwork));
        Assert.Superset(new HashSet<ShownKind> { ShownKind.Network, ShownKind.Block, ShownKind.Endpoint }, network.State.Keys.Select(k => k.Item1).ToHashSet());
        Assert.Equal(first.Endpoint, Assert.IsType<EndpointShown>(Assert.Single(endpoint.State.Values)).State.Endpoint);
    }

    [Fact]
    public async Task State_comes_as_a_whole_and_then_by_its_changes()
    {
        await _node.Create("web", "10.1.0.0/24", L3);
        await _node.Join("web", _host.Container("c1"));
        var follower = new Follower(new() { State = WatchCommand.Now, Limit = 1 });
        await follower.CatchUp(_node);
        Assert.Equal(1, follower.Resets);
        Assert.Equal("10.1.0.2/24", Shown<EndpointShown>(follower).State.Addresses.Single().ToString());

        await _node.Join("web", _host.Container("c2"));
        await follower.Until(_node, () => follower.State.Values.OfType<NetworkShown>().SingleOrDefault()?.Endpoints == 2, "two endpoints");
        await _node.Granted<EndpointReply>(new RemoveEndpointCommand("c1"));
        await _node.Granted<EndpointReply>(new RemoveEndpointCommand("c2"));
        await _node.Granted<NetworkReply>(new RemoveNetworkCommand("web"));
        await follower.Until(_node, () => follower.State.Keys.All(k => k.Item1 is ShownKind.Node or ShownKind.Host), "nothing left");
        Assert.Equal(1, follower.Resets);
    }

    [Fact]
    public async Task A_node_that_was_restarted_shows_everything_anew()
    {
        await _node.Create("web", "10.1.0.0/24", L3);
        var follower = new Follower(new() { State = WatchCommand.Now });
        await follower.CatchUp(_node);
        var before = Shown<NodeShown>(follower).Incarnation;

        _node = await _host.Start();
        await follower.CatchUp(_node);

        Assert.Equal(2, follower.Resets);
        Assert.Equal(before + 1, Shown<NodeShown>(follower).Incarnation);
        Assert.Equal("web", Shown<NetworkShown>(follower).Name);
    }

    [Fact]
    public async Task Many_who_wait_are_all_answered_and_nothing_is_kept_of_them()
    {
        var first = new Follower(new() { Events = WatchCommand.Beginning });
        await first.Until(_node, () => first.Names.Contains("HostRegistered"), "the start, which may still be news");
        var followers = Enumerable.Range(0, 200).Select(_ => new Follower(new() { Events = WatchCommand.Now, State = WatchCommand.Now })).ToList();
        foreach (var follower in followers)
            await follower.CatchUp(_node);
        var waiting = followers.ConvertAll(f => f.Until(_node, () => f.Names.Contains("EndpointJoined") && f.State.Values.OfType<BlockShown>().Any(), "the join"));

        await _node.Create("web", "10.1.0.0/24", L3);
        await _node.Join("web", _host.Container("c1"));

        await Task.WhenAll(waiting);
        foreach (var follower in followers)
            await follower.CatchUp(_node);
        Assert.All(followers, f => Assert.Equal(followers[0].Events.Select(e => e.Cursor), f.Events.Select(e => e.Cursor)));
        Assert.All(followers, f => Assert.Equal("web", Shown<BlockShown>(f).NetworkName));
    }

    [Fact]
    public async Task An_event_is_told_in_words_and_as_a_whole()
    {
        await _node.Create("web", "10.1.0.0/24", L3);
        var endpoint = await _node.Join("web", _host.Container("c1"));
        var follower = new Follower(new() { Events = WatchCommand.Beginning, Endpoint = "c1" });
        await follower.CatchUp(_node);

        var created = follower.Events.Single(e => e.Name == "EndpointCreated");
        Assert.Equal((endpoint.Network, endpoint.Endpoint, _node.Context.Host), (created.Network, created.Endpoint, created.By));
        Assert.Contains("c1 in network", created.Text, StringComparison.Ordinal);
        Assert.Contains("\"addresses\":[\"10.1.0.2/24\"]", created.Json, StringComparison.Ordinal);
    }

    private static T Shown<T>(Follower follower)
        where T : Shown => Assert.Single(follower.State.Values.OfType<T>());
}
