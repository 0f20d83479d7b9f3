namespace IpvlanActors.Sqlite.Storage;

/// <summary>
/// The tables and columns of Akka.Persistence.Sqlite, so that its files can be read by us and ours by its tools.
/// <para>
/// <c>ordering</c> is a plain rowid, without AUTOINCREMENT, which would rewrite a page of sqlite_sequence in every commit.
/// SQLite then numbers a row one above the highest there is, so a number would come again only after the newest row of the
/// whole table were removed; that row is therefore kept as a tombstone (is_deleted = 1, no payload) when its turn comes,
/// until a later deletion finds it no longer the newest.
/// </para>
/// <para>
/// Deleting events removes their numbers from the unique key too. The trigger keeps refusing them, so that a writer that
/// slept through a deletion is still found out.
/// </para>
/// </summary>
internal static class Schema
{
    public const string Create = """
        CREATE TABLE IF NOT EXISTS event_journal (
            ordering INTEGER PRIMARY KEY NOT NULL,
            persistence_id VARCHAR(255) NOT NULL,
            sequence_nr INTEGER(8) NOT NULL,
            is_deleted INTEGER(1) NOT NULL,
            manifest VARCHAR(255) NULL,
            timestamp INTEGER NOT NULL,
            payload BLOB NOT NULL,
            tags VARCHAR(2000) NULL,
            serializer_id INTEGER(4),
            UNIQUE (persistence_id, sequence_nr));
        CREATE TABLE IF NOT EXISTS journal_metadata (
            persistence_id VARCHAR(255) NOT NULL,
            sequence_nr INTEGER(8) NOT NULL,
            PRIMARY KEY (persistence_id, sequence_nr));
        CREATE TABLE IF NOT EXISTS snapshot (
            persistence_id VARCHAR(255) NOT NULL,
            sequence_nr INTEGER(8) NOT NULL,
            created_at INTEGER(8) NOT NULL,
            manifest VARCHAR(255) NOT NULL,
            payload BLOB NOT NULL,
            serializer_id INTEGER(4),
            PRIMARY KEY (persistence_id, sequence_nr));
        CREATE TRIGGER IF NOT EXISTS event_journal_no_deleted_number BEFORE INSERT ON event_journal
            WHEN EXISTS (SELECT 1 FROM journal_metadata m
                WHERE m.persistence_id = NEW.persistence_id AND m.sequence_nr >= NEW.sequence_nr)
            BEGIN SELECT RAISE(ABORT, 'this sequence number was written and deleted before'); END;
        """;

    public const string InsertEvent = """
        INSERT INTO event_journal (persistence_id, sequence_nr, is_deleted, manifest, timestamp, payload, tags, serializer_id)
        VALUES ($id, $nr, 0, $manifest, $timestamp, $payload, $tags, $serializer)
        """;

    /// <summary>The highest number that the id ever had among its events and its deleted ones.</summary>
    public const string Highest = """
        SELECT MAX(
            IFNULL((SELECT MAX(sequence_nr) FROM event_journal WHERE persistence_id = $id), 0),
            IFNULL((SELECT MAX(sequence_nr) FROM journal_metadata WHERE persistence_id = $id), 0))
        """;

    /// <summary>Remembers the highest number among those about to go; one row for each id.</summary>
    public const string RememberDeleted = """
        INSERT OR IGNORE INTO journal_metadata (persistence_id, sequence_nr)
            SELECT persistence_id, MAX(sequence_nr) FROM event_journal
            WHERE persistence_id = $id AND sequence_nr <= $to GROUP BY persistence_id;
        DELETE FROM journal_metadata WHERE persistence_id = $id
            AND sequence_nr < (SELECT MAX(sequence_nr) FROM journal_metadata WHERE persistence_id = $id);
        """;

    public const string DeleteEvents = """
        DELETE FROM event_journal WHERE persistence_id = $id AND sequence_nr <= $to
            AND ordering < (SELECT MAX(ordering) FROM event_journal);
        UPDATE event_journal SET is_deleted = 1, payload = x'' WHERE persistence_id = $id AND sequence_nr <= $to;
        """;

    public const string Replay = """
        SELECT sequence_nr, timestamp, manifest, payload, serializer_id FROM event_journal
        WHERE persistence_id = $id AND sequence_nr BETWEEN $from AND $to AND is_deleted = 0
        ORDER BY sequence_nr LIMIT $max
        """;

    private const string WholeRow = "SELECT ordering, persistence_id, sequence_nr, timestamp, manifest, serializer_id, payload FROM event_journal";

    /// <summary>In the order in which the whole file was written, whoever wrote.</summary>
    public const string ReadAfter = WholeRow + " WHERE ordering > $after AND is_deleted = 0 ORDER BY ordering LIMIT $max";

    /// <summary>Of one id.</summary>
    public const string ReadOf = WholeRow + " WHERE persistence_id = $id AND sequence_nr >= $from AND is_deleted = 0 ORDER BY sequence_nr LIMIT $max";

    /// <summary>The highest ordering given so far, also if that event was deleted.</summary>
    public const string MaxOrdering = "SELECT IFNULL(MAX(ordering), 0) FROM event_journal";

    public const string SaveSnapshot = """
        INSERT INTO snapshot (persistence_id, sequence_nr, created_at, manifest, payload, serializer_id)
        VALUES ($id, $nr, $at, $manifest, $payload, $serializer)
        ON CONFLICT (persistence_id, sequence_nr) DO UPDATE SET created_at = excluded.created_at,
            manifest = excluded.manifest, payload = excluded.payload, serializer_id = excluded.serializer_id
        """;

    private const string SnapshotChoice = """
         FROM snapshot WHERE persistence_id = $id
            AND sequence_nr BETWEEN $fromNr AND $toNr AND created_at BETWEEN $fromAt AND $toAt
        """;

    public const string LoadSnapshot =
        "SELECT sequence_nr, created_at, manifest, payload, serializer_id" + SnapshotChoice + " ORDER BY sequence_nr DESC LIMIT 1";

    public const string DeleteSnapshots = "DELETE" + SnapshotChoice;
}
