namespace IpvlanActors.Sqlite;

/// <summary>An event as it lies in the file, and its place in the order in which the whole file was written.</summary>
/// <param name="Ordering">Rises with every event of the file, never comes twice, may leave gaps.</param>
/// <param name="Timestamp">When it was written: UTC ticks.</param>
/// <param name="SerializerId">0 in rows from before there were serializer ids.</param>
public sealed record JournalRow(
    long Ordering, string PersistenceId, long SequenceNr, long Timestamp, string Manifest, int SerializerId, byte[] Payload);

/// <summary>The events that the file holds of one id; those deleted do not count.</summary>
public sealed record JournalId(string PersistenceId, long FirstSequenceNr, long LastSequenceNr, long Count);
