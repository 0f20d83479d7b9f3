using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Routes;
using IpvlanActors.Tests.Unit.Support;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

public sealed class PeerWatchActorTests : TestKit
{
    private static readonly HostId Peer = HostId.Parse(new string('2', 32));
    private static readonly Hop Hop = new(Ip.Parse("10.0.0.2"), LinkName.Parse("eth0"));

    private readonly FakeKernel _kernel = new();
    private readonly KernelDoor _door;
    private readonly NodeContext _node;
    private readonly FakeEcho _echo = new();

    public PeerWatchActorTests()
        : base(GateJournal.Config)
    {
        _kernel.AddLink("eth0", "10.0.0.1/24");
        _door = new(_kernel);
        _node = new(
            HostId.Parse(new string('1', 32)), "h1", FakeKernel.BootId, TimeProvider.System,
            new(new HostViewStore(HostView.Empty)), TimeSpan.Zero, static _ => { });
        _node.Boards.Kernel.Current = KernelReport.Empty with { Observed = _kernel.Observe([]) };
    }

    [Fact]
    public async Task A_hop_is_dead_when_neither_witness_answers_and_alive_when_one_does()
    {
        Start(_echo.Open);
        await Becomes(_ => _echo.Asked.Contains((Hop.Address, _kernel.Observe([]).Link(Hop.Link)!.Index)), "it is asked");
        Assert.Empty(_node.Boards.Peers.Current.Dead);

        _echo.Answers = false;
        _kernel.SetNeighbour(Hop, NeighbourState.Failed);
        await Becomes(b => b.Dead.SetEquals([Hop]), "dead");

        _kernel.SetNeighbour(Hop, NeighbourState.Reachable);
        await Becomes(b => b.Dead.IsEmpty, "alive by the kernel's word");

        _kernel.SetNeighbour(Hop, NeighbourState.Failed);
        await Becomes(b => b.Dead.SetEquals([Hop]), "dead again");
        _echo.Answers = true;
        await Becomes(b => b.Dead.IsEmpty, "alive by the daemon's word");
    }

    [Fact]
    public async Task A_daemon_that_is_silent_withdraws_nothing()
    {
        _echo.Answers = false;
        Start(_echo.Open);
        await Becomes(_ => _echo.Asked.Count > 30, "it has been asked often");
        Assert.Empty(_node.Boards.Peers.Current.Dead);
    }

    [Fact]
    public async Task Answers_that_nobody_asked_for_prove_nothing()
    {
        _echo.Answers = false;
        _kernel.SetNeighbour(Hop, NeighbourState.Failed);
        Start(_echo.Open);
        await Becomes(b => !b.Dead.IsEmpty, "dead");
        for (var number = 0UL; number < 1000; number++)
            _echo.Answer(number);
        var asked = _echo.Asked.Count;
        await Becomes(_ => _echo.Asked.Count > asked + 3, "time has passed");
        Assert.NotEmpty(_node.Boards.Peers.Current.Dead);
    }

    [Fact]
    public async Task A_kernel_that_cannot_be_read_now_is_asked_again()
    {
        var failing = true;
        _door.BeforeObserve = () => _ = failing ? throw new IOException("lost") : 0;
        _echo.Answers = false;
        _kernel.SetNeighbour(Hop, NeighbourState.Failed);
        Start(_echo.Open);
        await Becomes(_ => _echo.Asked.Count > 10, "it has been asked often");
        Assert.Empty(_node.Boards.Peers.Current.Dead);
        failing = false;
        await Becomes(b => !b.Dead.IsEmpty, "dead");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_and_tried_again()
    {
        var taken = true;
        Start(answered => taken ? throw new IOException("UDP port 4054 cannot be used") : _echo.Open(answered));
        await Becomes(b => b.Problem.Contains("4054", StringComparison.Ordinal), "it is told");
        taken = false;
        await Becomes(b => b.Problem.Length == 0 && !_echo.Asked.IsEmpty, "it is open");
    }

    [Fact]
    public async Task Members_are_what_the_cluster_says_and_withdraw_nothing()
    {
        Start(null);
        Assert.Equal(PeerState.Stale, _node.Boards.Peers.Current.StateOf(Peer));
        foreach (var (reachable, state) in new[] { (true, PeerState.Live), (false, PeerState.Suspect), (true, PeerState.Live) })
        {
            _node.Boards.Cluster.Current = new([new(Peer, "10.0.0.2:4053", "Up", reachable, false, false)], null);
            await Becomes(b => b.StateOf(Peer) == state, state.ToString());
        }

        _node.Boards.Cluster.Current = ClusterBoard.Empty;
        await Becomes(b => b.StateOf(Peer) == PeerState.Stale, "stale");
        Assert.Empty(_node.Boards.Peers.Current.Dead);
    }

    private void Start(Func<Action<ulong>, IEcho>? open)
    {
        var lanes = new KernelLanes(Sys.ActorOf(Props.Create<NetlinkActor>((Func<IKernel>)_door.Open)), []);
        _node.Boards.Hops.Current = [Hop];
        Sys.ActorOf(Props.Create<PeerWatchActor>(_node, lanes, new ProbeSettings(TimeSpan.FromMilliseconds(10), 3, open)));
    }

    private Task Becomes(Func<PeerBoard, bool> condition, string what) => Eventually.True(() => condition(_node.Boards.Peers.Current), what);

    private sealed class FakeEcho : IEcho
    {
        private volatile bool _answers = true;
        private Action<ulong> _answered = _ => { };

        public ConcurrentQueue<(Ip Address, int Link)> Asked { get; } = [];

        public bool Answers
        {
            get => _answers;
            set => _answers = value;
        }

        public IEcho Open(Action<ulong> answered)
        {
            _answered = answered;
            return this;
        }

        public void Answer(ulong number) => _answered(number);

        public void Ask(Ip address, int link, ulong number)
        {
            Asked.Enqueue((address, link));
            if (Answers)
                _answered(number);
        }

        public void Dispose()
        {
        }
    }
}
