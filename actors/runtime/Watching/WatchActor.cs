using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Runtime.Watching;

/// <summary>
/// Answers <see cref="WatchCommand"/>s. It keeps nothing about who follows, only those questions that wait for something to
/// happen, each for a limited time: a follower that is slow asks later, and is answered out of the journal and the table of
/// state just the same.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "PostStop disposes of them")]
internal sealed class WatchActor(NodeContext node, Func<IHistory> open) : UntypedActor, IWithTimers
{
    private const int MaxWaiting = 2000;

    /// <summary>State that changes faster is told as it is then; so a burst of ten thousand routes is a few answers.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<Question> _waiting = [];
    private readonly StateBoard _state = new(node);
    private IHistory _history = null!;
    private long _writes;
    private bool _reading;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        var self = Self;
        _history = open();
        _history.Follow(() => self.Tell(Written.Instance));
    }

    protected override void PostStop() => _history.Dispose();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WatchCommand command:
                Ask(command);
                break;
            case Read read:
                Looked(read.Question, read.Page, read.Writes);
                break;
            case Tail tail:
                _reading = false;
                Continue(tail);
                break;
            case Failed failed:
                _reading = false;
                Refuse(failed);
                break;
            case Written:
                _writes++;
                ReadTail();
                break;
            case Look:
                LookAtState();
                break;
            case Late late:
                late.Question.IsLate = true;
                if (_waiting.Contains(late.Question))
                    Answer(late.Question);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Ask(WatchCommand command)
    {
        var (question, refusal) = Question.Read(command, Sender, node.Boards);
        if (question is null || _waiting.Count >= MaxWaiting)
        {
            Sender.Tell(new Refused(refusal ?? new(RefusalCodes.NotReady, $"{MaxWaiting} others are following this node already: ask again later.")));
            return;
        }

        if (command.State is not null)
            Refresh();
        if (command.Wait > TimeSpan.Zero)
            Timers.StartSingleTimer(question, new Late(question), command.Wait < WatchCommand.MaxWait ? command.Wait : WatchCommand.MaxWait);
        else
            question.IsLate = true;
        if (question.At is null)
            TakeState(question);
        else
            Begin(question);
    }

    /// <summary>The first look: is the cursor of this journal, and what is behind it?</summary>
    private void Begin(Question question)
    {
        var writes = _writes;
        Pages.First(_history, question.At!.Value, question.FromNow, question.Limit).PipeTo(
            Self, success: page => new Read(question, page, writes), failure: e => new Failed([question], e));
    }

    private void Looked(Question question, Page page, long writes)
    {
        (question.At, question.EventsReset) = (page.From, question.EventsReset || page.Reset);
        question.Take(page.Events, page.More, _history);
        if (!question.HasNews && page.More)
            Begin(question); // nothing of it was asked for
        else if (!question.HasNews && writes != _writes)
            Begin(question); // something was written meanwhile
        else
            TakeState(question);
    }

    /// <summary>Answers, if there is something to tell or no more time; else it waits.</summary>
    private void TakeState(Question question)
    {
        if (question.Command.State is not null)
            question.Take(_state.Since(question.StateMark, question.Limit, question.Wants));
        if (question.HasNews || question.IsLate)
            Answer(question);
        else
            _waiting.Add(question);
    }

    private void Answer(Question question)
    {
        _waiting.Remove(question);
        Timers.Cancel(question);
        question.Asker.Tell(question.Reply());
    }

    /// <summary>Who waits has seen the end of the journal, so one look serves all.</summary>
    private void ReadTail()
    {
        var following = _waiting.Where(q => q.At is not null).ToImmutableArray();
        if (_reading || following.IsEmpty)
            return;
        _reading = true;
        var writes = _writes;
        var from = following.Min(q => q.At!.Value.Ordering);
        _history.After(from, WatchCommand.MaxLimit).PipeTo(
            Self, success: events => new Tail(following, events, writes), failure: e => new Failed(following, e));
    }

    private void Continue(Tail tail)
    {
        foreach (var question in tail.Questions.Where(_waiting.Contains))
        {
            question.Take(tail.Events, more: false, _history);
            if (question.HasNews)
                Answer(question);
        }

        if (tail.Writes != _writes || tail.Events.Length == WatchCommand.MaxLimit)
            ReadTail();
    }

    private void LookAtState()
    {
        var following = _waiting.Where(q => q.Command.State is not null).ToList();
        if (following.Count == 0)
        {
            Timers.Cancel(Look.Instance);
            return;
        }

        if (!_state.Look())
            return;
        foreach (var question in following)
        {
            question.Take(_state.Since(question.StateMark, question.Limit, question.Wants));
            if (question.HasNews)
                Answer(question);
        }
    }

    /// <summary>While anybody follows, state is looked at by the clock and not by the question.</summary>
    private void Refresh()
    {
        if (Timers.IsTimerActive(Look.Instance))
            return;
        _state.Look();
        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, Every);
    }

    private void Refuse(Failed failed)
    {
        _log.Warning(failed.Cause, "the journal cannot be read for those who follow it");
        foreach (var question in failed.Questions)
        {
            _waiting.Remove(question);
            Timers.Cancel(question);
            question.Asker.Tell(new Refused(new Refusal(RefusalCodes.JournalFailed, $"the journal cannot be read ({failed.Cause.Message}): ask again.")));
        }
    }

    private sealed record Read(Question Question, Page Page, long Writes) : INoSerializationVerificationNeeded;

    private sealed record Tail(ImmutableArray<Question> Questions, ImmutableArray<Recorded> Events, long Writes) : INoSerializationVerificationNeeded;

    private sealed record Failed(ImmutableArray<Question> Questions, Exception Cause) : INoSerializationVerificationNeeded;

    private sealed record Late(Question Question) : INoSerializationVerificationNeeded;

    private sealed class Written : INoSerializationVerificationNeeded
    {
        public static readonly Written Instance = new();
    }

    private sealed class Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }
}
