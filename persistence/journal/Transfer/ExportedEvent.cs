using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Journal.Transfer;

/// <summary>An event on its way from one journal to another.</summary>
/// <param name="Payload">As <see cref="JournalEvents"/> writes it.</param>
public sealed record ExportedEvent(string PersistenceId, long SequenceNr, string Manifest, byte[] Payload)
{
    public static ExportedEvent Of(string id, long number, object @event) =>
        new(id, number, JournalEvents.Manifest(@event), JournalEvents.Write(@event));

    /// <summary>Of the cluster, and not of one host.</summary>
    public static bool IsOfRegistry(string id) => id == PersistenceIds.Registry || PersistenceIds.IsNetwork(id, out _);

    /// <exception cref="UnreadableEventException">Says which one.</exception>
    public object Read()
    {
        try
        {
            return JournalEvents.Read(Manifest, Payload);
        }
        catch (UnreadableEventException e)
        {
            throw new UnreadableEventException($"{PersistenceId} #{SequenceNr}", e);
        }
    }

    /// <summary>Whether both say the same. Not a comparison of bytes: an older version may have written one of them.</summary>
    public bool SaysTheSameAs(ExportedEvent other) =>
        (PersistenceId, SequenceNr) == (other.PersistenceId, other.SequenceNr) && Today(Read()).SequenceEqual(Today(other.Read()));

    private static byte[] Today(object @event) => JournalEvents.Write(@event);
}
