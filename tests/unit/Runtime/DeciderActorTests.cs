using Akka.Actor;
using Akka.TestKit.Xunit2;
using IpvlanActors.Domain.Deciding;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

public sealed class DeciderActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly Gate _gate;
    private readonly IActorRef _tally;

    public DeciderActorTests()
        : base(GateJournal.Config)
    {
        _gate = Gate.Of(Sys);
        _tally = Start();
        Watch(_tally);
    }

    [Fact]
    public async Task Nobody_hears_of_what_is_not_on_disk_yet()
    {
        _gate.Close();
        var answer = _tally.Ask<TallyAnswer>(new Take(3), Patience);
        await Writes(1);
        Assert.Equal(new TallyAnswer(null, Stored: 0, Happened: 0), await Show());
        Assert.False(answer.IsCompleted);

        _gate.Open();

        Assert.Equal(new TallyAnswer(null, Stored: 3, Happened: 3), await answer);
    }

    [Fact]
    public async Task What_comes_while_a_write_is_under_way_is_one_write_after_it()
    {
        _gate.Close();
        var answers = new List<Task<TallyAnswer>> { _tally.Ask<TallyAnswer>(new Take(1), Patience) };
        await Writes(1);
        answers.AddRange(Enumerable.Range(0, 5).Select(_ => _tally.Ask<TallyAnswer>(new Take(1), Patience)));
        await Show();

        _gate.Open();

        var all = await Task.WhenAll(answers);
        Assert.Equal(2, _gate.Writes.Length);
        Assert.Equal(5, _gate.Writes[1].Length);
        Assert.Equal(1, all[0].Stored);
        Assert.All(all[1..], a => Assert.Equal(new TallyAnswer(null, Stored: 6, Happened: 6), a));
    }

    [Fact]
    public async Task What_is_decided_together_is_one_write_and_nobody_hears_of_a_part_of_it()
    {
        _gate.Close();
        _tally.Tell(new TakeTogether(1, 2, TallyDecider.Limit), TestActor);
        await Writes(1);
        Assert.Equal(new TallyAnswer(null, Stored: 0, Happened: 0), await Show());
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));

        _gate.Open();

        var answers = new[] { await ExpectMsgAsync<TallyAnswer>(Patience), await ExpectMsgAsync<TallyAnswer>(Patience), await ExpectMsgAsync<TallyAnswer>(Patience) };
        Assert.All(answers, a => Assert.Equal((3, 3), (a.Stored, a.Happened)));
        Assert.Equal([null, null, TallyDecider.TooMany], answers.Select(a => a.Refusal?.Code));
        Assert.Equal(3, Assert.Single(_gate.Writes).Length);
    }

    [Fact]
    public async Task What_is_on_its_way_counts_when_the_next_is_decided()
    {
        _gate.Close();
        var first = _tally.Ask<TallyAnswer>(new Take(TallyDecider.Limit), Patience);
        await Writes(1);
        var second = _tally.Ask<TallyAnswer>(new Take(1), Patience);
        await Show();
        Assert.False(second.IsCompleted, "the refusal rests on what may never come to be");

        _gate.Open();

        Assert.Null((await first).Refusal);
        Assert.Equal(TallyDecider.TooMany, (await second).Refusal?.Code);
        Assert.Single(_gate.Writes);
    }

    [Fact]
    public async Task Answers_come_in_the_order_of_the_questions()
    {
        _gate.Close();
        foreach (var count in new[] { 1, TallyDecider.Limit, 2, TallyDecider.Limit, 0 })
            _tally.Tell(new Take(count), TestActor);
        await Writes(1);
        _gate.Open();

        var refused = new List<bool>();
        for (var n = 0; n < 5; n++)
            refused.Add((await ExpectMsgAsync<TallyAnswer>(Patience)).Refusal is not null);
        Assert.Equal([false, true, false, true, false], refused);
    }

    [Fact]
    public async Task What_writes_nothing_is_answered_at_once()
    {
        Assert.Null((await _tally.Ask<TallyAnswer>(new Take(0), Patience)).Refusal);
        Assert.NotNull((await _tally.Ask<TallyAnswer>(new Take(TallyDecider.Limit + 1), Patience)).Refusal);
        Assert.Empty(_gate.Writes);
    }

    [Fact]
    public async Task A_journal_that_fails_is_told_to_all_who_wait_and_the_actor_stops()
    {
        _gate.Close();
        var answers = new List<Task<TallyAnswer>> { _tally.Ask<TallyAnswer>(new Take(1), Patience) };
        await Writes(1);
        answers.Add(_tally.Ask<TallyAnswer>(new Take(1), Patience));
        answers.Add(_tally.Ask<TallyAnswer>(new Take(0), Patience));
        await Show();

        _gate.Break(new IOException("No space left on device"));

        Assert.All(await Task.WhenAll(answers), a => Assert.Equal(RefusalCodes.JournalFailed, a.Refusal?.Code));
        await ExpectTerminatedAsync(_tally, Patience);
        Assert.Single(_gate.Writes);
    }

    [Fact]
    public async Task What_was_answered_is_what_is_recovered()
    {
        foreach (var count in new[] { 2, 3, TallyDecider.Limit, 1 })
            await _tally.Ask<TallyAnswer>(new Take(count), Patience);
        Sys.Stop(_tally);
        await ExpectTerminatedAsync(_tally, Patience);

        Assert.Equal(new TallyAnswer(null, Stored: 6, Happened: 0), await Show(Start()));
    }

    private IActorRef Start() => Sys.ActorOf(Props.Create<TallyActor>("tally"));

    private Task<TallyAnswer> Show() => Show(_tally);

    /// <summary>Answered after everything that was sent before.</summary>
    private static Task<TallyAnswer> Show(IActorRef tally) => tally.Ask<TallyAnswer>("show", Patience);

    private Task Writes(int count) => Eventually.True(() => _gate.Writes.Length == count, $"{count} writes");
}
