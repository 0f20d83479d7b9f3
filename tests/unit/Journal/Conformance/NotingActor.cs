using Akka.Persistence;

namespace IpvlanActors.Tests.Unit.Journal.Conformance;

/// <summary>Persists whatever it is told and says what became of it; asked by any text, it says all that it knows.</summary>
public sealed class NotingActor(string id) : UntypedPersistentActor
{
    private readonly List<string> _noted = [];

    public override string PersistenceId => id;

    protected override void OnCommand(object message)
    {
        if (message is string)
            Sender.Tell(string.Join(", ", _noted), Self);
        else
            Persist(message, Note);
    }

    protected override void OnRecover(object message)
    {
        if (message is Noted noted)
            _noted.Add(noted.Text);
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => Sender.Tell($"rejected {sequenceNr}", Self);

    private void Note(object @event)
    {
        _noted.Add(((Noted)@event).Text);
        Sender.Tell($"stored {LastSequenceNr}", Self);
    }
}
