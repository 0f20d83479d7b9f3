using Akka.Persistence;

namespace IpvlanActors.Tests.Bench;

/// <summary>Persists 79 bytes whenever it is asked, and answers with the number; "ready?" is answered once it has recovered.</summary>
internal sealed class BenchActor(string id) : UntypedPersistentActor
{
    private static readonly byte[] Event = new byte[79];

    public override string PersistenceId => id;

    protected override void OnCommand(object message)
    {
        var asker = Sender;
        if (message is "persist")
            Persist(Event, _ => asker.Tell(LastSequenceNr, Self));
        else
            asker.Tell(LastSequenceNr, Self);
    }

    protected override void OnRecover(object message)
    {
    }
}
