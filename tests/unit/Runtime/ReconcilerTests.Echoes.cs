using Akka.Actor;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Runtime.Kernel;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>The kernel tells of what we did ourselves like of anything else.</summary>
public sealed partial class ReconcilerTests
{
    [Fact]
    public async Task The_echo_of_routes_that_we_wrote_is_one_look_when_they_have_ceased_and_not_one_each()
    {
        _reconciler.Tell(All());
        await Processed();
        Clock.Advance(TimeSpan.FromMilliseconds(20)); // the first is followed by a pass of its own
        await Pass();
        var looks = _kernel.Observations;
        for (var n = 0; n < 3; n++)
        {
            _reconciler.Tell(n % 2 == 0 ? Routes([Peer]) : Routes([], Peer));
            _reconciler.Tell(new KernelChanged(KernelChanges.Routes));
            await Processed();
            Clock.Advance(TimeSpan.FromMilliseconds(300));
            await Processed();
        }

        Assert.Equal(looks, _kernel.Observations);
        Sys.EventStream.Subscribe(TestActor, typeof(KernelReport));
        Clock.Advance(TimeSpan.FromMilliseconds(700));
        Assert.Equal(0, (await ExpectMsgAsync<KernelReport>(Patience)).Writes);
        _reconciler.Tell(new KernelChanged(KernelChanges.Routes)); // by others: nothing of ours is under way
        await Processed();
        Clock.Advance(TimeSpan.FromMilliseconds(20));
        await ExpectMsgAsync<KernelReport>(Patience);
    }

    [Fact]
    public async Task A_slave_and_a_route_of_ours_that_are_told_of_in_one_breath_are_no_reason_to_look()
    {
        Attach("eth0");
        await Pass();
        Join();
        Assert.Null((await Plug(fresh: true)).Fault);
        _reconciler.Tell(new GuardBlock(Peer.Destination));
        await Processed();
        var looks = _kernel.Observations;
        _reconciler.Tell(new KernelChanged(KernelChanges.Slaves | KernelChanges.Routes));
        await Processed();
        Clock.Advance(TimeSpan.FromMilliseconds(500));
        await Processed();
        Assert.Equal(looks, _kernel.Observations);
        _reconciler.Tell(new KernelChanged(KernelChanges.All)); // messages were lost, so nothing is known
        await Processed();
        Clock.Advance(TimeSpan.FromMilliseconds(20));
        await Eventually.True(() => _kernel.Observations > looks, "a look");
    }

    [Fact]
    public async Task Routes_that_never_cease_to_come_and_go_are_looked_at_all_the_same()
    {
        _reconciler.Tell(All());
        await Processed();
        Clock.Advance(TimeSpan.FromMilliseconds(20));
        await Pass();
        var looks = _kernel.Observations;
        for (var n = 0; n < 22; n++)
        {
            _reconciler.Tell(n % 2 == 0 ? Routes([Peer]) : Routes([], Peer));
            await Processed();
            Assert.True(_kernel.Observations == looks || n >= 20, $"{n * 500} ms");
            Clock.Advance(TimeSpan.FromMilliseconds(500));
            await Processed();
        }

        await Eventually.True(() => _kernel.Observations > looks, "a look although there was no pause");
    }

    [Fact]
    public async Task What_the_parent_tells_of_our_own_slaves_is_no_reason_to_look_into_containers()
    {
        Attach("eth0");
        await Pass();
        Sys.EventStream.Subscribe(TestActor, typeof(KernelReport));
        Join();
        Assert.Null((await Plug(fresh: true)).Fault);
        var looks = _kernel.Observations;
        _reconciler.Tell(new KernelChanged(KernelChanges.Slaves));
        await Processed();
        Clock.Advance(TimeSpan.FromMilliseconds(500));
        await Processed();
        Assert.Equal(looks, _kernel.Observations);
        await ExpectNoMsgAsync(TimeSpan.Zero);

        Clock.Advance(TimeSpan.FromMilliseconds(500));
        await Processed();
        _kernel.RemoveSandboxLink(_sandbox.Path, "eth0"); // by others: nothing of ours is under way
        _reconciler.Tell(new KernelChanged(KernelChanges.Slaves));
        await Processed();
        Clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(1, (await ExpectMsgAsync<KernelReport>(Patience)).Writes);
    }
}
