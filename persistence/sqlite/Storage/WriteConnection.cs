using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace IpvlanActors.Sqlite.Storage;

/// <summary>The one connection that writes, and its statements. The writer's thread alone uses it.</summary>
internal sealed class WriteConnection : IDisposable
{
    /// <summary>A log that one flood has made larger is cut back to this at the next chance.</summary>
    private const long LogSizeKept = 32 * 1024 * 1024;

    private readonly SqliteConnection _connection;
    private readonly Lazy<SqliteCommand> _insertEvent;
    private readonly Lazy<SqliteCommand> _rememberDeleted;
    private readonly Lazy<SqliteCommand> _deleteEvents;
    private readonly Lazy<SqliteCommand> _saveSnapshot;
    private readonly Lazy<SqliteCommand> _deleteSnapshots;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;

    private WriteConnection(SqliteConnection connection)
    {
        _connection = connection;
        _begin = connection.Prepare("BEGIN IMMEDIATE");
        _commit = connection.Prepare("COMMIT");
        _insertEvent = new(() => Prepare(Schema.InsertEvent,
            ("$id", SqliteType.Text), ("$nr", SqliteType.Integer), ("$manifest", SqliteType.Text), ("$timestamp", SqliteType.Integer),
            ("$payload", SqliteType.Blob), ("$tags", SqliteType.Text), ("$serializer", SqliteType.Integer)), isThreadSafe: false);
        _rememberDeleted = new(() => Prepare(Schema.RememberDeleted, ("$id", SqliteType.Text), ("$to", SqliteType.Integer)), false);
        _deleteEvents = new(() => Prepare(Schema.DeleteEvents, ("$id", SqliteType.Text), ("$to", SqliteType.Integer)), false);
        _saveSnapshot = new(() => Prepare(Schema.SaveSnapshot,
            ("$id", SqliteType.Text), ("$nr", SqliteType.Integer), ("$at", SqliteType.Integer), ("$manifest", SqliteType.Text),
            ("$payload", SqliteType.Blob), ("$serializer", SqliteType.Integer)), false);
        _deleteSnapshots = new(() => Prepare(Schema.DeleteSnapshots, ReadConnection.SnapshotParameters), false);
    }

    /// <summary>False when SQLite itself has rolled back, as it may after disk full and the like.</summary>
    private bool InTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    public static WriteConnection Open(string path, SqliteSettings settings)
    {
        var connection = Connection.Open(path, SqliteOpenMode.ReadWriteCreate, settings.BusyTimeout);
        try
        {
            // SQLite keeps the old mode where it cannot have this one, and says so only in its answer
            if (connection.Scalar("PRAGMA journal_mode = WAL") is not "wal" and var mode)
                throw new NotSupportedException($"{path} cannot have a write-ahead log, only {mode}: its file system has no shared memory.");
            connection.Execute($"""
                PRAGMA synchronous = {Connection.Number((long)settings.Synchronous)};
                PRAGMA wal_autocheckpoint = {Connection.Number(settings.WalAutocheckpoint)};
                PRAGMA journal_size_limit = {Connection.Number(LogSizeKept)};
                """);
            connection.Execute(Schema.Create);
            return new(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Begin() => _begin.ExecuteNonQuery();

    public void Commit() => _commit.ExecuteNonQuery();

    public void RollBack()
    {
        if (InTransaction)
            _connection.Execute("ROLLBACK");
    }

    /// <summary>Runs statements of which, if one fails, none is done, while what the transaction did before stays.</summary>
    private void Together(Action<WriteConnection> statements)
    {
        _connection.Execute("SAVEPOINT together");
        try
        {
            statements(this);
        }
        catch when (InTransaction)
        {
            _connection.Execute("ROLLBACK TO together; RELEASE together");
            throw;
        }

        _connection.Execute("RELEASE together");
    }

    /// <summary>All of them or none. One alone leaves nothing behind when it fails, and needs no savepoint.</summary>
    public void Insert(List<EventRow> rows)
    {
        if (rows.Count == 1)
            Insert(rows[0]);
        else
            Together(c => rows.ForEach(r => c.Insert(r)));
    }

    private void Insert(EventRow row) => _insertEvent.Value.With(
        row.PersistenceId, row.SequenceNr, row.Payload.Manifest, row.Timestamp, row.Payload.Bytes, row.Tags, row.Payload.SerializerId).ExecuteNonQuery();

    public void DeleteEvents(string persistenceId, long toSequenceNr) => Together(_ =>
    {
        _rememberDeleted.Value.With(persistenceId, toSequenceNr).ExecuteNonQuery();
        _deleteEvents.Value.With(persistenceId, toSequenceNr).ExecuteNonQuery();
    });

    public void Save(SnapshotRow row) => _saveSnapshot.Value.With(
        row.PersistenceId, row.SequenceNr, row.CreatedAt, row.Payload.Manifest, row.Payload.Bytes, row.Payload.SerializerId).ExecuteNonQuery();

    public void Delete(SnapshotRange range) => _deleteSnapshots.Value.With(
        range.PersistenceId, range.FromNr, range.ToNr, range.FromAt, range.ToAt).ExecuteNonQuery();

    /// <summary>Any statement, for tests that make the file fail or ask how it is set.</summary>
    public object? Scalar(string sql) => _connection.Scalar(sql);

    public void Dispose() => _connection.Dispose();

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<(string, SqliteType)> parameters) => _connection.Prepare(sql, parameters);
}
