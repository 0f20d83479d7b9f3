namespace IpvlanActors.Sqlite.Storage;

/// <summary>An event as it is stored.</summary>
internal readonly record struct EventRow(string PersistenceId, long SequenceNr, long Timestamp, SerializedPayload Payload, string? Tags);

/// <summary>A snapshot as it is stored; the time in UTC ticks.</summary>
internal sealed record SnapshotRow(string PersistenceId, long SequenceNr, long CreatedAt, SerializedPayload Payload);

/// <summary>An object's bytes, and what it takes to read them again.</summary>
internal readonly record struct SerializedPayload(int SerializerId, string Manifest, byte[] Bytes);

/// <summary>Which snapshots of an id: by number and by UTC ticks, all bounds included.</summary>
internal readonly record struct SnapshotRange(string PersistenceId, long FromNr, long ToNr, long FromAt, long ToAt);

/// <summary>Which events of an id, bounds included, and at most how many.</summary>
internal readonly record struct EventRange(string PersistenceId, long From, long To, long Max);
