using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Xunit;

namespace IpvlanActors.Tests.Unit.Journal.Conformance;

/// <summary>What every journal owes Akka.Persistence, and this house.</summary>
public abstract class JournalSpec(Plugin plugin) : PluginSpec(plugin)
{
    [Fact]
    public async Task Events_come_back_as_they_were_written_and_in_that_order()
    {
        await Written(Id, 1, 5);
        await Written(Id, 6, 12);

        var (events, highest) = await Replayed(Id);

        Assert.Equal(Enumerable.Range(1, 12).Select(nr => (object)Event(nr)), Payloads(events));
        Assert.Equal(Enumerable.Range(1, 12).Select(nr => (long)nr), Numbers(events));
        Assert.All(events, e => Assert.Equal(Id, e.PersistenceId));
        Assert.Equal(12, highest);
    }

    [Fact]
    public async Task Events_say_when_they_were_written()
    {
        var before = DateTime.UtcNow.AddSeconds(-1);
        await Written(Id, 1, 1);

        var (events, _) = await Replayed(Id);

        Assert.InRange(new DateTime(events[0].Timestamp, DateTimeKind.Utc), before, DateTime.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task An_unknown_id_has_no_events_and_no_highest_number()
    {
        await Written(Id, 1, 3);

        var (events, highest) = await Replayed(Id + "-of-nobody");

        Assert.Empty(events);
        Assert.Equal(0, highest);
    }

    [Theory]
    [InlineData("it's")]
    [InlineData("a\"b; DROP TABLE event_journal --")]
    [InlineData("größe/☃")]
    public async Task An_id_is_any_text_and_only_itself(string text)
    {
        var id = $"{Id}-{text}";
        await Written(id, 1, 2);
        await Written(id.ToUpperInvariant(), 1, 4);

        Assert.Equal(2, (await Replayed(id)).Highest);
        Assert.Equal(4, (await Replayed(id.ToUpperInvariant())).Events.Length);
    }

    [Theory]
    [InlineData(1, 10, long.MaxValue, new long[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })]
    [InlineData(3, 5, long.MaxValue, new long[] { 3, 4, 5 })]
    [InlineData(4, 4, long.MaxValue, new long[] { 4 })]
    [InlineData(0, 2, long.MaxValue, new long[] { 1, 2 })]
    [InlineData(8, long.MaxValue, long.MaxValue, new long[] { 8, 9, 10 })]
    [InlineData(2, long.MaxValue, 3, new long[] { 2, 3, 4 })]
    [InlineData(2, 3, 5, new long[] { 2, 3 })]
    [InlineData(1, long.MaxValue, 0, new long[0])]
    [InlineData(5, 4, long.MaxValue, new long[0])]
    public async Task A_replay_keeps_to_its_bounds_and_always_tells_the_highest_number(long from, long to, long max, long[] expected)
    {
        await Written(Id, 1, 10);

        var (events, highest) = await Replayed(Id, from, to, max);

        Assert.Equal(expected, Numbers(events));
        Assert.Equal(10, highest);
    }

    [Fact]
    public async Task A_replay_from_past_the_last_event_has_none()
    {
        await Written(Id, 1, 10);

        var (events, highest) = await Replayed(Id, from: 11);

        Assert.Empty(events);
        Assert.Equal(HighestOfTenFromPastTheEnd, highest);
    }

    [Fact]
    public async Task An_actor_goes_on_after_a_rejected_event_and_recovers_without_it()
    {
        var probe = CreateTestProbe();
        var actor = Plugin.System.ActorOf(Props.Create<NotingActor>(Id));
        foreach (var @event in (object[])[Event(1), new Unwritable(), Event(3)])
            actor.Tell(@event, probe);
        await probe.ExpectMsgAsync<string>(m => Assert.Equal("stored 1", m));
        await probe.ExpectMsgAsync<string>(m => Assert.Equal("rejected 2", m));
        await probe.ExpectMsgAsync<string>(m => Assert.Equal("stored 3", m));
        await actor.GracefulStop(TimeSpan.FromSeconds(10));

        Plugin.System.ActorOf(Props.Create<NotingActor>(Id)).Tell("state?", probe);

        await probe.ExpectMsgAsync<string>(m => Assert.Equal("event 1, event 3", m));
    }

    [Fact]
    public async Task An_atomic_write_is_acknowledged_and_stored_event_by_event()
    {
        await Acknowledged(CreateTestProbe(), Atomic(Id, (1, Event(1)), (2, Event(2)), (3, Event(3))));

        Assert.Equal([Event(1), Event(2), Event(3)], Payloads((await Replayed(Id)).Events));
    }

    [Fact]
    public async Task An_atomic_write_of_which_one_number_is_taken_leaves_nothing()
    {
        await Written(Id, 1, 2);
        var probe = CreateTestProbe();
        var write = Atomic(Id, (3, new Noted("twin 3")), (4, new Noted("twin 4")), (2, new Noted("twin 2")));

        Ask(probe, write);
        await Failure(probe, write);

        var (events, highest) = await Replayed(Id);
        Assert.Equal([Event(1), Event(2)], Payloads(events));
        Assert.Equal(2, highest);
    }

    [Fact]
    public async Task A_second_writer_of_a_number_is_refused_and_nobody_beside_it()
    {
        await Written(Id, 1, 3);
        var writers = Enumerable.Range(0, 30)
            .Select(i => (Probe: CreateTestProbe(), Write: i == 15 ? Atomic(Id, (3, new Noted("twin"))) : Atomic($"{Id}-{i}", (1, Event(1)))))
            .ToArray();

        foreach (var (probe, write) in writers)
            Ask(probe, write);

        var cause = await Failure(writers[15].Probe, writers[15].Write);
        Assert.Contains("UNIQUE", cause.ToString(), StringComparison.OrdinalIgnoreCase);
        foreach (var (probe, write) in writers.Where((_, i) => i != 15))
            await Acknowledgement(probe, write);
        Assert.Equal([Event(1), Event(2), Event(3)], Payloads((await Replayed(Id)).Events));
        Assert.Equal([Event(1)], Payloads((await Replayed($"{Id}-29")).Events));
    }

    [Fact]
    public async Task Deleted_events_are_gone_and_the_later_ones_are_not()
    {
        await Written(Id, 1, 6);
        await Written(Id + "-other", 1, 6);

        await Deleted(Id, 4);

        var (events, highest) = await Replayed(Id);
        Assert.Equal([5, 6], Numbers(events));
        Assert.Equal(6, highest);
        Assert.Equal(6, (await Replayed(Id + "-other")).Events.Length);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(100)]
    [InlineData(long.MaxValue)]
    public async Task The_highest_number_is_kept_when_all_events_are_deleted(long to)
    {
        await Written(Id, 1, 6);

        await Deleted(Id, to);
        await Deleted(Id, to);

        var (events, highest) = await Replayed(Id);
        Assert.Empty(events);
        Assert.Equal(6, highest);
    }

    [Fact]
    public async Task After_a_deletion_of_everything_writing_goes_on_with_the_next_number()
    {
        await Written(Id, 1, 3);
        await Deleted(Id, 3);
        await Written(Id, 4, 5);
        await Deleted(Id, 4);

        var (events, highest) = await Replayed(Id);
        Assert.Equal([5], Numbers(events));
        Assert.Equal(5, highest);
    }

    [Fact]
    public async Task The_number_of_the_last_event_stays_taken_after_its_deletion()
    {
        await Written(Id, 1, 3);
        await Deleted(Id, 3);
        var probe = CreateTestProbe();
        var late = Atomic(Id, (3, new Noted("twin")));

        Ask(probe, late);

        await Failure(probe, late);
        Assert.Empty((await Replayed(Id)).Events);
    }

    [Fact]
    public async Task Deleting_what_never_was_succeeds()
    {
        await Deleted(Id, 10);

        Assert.Equal(0, (await Replayed(Id)).Highest);
    }

    [Fact]
    public async Task An_event_that_cannot_be_serialized_is_rejected_alone()
    {
        var probe = CreateTestProbe();
        Ask(probe, Atomic(Id, (1, Event(1))), Atomic(Id, (2, Event(2)), (3, new Unwritable())), Atomic(Id, (4, Event(4))));

        await probe.ExpectMsgAsync<WriteMessagesSuccessful>();
        Assert.Equal(1, (await probe.ExpectMsgAsync<WriteMessageSuccess>()).Persistent.SequenceNr);
        Assert.Equal(2, (await probe.ExpectMsgAsync<WriteMessageRejected>()).Persistent.SequenceNr);
        var rejected = await probe.ExpectMsgAsync<WriteMessageRejected>();
        Assert.Contains("an event that cannot be written", rejected.Cause.ToString(), StringComparison.Ordinal);
        Assert.Equal(4, (await probe.ExpectMsgAsync<WriteMessageSuccess>()).Persistent.SequenceNr);
        var (events, _) = await Replayed(Id);
        Assert.Equal([1, 4], Numbers(events));
    }

    [Fact]
    public async Task A_rejected_write_by_itself_stores_nothing()
    {
        var probe = CreateTestProbe();
        Ask(probe, Atomic(Id, (1, new Unwritable())));

        await probe.ExpectMsgAsync<WriteMessagesSuccessful>();
        await probe.ExpectMsgAsync<WriteMessageRejected>();
        Assert.Equal(0, (await Replayed(Id)).Highest);
    }

    [Fact]
    public async Task A_tagged_event_comes_back_without_its_tags_wrapping()
    {
        await Acknowledged(CreateTestProbe(), Atomic(Id, (1, new Tagged(Event(1), ["red", "blue"]))));

        Assert.Equal([Event(1)], Payloads((await Replayed(Id)).Events));
    }

    [Fact]
    public async Task A_large_event_comes_back_whole()
    {
        var large = new Noted(new string('x', 5_000_000) + "end");
        await Acknowledged(CreateTestProbe(), Atomic(Id, (1, large)));

        Assert.Equal([large], Payloads((await Replayed(Id)).Events));
    }

    [Fact]
    public async Task Many_writers_at_once_are_all_acknowledged_and_each_finds_its_own()
    {
        const int Writers = 40, Each = 10;
        var probes = Enumerable.Range(0, Writers).Select(_ => CreateTestProbe()).ToArray();
        for (var nr = 1; nr <= Each; nr++)
        {
            for (var w = 0; w < Writers; w++)
                Ask(probes[w], Atomic($"{Id}-{w}", (nr, new Noted($"{w}: {nr}"))));
        }

        foreach (var probe in probes)
        {
            for (var nr = 1; nr <= Each; nr++)
            {
                await probe.ExpectMsgAsync<WriteMessagesSuccessful>();
                Assert.Equal(nr, (await probe.ExpectMsgAsync<WriteMessageSuccess>()).Persistent.SequenceNr);
            }
        }

        for (var w = 0; w < Writers; w++)
            Assert.Equal(Enumerable.Range(1, Each).Select(nr => (object)new Noted($"{w}: {nr}")), Payloads((await Replayed($"{Id}-{w}")).Events));
    }

    [Fact]
    public async Task A_recovery_sees_the_writes_that_its_id_has_under_way()
    {
        var writer = CreateTestProbe();
        var reader = CreateTestProbe();
        Ask(writer, [.. Enumerable.Range(1, 200).Select(nr => Atomic(Id, (nr, Event(nr))))]);
        Journal.Tell(new ReplayMessages(1, long.MaxValue, long.MaxValue, Id, reader), reader);

        var (events, highest) = await Replay(reader);

        Assert.Equal(200, highest);
        Assert.Equal(200, events.Length);
    }

    [Fact]
    public async Task A_new_actor_system_finds_everything_acknowledged()
    {
        await Written(Id, 1, 20);
        await Written(Id + "-deleted", 1, 4);
        await Deleted(Id + "-deleted", 4);

        await Plugin.Restart();

        Assert.Equal(Enumerable.Range(1, 20).Select(nr => (object)Event(nr)), Payloads((await Replayed(Id)).Events));
        Assert.Equal(4, (await Replayed(Id + "-deleted")).Highest);
    }

    /// <summary>
    /// What a plug-in says to be the highest number of ten when asked from the eleventh on, as an actor does whose snapshot
    /// is as new as its last event. The start is a hint, and an actor never goes below its snapshot's number.
    /// </summary>
    protected virtual long HighestOfTenFromPastTheEnd => 10;

    private async Task Deleted(string id, long to)
    {
        var probe = CreateTestProbe();
        Journal.Tell(new DeleteMessagesTo(id, to, probe), probe);
        Assert.Equal(to, (await probe.ExpectMsgAsync<DeleteMessagesSuccess>()).ToSequenceNr);
    }
}

public sealed class OurJournalSpec(OurPlugin plugin) : JournalSpec(plugin), IClassFixture<OurPlugin>;

public sealed class TheirJournalSpec(TheirPlugin plugin) : JournalSpec(plugin), IClassFixture<TheirPlugin>
{
    /// <summary>It takes the hint, and looks at nothing before it.</summary>
    protected override long HighestOfTenFromPastTheEnd => 0;
}
