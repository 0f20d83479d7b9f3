using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Routes;
using IpvlanActors.Tests.Unit.Support;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>What should stand and what can: the reconciler with hops that are dead.</summary>
public sealed class DeadHopTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly Route Peer = Route.ToPeer(Prefix.Parse("10.1.0.64/26"), Ip.Parse("10.0.0.2"), LinkName.Parse("eth0"));
    private static readonly Route Other = Peer with { Destination = Prefix.Parse("10.1.0.128/26"), NextHop = Ip.Parse("10.0.0.3") };

    private readonly FakeKernel _kernel = new();
    private readonly NodeContext _node;
    private readonly IActorRef _reconciler;

    public DeadHopTests()
        : base(GateJournal.Config)
    {
        _kernel.AddLink("eth0", "10.0.0.1/24");
        _node = new(
            HostId.Parse(new string('1', 32)), "h1", FakeKernel.BootId, TimeProvider.System,
            new(new HostViewStore(HostView.Empty)), TimeSpan.Zero, static _ => { });
        var lane = Sys.ActorOf(Props.Create<NetlinkActor>((Func<IKernel>)new KernelDoor(_kernel).Open));
        _reconciler = Sys.ActorOf(Props.Create<ReconcilerActor>(_node, new KernelLanes(lane, [lane])));
    }

    [Fact]
    public async Task Routes_by_a_dead_hop_go_and_come_back_with_it()
    {
        Want([Peer, Other], []);
        await Pass();
        Assert.Equal(2, _node.Boards.Hops.Current.Count);
        var right = _kernel.ToString();

        Dead(Hop.Of(Peer)!.Value);
        await Pass();
        Assert.DoesNotContain(Peer.ToString(), _kernel.ToString(), StringComparison.Ordinal);
        Assert.Contains(Other.ToString(), _kernel.ToString(), StringComparison.Ordinal);

        Dead();
        await Pass();
        Assert.Equal(right, _kernel.ToString());
    }

    [Fact]
    public async Task A_route_that_comes_by_a_dead_hop_waits_for_it()
    {
        Want([Other], []);
        Dead(Hop.Of(Peer)!.Value);
        await Pass();
        var right = _kernel.ToString();
        Want([Other, Peer], [Peer]);
        await Pass();
        Assert.Equal(right, _kernel.ToString());

        Dead();
        await Pass();
        Assert.Contains(Peer.ToString(), _kernel.ToString(), StringComparison.Ordinal);
    }

    private void Want(Route[] all, ImmutableArray<Route> adds) =>
        _reconciler.Tell(adds.IsEmpty ? new PeerRoutes(IsWhole: true, [.. all], []) : new PeerRoutes(IsWhole: false, adds, []));

    private void Dead(params Hop[] hops)
    {
        _node.Boards.Peers.Current = PeerBoard.Empty with { Dead = [.. hops] };
        Sys.EventStream.Publish(new PeersChanged(_node.Boards.Peers.Current));
    }

    private Task Pass() => _reconciler.Ask<KernelReport>(new Reconcile(WithSandboxes: false), Patience);
}
