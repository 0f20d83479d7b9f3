using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Routes;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Routes;

public class PeerWatchTests
{
    private const int Count = 3;
    private static readonly Hop Hop = new(I("10.0.0.2"), Link("eth0"));
    private static readonly Hop Other = new(I("fe80::3"), Link("eth0.10"));

    [Fact]
    public void A_host_that_is_gone_is_known_to_be_within_seven_ticks()
    {
        var scene = new Scene { Daemon = false, Kernel = false };
        var ticks = scene.Until(w => w.Dead.Contains(Hop));
        Assert.InRange(ticks, Count + 1, PeerWatch.TicksPerTurn + Count);
    }

    [Fact]
    public void A_host_whose_daemon_is_silent_for_ever_is_not_dead()
    {
        var scene = new Scene { Daemon = false };
        scene.Run(1000);
        Assert.Empty(scene.Watch.Dead);
        // and it is not asked at every tick for that
        var before = scene.Questions;
        scene.Run(100);
        Assert.Equal(100 / PeerWatch.TicksPerTurn, scene.Questions - before);
    }

    [Fact]
    public void A_host_that_dies_while_its_daemon_is_silent_is_found_dead()
    {
        var scene = new Scene { Daemon = false };
        scene.Run(100);
        scene.Kernel = false;
        scene.Until(w => w.Dead.Contains(Hop));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_word_of_the_daemon_or_the_kernel_brings_a_dead_hop_back(bool daemon, bool kernel)
    {
        var scene = new Scene { Daemon = false, Kernel = false };
        scene.Run(100);
        Assert.Contains(Hop, scene.Watch.Dead);
        (scene.Daemon, scene.Kernel) = (daemon, kernel);
        Assert.InRange(scene.Until(w => w.Dead.IsEmpty), 1, PeerWatch.TicksPerTurn + 1);
    }

    [Fact]
    public void A_quiet_cluster_asks_in_turn_and_never_looks()
    {
        var scene = new Scene();
        scene.Run(400);
        Assert.Equal((100, 0), (scene.Questions, scene.Looks));
    }

    [Theory]
    [InlineData(NeighbourState.Unproven)]
    [InlineData(NeighbourState.Fixed)]
    [InlineData(NeighbourState.Reachable)]
    public void Silence_that_the_kernel_does_not_confirm_kills_nothing(NeighbourState neighbour)
    {
        var health = HopHealth.Fresh with { Lost = 100, Awaiting = true };
        Assert.False(health.Seen(NeighbourState.Failed, Count).Seen(neighbour, Count).Seen(NeighbourState.Failed, Count).IsDead);
    }

    [Fact]
    public void What_is_no_longer_watched_is_forgotten_and_what_still_is_keeps_its_state()
    {
        var scene = new Scene { Daemon = false, Kernel = false };
        scene.Run(20);
        var watch = scene.Watch.Watch(new HashSet<Hop> { Hop, Other });
        Assert.Equal([Hop], watch.Dead);
        watch = watch.Watch(new HashSet<Hop> { Other });
        Assert.Empty(watch.Dead);
        Assert.Equal(HopHealth.Fresh, Assert.Single(watch.Watch(new HashSet<Hop> { Hop }).Hops).Value);
        Assert.Equal(watch, watch.Answered(Hop).Seen(Hop, NeighbourState.Failed));
    }

    [Fact]
    public void Membership_is_live_then_suspect_then_stale_and_live_again_at_once()
    {
        var watch = PeerWatch.Of(Count);
        var states = new List<PeerState>();
        foreach (var (second, reachable) in new (int, bool?)[] { (0, true), (5, false), (64, false), (66, false), (70, false), (71, true), (72, null), (73, false), (74, true) })
        {
            var members = reachable is { } r ? new Dictionary<HostId, bool> { [HostB] = r } : [];
            watch = watch.Members(members, Noon.AddSeconds(second));
            states.Add(watch.Peers[HostB].State);
        }

        Assert.Equal(
            [PeerState.Live, PeerState.Suspect, PeerState.Suspect, PeerState.Stale, PeerState.Stale, PeerState.Live, PeerState.Stale, PeerState.Stale, PeerState.Live],
            states);
        Assert.Equal(Noon.AddSeconds(74), watch.Peers[HostB].Since);
    }

    [Fact]
    public void Whatever_happens_only_two_silent_witnesses_kill_and_membership_never_does() => Gen.Select(
            Gen.Bool, Gen.Bool, Gen.Int[0, 12], OneOf<bool?>(true, false, null)).Array[1, 30]
        .Sample(phases =>
        {
            var scene = new Scene();
            foreach (var (daemon, kernel, ticks, member) in phases)
            {
                (scene.Daemon, scene.Kernel, scene.Member) = (daemon, kernel, member);
                scene.Run(ticks);
            }

            (scene.Daemon, scene.Kernel) = (true, true);
            scene.Run(PeerWatch.TicksPerTurn + 1);
            Assert.Empty(scene.Watch.Dead);
        });

    /// <summary>One hop whose daemon and kernel answer, or not, between two ticks.</summary>
    private sealed class Scene
    {
        private NeighbourState _neighbour = NeighbourState.Unproven;

        public PeerWatch Watch { get; private set; } = PeerWatch.Of(Count).Watch(new HashSet<Hop> { Hop });

        public bool Daemon { get; set; } = true;

        public bool Kernel { get; set; } = true;

        public bool? Member { get; set; } = true;

        public int Questions { get; private set; }

        public int Looks { get; private set; }

        /// <summary>Questions since the last answer.</summary>
        private int Unanswered { get; set; }

        private long Now { get; set; }

        public int Until(Func<PeerWatch, bool> end)
        {
            for (var ticks = 1; ticks < 100; ticks++)
            {
                Run(1);
                if (end(Watch))
                    return ticks;
            }

            Assert.Fail("it never came to be so");
            return 0;
        }

        public void Run(int ticks)
        {
            for (; ticks > 0; ticks--)
                Step();
        }

        private void Step()
        {
            if (Kernel && _neighbour is NeighbourState.Asked or NeighbourState.Failed)
                _neighbour = NeighbourState.Reachable;
            Watch = Watch.Members(Member is { } m ? new Dictionary<HostId, bool> { [HostB] = m } : [], Noon.AddSeconds(Now));
            var (next, ask, look) = Watch.Tick(++Now);
            Watch = next;
            foreach (var hop in look)
                Look(hop);
            foreach (var hop in ask)
                Ask(hop);
        }

        /// <summary>As the kernel does: says what it thinks, and asks if it thought to know.</summary>
        private void Look(Hop hop)
        {
            Looks++;
            var dead = Watch.Dead.Contains(hop);
            Watch = Watch.Seen(hop, _neighbour);
            if (!dead && Watch.Dead.Contains(hop))
                Assert.True(!Kernel && Unanswered >= Count, $"dead, though the kernel answers: {Kernel}, echoes lost: {Unanswered}");
            _neighbour = Kernel ? NeighbourState.Reachable : _neighbour == NeighbourState.Asked ? NeighbourState.Failed : NeighbourState.Asked;
        }

        private void Ask(Hop hop)
        {
            (Questions, Unanswered) = (Questions + 1, Daemon ? 0 : Unanswered + 1);
            if (Daemon)
                Watch = Watch.Answered(hop);
        }
    }
}
