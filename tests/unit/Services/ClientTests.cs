using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using IpvlanActors.Client;
using IpvlanActors.Client.Messages;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Telemetry;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;
using Wire = IpvlanActors.Client.Wire;

namespace IpvlanActors.Tests.Unit.Services;

/// <summary>The client as a service uses it, against hosts of which all is real but the kernel.</summary>
public sealed class ClientTests : ServedCluster
{
    [Fact]
    public async Task A_service_does_everything_on_hosts_that_it_chooses_without_being_a_member()
    {
        var web = await Web();
        var detail = await Client.On("h3").Network("web");
        Assert.Equal((web.Id, "web", "l3", "eth0"), (detail.Network.Id, detail.Network.Name, detail.Network.Mode, detail.Network.Parent));
        Assert.Equal("10.1.0.0/16", Assert.Single(detail.Subnets).Prefix);
        Assert.Equal("l3", detail.Options["ipvlan_mode"]);

        var (two, three) = (await Join("h2", "c2"), await Join("h3", "c3", "10.1.7.7"));
        Assert.Equal(("c2", "joined", "web", "/run/netns/c2"), (two.Name, two.State, two.Network, two.Netns));
        Assert.Equal(["10.1.7.7/16"], three.Addresses);
        Assert.Equal(["default dev eth0 proto 3"], three.Routes);
        Assert.Equal((0, 1, 1), (Hosts[0].View.Endpoints.Count, Hosts[1].View.Endpoints.Count, Hosts[2].View.Endpoints.Count));

        Assert.Equal("c2", Assert.Single(await Client.On("h2").Endpoints("web")).Name);
        Assert.Equal("c3", (await Client.On(Hosts[2].Boards.View.Current.Host.Id!.Value.ToString()).Endpoint("c3")).Name); // by the host's id
        Assert.Equal(2, (await Client.Blocks("web")).Count);
        await Eventually.True(async () => (await Client.On("h1").Routes()).Count(r => r is { State: "accepted", Kernel: "installed" }) == 2, "the first host has both routes");
        var cluster = await Client.On("h2").Cluster();
        Assert.Equal(("h2", 3, $"127.0.0.1:{Hosts[0].Port}"), (cluster.Self.Name, cluster.Hosts.Count, cluster.Registry));
        Assert.All(cluster.Hosts, h => Assert.True(h is { Status: "Up", Reachable: true }));

        Assert.Equal("left", (await Client.On("h2").LeaveEndpoint("c2")).State);
        await Client.On("h2").RemoveEndpoint("c2");
        await Client.On("h3").RemoveEndpoint("c3");
        Assert.Equal(web, await Client.RemoveNetwork(web.Id[..6]));
        Assert.Empty(await Client.On("h2").Networks());
    }

    /// <summary>From the service over the host that it talks to, to the one that carries the command out, down to its kernel.</summary>
    [Fact]
    public async Task A_services_trace_goes_on_in_the_node_that_carries_its_command_out()
    {
        await Web();
        var ended = new ConcurrentQueue<Activity>();
        using var service = new ActivitySource("billing");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is Spans.SourceName or "billing",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        ActivityTraceId trace;
        using (var order = service.StartActivity("order")!)
        {
            trace = order.TraceId;
            await Join("h2", "c2");
        }

        await Eventually.True(() => ended.Any(s => s.TraceId == trace && s.DisplayName == nameof(JoinEndpointCommand)), "the command's span ends");
        var spans = ended.Where(s => s.TraceId == trace).ToList();
        Assert.Equal(spans.Single(s => s.DisplayName == "order").SpanId, spans.Single(s => s.DisplayName == nameof(JoinEndpointCommand)).ParentSpanId);
        Assert.Contains(spans, s => s.DisplayName == "kernel");
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_codes_and_changes_nothing()
    {
        await Web();
        var events = Hosts.Select(h => h.View.Events).ToList();

        Assert.Equal("network-exists", (await Refused(Web)).Code);
        var all = await Refused(() => Client.CreateNetwork(new("-") { Subnets = ["10.1.0.0/33"], Options = new Dictionary<string, string> { ["colour"] = "red" } }));
        Assert.Equal(["name-invalid", "option-unknown", "subnet-invalid"], all.Reasons.Select(r => r.Code).Order());
        Assert.Equal("network-unknown", (await Refused(() => Client.RemoveNetwork("mail"))).Code);
        Assert.Equal("network-unknown", (await Refused(() => Client.Network("mail"))).Code);
        Assert.Equal("endpoint-unknown", (await Refused(() => Client.On("h2").LeaveEndpoint("c9"))).Code);
        Assert.Equal("netns-invalid", (await Refused(() => Client.On("h2").JoinEndpoint(new("web", "nowhere")))).Code);
        Assert.Equal("host-unknown", (await Refused(() => Client.On("h9").Endpoints())).Code);
        Assert.Equal("request-invalid", (await Refused(() => Client.CreateNetwork(new("big") { Labels = new Dictionary<string, string> { ["a"] = new('x', 70_000) } }))).Code);
        Assert.Equal("cursor-invalid", (await Refused(async () => await Client.On("h1").Follow(new() { Events = "yesterday" }).GetAsyncEnumerator().MoveNextAsync())).Code);
        Assert.Throws<ArgumentException>(() => Client.Follow(new() { Events = FollowFrom.Now }));

        Assert.Equal(events, Hosts.Select(h => h.View.Events));
    }

    /// <summary>Lists come in pages that fit, whatever their length.</summary>
    [Fact]
    public async Task A_long_list_is_whole()
    {
        await Web();
        foreach (var n in Enumerable.Range(0, 400))
            await Hosts[1].Join("web", $"container-with-a-rather-long-name-so-that-few-of-them-fit-into-one-message-{n:000}");

        var listed = await Client.On("h2").Endpoints();
        Assert.Equal(400, listed.Select(e => e.Id).Distinct().Count());
        await using var follower = new Follower(Client.On("h2"), new() { Kinds = [ItemKind.Endpoint] });
        await Eventually.True(() => follower.State.Count == 400 && !follower.News.Last().More, "all were told");
        Assert.All(follower.State.Keys, k => Assert.Equal(ItemKind.Endpoint, k.Item1));
        Assert.Equal([true, .. Enumerable.Repeat(false, follower.News.Count - 1)], follower.News.Select(n => n.StateReset));
        Assert.Equal([.. Enumerable.Repeat(true, follower.News.Count - 1), false], follower.News.Select(n => n.More));
    }

    [Fact]
    public async Task Who_follows_misses_nothing_when_the_host_that_it_talks_to_goes_and_when_the_one_that_it_follows_starts_again()
    {
        var contact = (await Client.Cluster()).Self.Name;
        var followed = Hosts.Select(h => $"h{Hosts.IndexOf(h) + 1}").First(n => n != contact && n != "h1");
        await Web();
        await Join(followed, "c1");
        await using var follower = new Follower(Client.On(followed), new() { Events = FollowFrom.Beginning, State = FollowFrom.Now });
        await Eventually.True(() => follower.Names.Contains("EndpointJoined") && follower.State.Values.OfType<EndpointInfo>().Any(), "it has heard of the first");

        await HostNamed(contact).Stop();
        await Join(followed, "c2");
        await Eventually.True(() => follower.State.Values.OfType<EndpointInfo>().Count(e => e.State == "joined") == 2, "it hears by another host", seconds: 60);
        Assert.Single(follower.News, n => n.StateReset);

        await HostNamed(followed).Stop();
        await HostNamed(followed).Start();
        // a removal is said once, so not before the others have met the host's new life
        await Eventually.True(async () => (await Client.Cluster()).Hosts.Count(h => h is { Status: "Up", Reachable: true }) == 2, "both are members");
        await Client.On(followed).RemoveEndpoint("c1");
        await Eventually.True(
            () => follower.Names.Contains("EndpointRemoved") && follower.State.Values.OfType<EndpointInfo>().Select(e => e.Name).SequenceEqual(["c2"]), "it goes on where it was", seconds: 60);

        Assert.DoesNotContain(follower.News, n => n.EventsReset);
        var cursors = follower.Events.Select(e => long.Parse(e.Cursor.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(1, cursors.Count).Select(n => (long)n), cursors);
    }

    /// <summary>What one service has not taken in yet, its successor gets by the same marks.</summary>
    [Fact]
    public async Task A_service_goes_on_where_its_last_life_ended()
    {
        await Web();
        FollowFrom next;
        await using (var first = new Follower(Client.On("h2"), new() { Events = FollowFrom.Now, Network = "web" }))
        {
            await Eventually.True(() => first.News.Any(n => !n.More), "it has all");
            next = first.Next;
        }

        await Join("h2", "c2");
        await using var second = new Follower(Client.On("h2"), next);
        await Eventually.True(() => second.Names.Contains("EndpointJoined") && second.State.Values.OfType<EndpointInfo>().Any(), "it has what happened meanwhile");
        Assert.DoesNotContain(second.News, n => n.StateReset || n.EventsReset);
    }

    [Fact]
    public async Task A_service_that_is_a_member_goes_straight_to_a_host_and_troubles_none()
    {
        await Web();
        var config = ConfigurationFactory.ParseString($$"""
            akka.loggers = []
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.actor.provider = cluster
            akka.cluster.downing-provider-class = ""
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            akka.cluster { roles = [service], seed-nodes = ["akka.tcp://ipvland@127.0.0.1:{{Hosts[0].Port}}"] }
            """).WithFallback(IpvlanClient.Config);
        using var system = ActorSystem.Create("ipvland", config);
        await using var member = IpvlanClient.OfMember(system, TimeSpan.FromSeconds(40));
        await Eventually.True(() => Akka.Cluster.Cluster.Get(system).State.Members.Count == 4, "the service is a member", seconds: 60);

        Hosts[2].Kernel.AddSandbox("/run/netns/c3");
        Assert.Equal("joined", (await member.On("h3").JoinEndpoint(new("web", "c3"))).State);
        await Hosts[1].Stop();
        await Hosts[1].Start(); // younger than the service, which is no misfit
        await Eventually.True(() => Hosts[1].Boards.Cluster.Current is { Trouble: null, Members.Length: >= 4 }, "a host that is younger than the service is a member again", seconds: 60);
        Assert.Equal("h2", (await member.On("h2").Cluster()).Self.Name);
        await system.Terminate();
    }

    [Fact]
    public async Task Who_is_newer_than_a_host_is_refused_and_not_misunderstood()
    {
        using var system = ActorSystem.Create("service", ConfigurationFactory.ParseString("""
            akka.loggers = []
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            """).WithFallback(IpvlanClient.Config));
        var door = system.ActorSelection($"akka.tcp://ipvland@127.0.0.1:{Hosts[1].Port}/user/client");
        Assert.Equal("request-unknown", await Code(door, new Wire.Request { Needs = ClientProtocol.NodeLevel + 1, Cluster = new() }));
        Assert.Equal("request-unknown", await Code(door, new Wire.Request()));
        Assert.Equal("request-unknown", await Code(door, new Wire.Request { List = new() { Kind = 7 } }));
        Assert.Equal("request-unknown", await Code(door, new Wire.Request { List = new() { Kind = 256 } }));
        await system.Terminate();
    }

    private static async Task<string> Code(ICanTell door, Wire.Request request) =>
        Assert.IsType<Wire.Reply>(await door.Ask<object>(request, TimeSpan.FromSeconds(20))).Refused.Reasons[0].Code;
}
