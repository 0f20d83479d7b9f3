using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Event;
using Akka.Persistence;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime.Telemetry;

namespace IpvlanActors.Runtime.EventSourcing;

/// <summary>
/// The one shell around a decider: recovers a state by folding events, decides commands, journals what was decided, and
/// lets nobody hear of it before it is on disk. What is asked while a write is under way is decided against the state as
/// it will be and goes to disk as one write after it, so a busy actor is not bound to one fsync per command.
/// </summary>
public abstract class DeciderActor<TDecider, TCommand, TEvent, TState>(string persistenceId) : UntypedPersistentActor
    where TDecider : IDecider<TCommand, TEvent, TState>
    where TCommand : notnull
    where TEvent : notnull
{
    private readonly string _kind = Instruments.KindOf(persistenceId);
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<Pending> _writing = [];
    private List<Pending> _waiting = [];
    private TState _decided = TDecider.Initial;
    private bool _together;

    public override string PersistenceId { get; } = persistenceId;

    /// <summary>What is on disk.</summary>
    protected TState State { get; private set; } = TDecider.Initial;

    /// <summary>What is on disk, and what is on its way there.</summary>
    protected TState Decided => _decided;

    protected new ILoggingAdapter Log { get; } = Context.GetLogger();

    /// <summary>
    /// Puts a command to the decider. <paramref name="then"/> runs once everything that the answer rests on is on disk,
    /// with the refusal, or null; never inside this call if something must be written first.
    /// </summary>
    /// <returns>Whether it was accepted.</returns>
    protected bool Decide(TCommand command, Action<Refusal?> then)
    {
        switch (TDecider.Decide(command, _decided))
        {
            case Decision<TEvent>.Refused refused:
                Answer(new([], refused.Why, then));
                return false;
            case Decision<TEvent>.Accepted accepted:
                foreach (var @event in accepted.Events)
                    _decided = TDecider.Evolve(_decided, @event);
                Answer(new(accepted.Events, null, then));
                return true;
            case var other:
                throw new UnreachableException($"{other.GetType().Name} is no decision.");
        }
    }

    /// <summary>What is decided in here goes to disk as one write, and its answers come when all of it is there.</summary>
    protected void Together(Action decide)
    {
        _together = true;
        try
        {
            decide();
        }
        finally
        {
            _together = false;
        }

        if (_waiting.Count > 0 && _writing.Count == 0)
            WriteWhatWaits();
    }

    /// <summary>Runs for each event once it is on disk, before any answer; never in recovery.</summary>
    protected virtual void Happened(TEvent @event)
    {
    }

    protected override void OnRecover(object message)
    {
        if (message is TEvent @event)
            State = _decided = TDecider.Evolve(State, @event);
        else if (message is RecoveryCompleted)
            Instruments.Recovered(_kind, Stopwatch.GetElapsedTime(_started));
    }

    /// <summary>The journal could not write: all that waits is refused, and the actor stops, as its state is in doubt.</summary>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Log.Error(cause, "journal failed: {PersistenceId} could not persist {Event} as {SequenceNr}", PersistenceId, @event.GetType().Name, sequenceNr);
        var refusal = new Refusal(RefusalCodes.JournalFailed,
            $"the journal could not write ({cause.Message}), so nothing was decided: see to the disk under the data directory, then ask again.");
        foreach (var pending in _writing.Concat(_waiting))
            pending.Then(refusal);
    }

    /// <summary>An event that cannot be stored would leave the state ahead of the journal for ever.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        throw new InvalidOperationException($"{PersistenceId}: the journal rejected {@event.GetType().Name}.", cause);
    }

    private void Answer(Pending pending)
    {
        if (pending.Events.IsEmpty && _writing.Count == 0 && _waiting.Count == 0)
        {
            pending.Answer();
            return;
        }

        _waiting.Add(pending);
        if (_writing.Count == 0 && !_together)
            WriteWhatWaits();
    }

    private void WriteWhatWaits()
    {
        _writing.AddRange(_waiting);
        _waiting = [];
        var events = _writing.SelectMany(p => p.Events).ToList();
        if (events.Count == 0)
        {
            Written();
            return;
        }

        var left = events.Count;
        var asked = Stopwatch.GetTimestamp();
        PersistAllAsync(events, @event =>
        {
            State = TDecider.Evolve(State, @event);
            Happened(@event);
            if (--left > 0)
                return;
            Instruments.Journaled(_kind, Stopwatch.GetElapsedTime(asked));
            Written();
        });
    }

    private void Written()
    {
        var answers = _writing.ToList();
        _writing.Clear();
        foreach (var answer in answers)
            answer.Answer();
        if (_waiting.Count > 0 && _writing.Count == 0)
            WriteWhatWaits();
    }

    private sealed record Pending(ImmutableArray<TEvent> Events, Refusal? Refusal, Action<Refusal?> Then)
    {
        public void Answer() => Then(Refusal);
    }
}
