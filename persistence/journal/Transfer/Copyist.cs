using Akka.Actor;
using Akka.Persistence;

namespace IpvlanActors.Journal.Transfer;

/// <summary>Reads and continues one id of a journal, whatever plug-in keeps it. Answers <see cref="Read"/> and <see cref="Append"/>.</summary>
/// <param name="failed">Told when the journal fails, upon which the actor stops.</param>
internal sealed class Copyist(string id, Action<Exception> failed) : UntypedPersistentActor
{
    private readonly List<ExportedEvent> _events = [];

    public override string PersistenceId => id;

    protected override void OnRecover(object message)
    {
        if (message is not (RecoveryCompleted or SnapshotOffer))
            _events.Add(ExportedEvent.Of(id, LastSequenceNr, message));
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Read:
                Sender.Tell(_events.ToArray(), Self);
                break;
            case Append append:
                var asker = Sender;
                var left = append.Events.Count;
                PersistAll(append.Events.Select(e => e.Read()), _ =>
                {
                    if (--left == 0)
                        asker.Tell(new Appended());
                });
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => failed(reason);

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => failed(cause);

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => failed(cause);

    public sealed record Read : INoSerializationVerificationNeeded;

    public sealed record Append(IReadOnlyCollection<ExportedEvent> Events) : INoSerializationVerificationNeeded;

    public sealed record Appended : INoSerializationVerificationNeeded;
}
