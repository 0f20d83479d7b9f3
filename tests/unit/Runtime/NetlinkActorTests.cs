using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Tests.Unit.Support;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

public sealed class NetlinkActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly FakeKernel _kernel = new();
    private readonly KernelDoor _door;
    private readonly IActorRef _lane;

    public NetlinkActorTests()
        : base(GateJournal.Config)
    {
        _door = new(_kernel);
        _lane = Sys.ActorOf(Props.Create<NetlinkActor>((Func<IKernel>)_door.Open));
    }

    [Fact]
    public async Task What_waits_is_one_batch_and_each_asker_hears_of_its_own()
    {
        using var held = new ManualResetEventSlim();
        _door.BeforeApply = _ => held.Wait(Patience);
        var first = Apply(Guard(0));
        await Eventually.True(() => _door.Batches.Length == 1, "the lane is in the kernel");

        var second = Apply(Guard(1), Guard(0));
        var third = Apply(Guard(2));
        held.Set();

        Assert.Equal([null], Classes(await first));
        Assert.Equal([null, FaultClass.Exists], Classes(await second));
        Assert.Equal([null], Classes(await third));
        Assert.Equal([1, 3], _door.Batches.Select(b => b.Length));
        Assert.Equal(3, _kernel.Writes);
    }

    [Fact]
    public async Task A_look_comes_after_what_was_asked_before()
    {
        using var held = new ManualResetEventSlim();
        _door.BeforeApply = _ => held.Wait(Patience);
        var first = Apply(Guard(0));
        await Eventually.True(() => _door.Batches.Length == 1, "the lane is in the kernel");
        var second = Apply(Guard(1));
        var look = _lane.Ask<ObservedKernel>(new ObserveKernel([]), Patience);
        held.Set();

        await Task.WhenAll(first, second);
        Assert.Equal(2, (await look).Routes.Length);
    }

    [Fact]
    public async Task A_kernel_that_cannot_be_read_is_a_failure_for_the_asker_alone()
    {
        _door.BeforeObserve = () => throw new IOException("dump interrupted");
        _lane.Tell(new ObserveKernel([]), TestActor);
        var failure = await ExpectMsgAsync<Status.Failure>(Patience);
        Assert.IsType<IOException>(failure.Cause);

        _door.BeforeObserve = static () => { };
        Assert.Equal([null], Classes(await Apply(Guard(0))));
        Assert.Single((await _lane.Ask<ObservedKernel>(new ObserveKernel([]), Patience)).Routes);
    }

    [Fact]
    public async Task A_path_leads_to_a_namespace_or_is_refused()
    {
        var web = _kernel.AddSandbox("/run/netns/web");
        Assert.Equal(new SandboxIdentified(web, null), await _lane.Ask<SandboxIdentified>(new IdentifySandbox(web.Path), Patience));
        var none = await _lane.Ask<SandboxIdentified>(new IdentifySandbox("/run/netns/none"), Patience);
        Assert.Equal((null, FaultClass.NotFound), (none.Sandbox, none.Fault!.Class));
    }

    [Fact]
    public async Task Deletes_are_spread_over_the_lanes_and_answered_in_order()
    {
        var other = new KernelDoor(_kernel);
        var lanes = new KernelLanes(_lane, [_lane, Sys.ActorOf(Props.Create<NetlinkActor>((Func<IKernel>)other.Open))]);
        await Apply(Guard(0), Guard(2));
        ImmutableArray<KernelOp> deletes = [Unguard(0), Unguard(1), Unguard(2)];

        var applied = await lanes.Unplug(deletes);

        Assert.Equal(deletes.AsEnumerable(), applied.Ops);
        Assert.Equal([null, FaultClass.NotFound, null], Classes(applied));
        Assert.Equal(3, _door.Batches.Skip(1).Concat(other.Batches).Sum(b => b.Length));
        Assert.Single(other.Batches);
        Assert.Empty((await lanes.Apply([])).Faults);
    }

    private Task<OpsApplied> Apply(params KernelOp[] ops) => _lane.Ask<OpsApplied>(new ApplyOps([.. ops]), Patience);

    private static AddRoute Guard(ulong n) => new(Blocked(n));

    private static DeleteRoute Unguard(ulong n) => new(Blocked(n));

    private static Route Blocked(ulong n) => Route.Unreachable(Prefix.Parse("10.1.0.0/16").Nth(26, n), Ownership.BlockGuardMetric);

    private static IEnumerable<FaultClass?> Classes(OpsApplied applied) => applied.Faults.Select(f => f?.Class);
}
