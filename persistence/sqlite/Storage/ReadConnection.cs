using Microsoft.Data.Sqlite;

namespace IpvlanActors.Sqlite.Storage;

/// <summary>A connection that reads what is committed, and its statements. One reader's thread alone uses it.</summary>
internal sealed class ReadConnection(SqliteConnection connection) : IDisposable
{
    private SqliteCommand? _highest;
    private SqliteCommand? _replay;
    private SqliteCommand? _loadSnapshot;
    private SqliteCommand? _after;
    private SqliteCommand? _of;
    private SqliteCommand? _maxOrdering;

    public static (string Name, SqliteType Type)[] SnapshotParameters { get; } =
    [
        ("$id", SqliteType.Text), ("$fromNr", SqliteType.Integer), ("$toNr", SqliteType.Integer),
        ("$fromAt", SqliteType.Integer), ("$toAt", SqliteType.Integer),
    ];

    public static ReadConnection Open(string path, SqliteSettings settings) =>
        new(Connection.Open(path, SqliteOpenMode.ReadOnly, settings.BusyTimeout));

    public long HighestSequenceNr(string persistenceId)
    {
        _highest ??= connection.Prepare(Schema.Highest, ("$id", SqliteType.Text));
        return (long)_highest.With(persistenceId).ExecuteScalar()!;
    }

    public void Replay(EventRange range, Action<EventRow> each, CancellationToken abandoned)
    {
        _replay ??= connection.Prepare(Schema.Replay,
            ("$id", SqliteType.Text), ("$from", SqliteType.Integer), ("$to", SqliteType.Integer), ("$max", SqliteType.Integer));
        using var rows = _replay.With(range.PersistenceId, range.From, range.To, range.Max).ExecuteReader();
        while (rows.Read())
        {
            abandoned.ThrowIfCancellationRequested();
            each(new(range.PersistenceId, rows.GetInt64(0), rows.GetInt64(1), Payload(rows), Tags: null));
        }
    }

    /// <summary>Events of all ids, those that were written first, first.</summary>
    public List<JournalRow> After(long ordering, int max)
    {
        _after ??= connection.Prepare(Schema.ReadAfter, ("$after", SqliteType.Integer), ("$max", SqliteType.Integer));
        return Journal(_after.With(ordering, max));
    }

    public List<JournalRow> Of(string persistenceId, long fromSequenceNr, int max)
    {
        _of ??= connection.Prepare(Schema.ReadOf, ("$id", SqliteType.Text), ("$from", SqliteType.Integer), ("$max", SqliteType.Integer));
        return Journal(_of.With(persistenceId, fromSequenceNr, max));
    }

    public long MaxOrdering()
    {
        _maxOrdering ??= connection.Prepare(Schema.MaxOrdering);
        return (long)_maxOrdering.ExecuteScalar()!;
    }

    public SnapshotRow? LoadSnapshot(SnapshotRange range)
    {
        _loadSnapshot ??= connection.Prepare(Schema.LoadSnapshot, SnapshotParameters);
        using var rows = _loadSnapshot.With(range.PersistenceId, range.FromNr, range.ToNr, range.FromAt, range.ToAt).ExecuteReader();
        return rows.Read() ? new(range.PersistenceId, rows.GetInt64(0), rows.GetInt64(1), Payload(rows)) : null;
    }

    public void Dispose() => connection.Dispose();

    /// <summary>Of a statement with the columns of <see cref="Schema.ReadAfter"/>.</summary>
    public static List<JournalRow> Journal(SqliteCommand command)
    {
        using var rows = command.ExecuteReader();
        var all = new List<JournalRow>();
        while (rows.Read())
        {
            all.Add(new(
                rows.GetInt64(0), rows.GetString(1), rows.GetInt64(2), rows.GetInt64(3),
                rows.IsDBNull(4) ? "" : rows.GetString(4), rows.IsDBNull(5) ? 0 : rows.GetInt32(5), rows.GetFieldValue<byte[]>(6)));
        }

        return all;
    }

    /// <summary>Columns 2 to 4. Files of Akka.Persistence.Sqlite may have no serializer's id, from before it had any.</summary>
    private static SerializedPayload Payload(SqliteDataReader rows) => new(
        rows.IsDBNull(4) ? throw new InvalidDataException("A row without serializer_id: it was written before there were any, and its reader is gone.") : rows.GetInt32(4),
        rows.IsDBNull(2) ? "" : rows.GetString(2),
        rows.GetFieldValue<byte[]>(3));
}
