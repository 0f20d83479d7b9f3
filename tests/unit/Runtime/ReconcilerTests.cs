using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Tests.Unit.Support;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>The clock of these tests moves only when they move it.</summary>
public sealed partial class ReconcilerTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly Config TestClock = ConfigurationFactory.ParseString(
        "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"").WithFallback(GateJournal.Config);

    private static readonly HostId Host = HostId.Parse(new string('1', 32));
    private static readonly NetworkId Network = NetworkId.Parse(new string('a', 32));
    private static readonly EndpointId Web = EndpointId.Parse(new string('b', 32));
    private static readonly Prefix Block = Prefix.Parse("10.1.0.0/26");
    private static readonly Route Peer = Route.ToPeer(Prefix.Parse("10.1.0.64/26"), Ip.Parse("10.0.0.2"), LinkName.Parse("eth0"));
    private static readonly Stamp At = new(DateTimeOffset.UnixEpoch, Host);

    private readonly FakeKernel _kernel = new();
    private readonly KernelDoor _door;
    private readonly NodeContext _node;
    private readonly IActorRef _reconciler;
    private readonly Sandbox _sandbox;

    public ReconcilerTests()
        : base(TestClock)
    {
        _kernel.AddLink("eth0", "10.0.0.1/24");
        _sandbox = _kernel.AddSandbox("/run/netns/web");
        _door = new(_kernel);
        _node = new(Host, "h1", FakeKernel.BootId, TimeProvider.System, new(new HostViewStore(HostView.Empty)), TimeSpan.Zero, static _ => { });
        var lanes = new KernelLanes(Lane(), [Lane()]);
        _reconciler = Sys.ActorOf(Props.Create<ReconcilerActor>(_node, lanes));
    }

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task A_pass_makes_what_is_missing_and_a_second_writes_nothing()
    {
        Attach("eth0");
        Join();
        _kernel.AddRoute(Route.Unreachable(Prefix.Parse("10.9.0.0/24"), Ownership.BlockGuardMetric));

        var first = await Pass();
        Assert.Equal(4, first.Writes); // two guards and the slave are made, the leftover is deleted
        Assert.Contains("ip -n web addr add 10.1.0.2/16 dev eth0", _kernel.Log);
        Assert.DoesNotContain("10.9.0.0", _kernel.ToString(), StringComparison.Ordinal);

        var (writes, second) = (_kernel.Attempts, await Pass());
        Assert.Equal((0, writes), (second.Writes, _kernel.Attempts));
    }

    [Fact]
    public async Task What_others_break_is_repaired()
    {
        Attach("");
        await Pass();
        var right = _kernel.ToString();

        _kernel.SetLink(Ownership.DummyName(Network).Value, up: false);
        await Pass();
        Assert.Equal(right, _kernel.ToString());
        _kernel.RemoveLink(Ownership.DummyName(Network).Value);
        await Pass();
        Assert.Equal(right, _kernel.ToString());
    }

    [Fact]
    public async Task A_change_in_the_kernel_is_followed_by_a_pass_of_its_own()
    {
        Attach("eth0");
        await Pass();
        var right = _kernel.ToString();
        Sys.EventStream.Subscribe(TestActor, typeof(KernelReport));

        _kernel.RemoveRoute(Route.Unreachable(Block, Ownership.BlockGuardMetric));
        _reconciler.Tell(new KernelChanged(KernelChanges.Routes));
        _reconciler.Tell(new KernelChanged(KernelChanges.Routes));
        await Processed();
        Clock.Advance(TimeSpan.FromMilliseconds(20));

        Assert.Equal(1, (await ExpectMsgAsync<KernelReport>(Patience)).Writes);
        Assert.Equal(right, _kernel.ToString());
        Clock.Advance(TimeSpan.FromMilliseconds(20));
        await Processed();
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_plug_waits_for_the_pass_and_is_not_done_twice()
    {
        Attach("eth0");
        using var held = new ManualResetEventSlim();
        _door.BeforeObserve = () => held.Wait(Patience);
        var pass = Pass();
        await Processed();
        Join();
        var plug = Plug(fresh: true);
        await Processed();
        Assert.Empty(_door.Batches);
        Assert.False(plug.IsCompleted);

        held.Set();

        await pass;
        Assert.Null((await plug).Fault);
        Assert.Single(_kernel.Log, l => l.Contains("type ipvlan", StringComparison.Ordinal));
        Assert.Equal(0, (await Pass()).Writes);
    }

    [Fact]
    public async Task A_plug_finds_what_a_pass_has_made_between_the_journal_and_it()
    {
        Attach("eth0");
        Join();
        await Pass();
        Assert.Null((await Plug(fresh: true)).Fault);
        Assert.Null((await Plug(fresh: false)).Fault);
        Assert.Equal(0, (await Pass()).Writes);
    }

    [Fact]
    public async Task A_pass_waits_for_the_plug_under_way()
    {
        Attach("eth0");
        await Pass();
        Join();
        using var held = new ManualResetEventSlim();
        _door.BeforeApply = _ => held.Wait(Patience);
        var observations = _kernel.Observations;
        var plug = Plug(fresh: true);
        await Processed();
        var pass = Pass();
        await Processed();
        Assert.Equal(observations, _kernel.Observations);

        held.Set();

        Assert.Null((await plug).Fault);
        Assert.Equal(0, (await pass).Writes);
    }

    [Fact]
    public async Task What_was_unplugged_does_not_come_back_before_the_journal_says_so()
    {
        Attach("eth0");
        Join();
        await Pass();
        Assert.Null((await Unplug()).Fault);

        Assert.Equal(0, (await Pass()).Writes);
        Assert.DoesNotContain("ipvlan", _kernel.ToString(), StringComparison.Ordinal);

        _node.View.Apply(PersistenceIds.Endpoint(Web), new EndpointLeft(At, LeaveReason.Asked));
        await Pass();
        _node.View.Apply(PersistenceIds.Endpoint(Web), new EndpointJoined(At, _sandbox, LinkName.Parse("eth0")));
        Assert.Equal(1, (await Pass()).Writes);
        Assert.Contains("ipvlan", _kernel.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slave_that_is_gone_already_is_said_to_be_not_found()
    {
        Attach("eth0");
        Join();
        Assert.Equal(FaultClass.NotFound, (await Unplug()).Fault!.Class);
    }

    [Fact]
    public async Task Routes_to_peers_stay_until_they_are_known()
    {
        _kernel.AddRoute(Peer);
        Assert.Equal(0, (await Pass()).Writes);
        Assert.Contains(Peer.ToString(), _kernel.ToString(), StringComparison.Ordinal);

        var other = Peer with { NextHop = Ip.Parse("10.0.0.3") };
        _reconciler.Tell(Routes([other]), TestActor); // it was started again, and hears of a change first
        await ExpectMsgAsync<AllPeerRoutes>(Patience);
        Assert.Equal(0, (await Pass()).Writes);
        _reconciler.Tell(All(other));
        await Pass();
        Assert.Contains(other.ToString(), _kernel.ToString(), StringComparison.Ordinal);
        _reconciler.Tell(Routes([], other));
        await Pass();
        Assert.DoesNotContain("route", _kernel.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_that_comes_or_goes_is_written_without_a_look_at_the_rest()
    {
        _reconciler.Tell(All());
        await Pass();
        var looks = _kernel.Observations;
        var other = Peer with { NextHop = Ip.Parse("10.0.0.3") };
        _reconciler.Tell(Routes([Peer]));
        _reconciler.Tell(Routes([other], Peer));
        await Eventually.True(() => _kernel.ToString().Contains(other.ToString(), StringComparison.Ordinal), "the route takes the other's place");
        Assert.Equal(looks, _kernel.Observations);
        Assert.Equal(0, (await Pass()).Writes);
    }

    [Fact]
    public async Task A_route_that_the_kernel_refuses_is_followed_by_a_pass()
    {
        _reconciler.Tell(All());
        await Pass();
        Sys.EventStream.Subscribe(TestActor, typeof(KernelReport));
        _kernel.FailNext(op => op is AddRoute, Errno.Fault(Errno.ENOBUFS, "injected"));
        _reconciler.Tell(Routes([Peer]));
        await Eventually.True(() => _kernel.Attempts > 0, "it is tried");
        await Processed();
        await AwaitAssertAsync(async () =>
        {
            Clock.Advance(TimeSpan.FromMilliseconds(20));
            await Processed();
            Assert.Contains(Peer.ToString(), _kernel.ToString(), StringComparison.Ordinal);
        }, Patience);
    }

    [Fact]
    public async Task A_route_that_comes_while_a_pass_looks_round_waits_for_it()
    {
        _reconciler.Tell(All());
        await Pass();
        using var held = new ManualResetEventSlim();
        _door.BeforeObserve = () => held.Wait(Patience);
        var pass = Pass();
        _reconciler.Tell(Routes([Peer]));
        await Processed();
        held.Set();
        Assert.Equal(0, (await pass).Writes);
        await Eventually.True(() => _kernel.ToString().Contains(Peer.ToString(), StringComparison.Ordinal), "the route is there");
        Assert.Equal(0, (await Pass()).Writes);
    }

    [Fact]
    public async Task What_the_kernel_refuses_is_tried_again_after_one_second_and_then_after_two()
    {
        Attach("eth0");
        var busy = Errno.Fault(Errno.ENOBUFS, "injected");
        for (var n = 0; n < 2; n++)
            _kernel.FailNext(op => op is AddRoute o && o.Route.Destination == Block, busy);
        Sys.EventStream.Subscribe(TestActor, typeof(KernelReport));

        Assert.Equal(busy, Assert.Single((await Pass()).Failed).Fault);
        await ExpectMsgAsync<KernelReport>(Patience);
        await ComesAfter(TimeSpan.FromSeconds(1), failed: 1);
        await ComesAfter(TimeSpan.FromSeconds(2), failed: 0);
        Assert.Contains(Block.ToString(), _kernel.ToString(), StringComparison.Ordinal);
        Clock.Advance(TimeSpan.FromSeconds(30));
        await Processed();
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_kernel_that_cannot_be_read_is_read_again()
    {
        Attach("eth0");
        _door.BeforeObserve = () => throw new IOException("dump interrupted");
        Sys.EventStream.Subscribe(TestActor, typeof(KernelReport));
        Assert.Equal(0, (await Pass()).Writes);
        await ExpectMsgAsync<KernelReport>(Patience);

        _door.BeforeObserve = static () => { };
        await ComesAfter(TimeSpan.FromSeconds(1), failed: 0);
        Assert.Contains(Block.ToString(), _kernel.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_that_is_no_more_is_reported_and_left_alone()
    {
        Attach("eth0");
        Join();
        await Pass();
        _kernel.RemoveSandbox(_sandbox.Path);
        var report = await Pass();
        Assert.Equal((Web, 0), (Assert.Single(report.Gone), report.Writes));
    }

    [Fact]
    public async Task Every_minute_there_is_a_look_into_every_container()
    {
        Attach("eth0");
        Join();
        await Pass();
        _kernel.RemoveSandboxLink(_sandbox.Path, "eth0");
        Sys.EventStream.Subscribe(TestActor, typeof(KernelReport));
        await ComesAfter(TimeSpan.FromSeconds(60), failed: 0);
        Assert.Contains("ipvlan", _kernel.ToString(), StringComparison.Ordinal);
    }

    private static PeerRoutes All(params Route[] all) => new(IsWhole: true, [.. all], []);

    private static PeerRoutes Routes(Route[] adds, params Route[] removes) => new(IsWhole: false, [.. adds], [.. removes]);

    private IActorRef Lane() => Sys.ActorOf(Props.Create<NetlinkActor>((Func<IKernel>)_door.Open));

    private Task<KernelReport> Pass() => _reconciler.Ask<KernelReport>(new Reconcile(WithSandboxes: true), Patience);

    private Task<SlaveHandled> Plug(bool fresh) => _reconciler.Ask<SlaveHandled>(
        new PlugEndpoint(DesiredKernel.SlaveOf(_node.View.Current.Endpoints[Web], _node.View.Current)!, fresh), Patience);

    private Task<SlaveHandled> Unplug() => _reconciler.Ask<SlaveHandled>(new UnplugEndpoint(Network, Web, _sandbox), Patience);

    /// <summary>The reconciler has taken in what was sent to it before.</summary>
    private Task Processed() => _reconciler.Ask<ActorIdentity>(new Identify(null), Patience);

    private async Task ComesAfter(TimeSpan wait, int failed)
    {
        var early = TimeSpan.FromMilliseconds(1);
        Clock.Advance(wait - early);
        await Processed();
        await ExpectNoMsgAsync(TimeSpan.Zero);
        Clock.Advance(early);
        Assert.Equal(failed, (await ExpectMsgAsync<KernelReport>(Patience)).Failed.Length);
    }

    private void Attach(string parent)
    {
        var options = parent.Length == 0 ? [] : new Dictionary<string, string> { ["parent"] = parent };
        options["ipvlan_mode"] = "l3";
        var (spec, _) = NetworkSpecReader.Read(new()
        {
            Name = "web",
            Subnets = ["10.1.0.0/16"],
            Options = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, options),
        });
        var link = parent.Length == 0 ? ParentLink.Dummy(Ownership.DummyName(Network)) : ParentLink.Given(LinkName.Parse(parent));
        var id = PersistenceIds.HostNetwork(Host, Network);
        _node.View.Apply(id, new NetworkAttached(At, Network, spec!, link, At.At));
        if (link.Made != ParentKind.Given)
            _node.View.Apply(id, new ParentLinkCreated(At, link));
        _node.View.Apply(id, new BlockReceived(At, Block, 1));
    }

    private void Join()
    {
        var id = PersistenceIds.Endpoint(Web);
        _node.View.Apply(id, new EndpointCreated(At, Web, Network, "web", [InterfaceAddress.Parse("10.1.0.2/16")]));
        _node.View.Apply(id, new EndpointJoined(At, _sandbox, LinkName.Parse("eth0")));
    }
}
