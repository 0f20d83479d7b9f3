using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Snapshot;
using IpvlanActors.Sqlite.Storage;

namespace IpvlanActors.Sqlite;

/// <summary>The snapshot store plug-in. Its writes join the groups of the journal in the same file, so neither locks the other out.</summary>
public sealed class SqliteSnapshotStore : SnapshotStore
{
    private readonly PayloadSerialization _serialization = new((ExtendedActorSystem)Context.System);
    private readonly SqliteDatabase _database;

    public SqliteSnapshotStore(Config config)
    {
        var path = PluginPath.Of(config, Context.System);
        _database = SqliteDatabase.Open(path, SettingsFor(config));
    }

    protected override async Task<SelectedSnapshot?> LoadAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        var range = Range(persistenceId, criteria);
        var row = await _database.File.ReadAfterWritesOf(persistenceId, connection =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return connection.LoadSnapshot(range);
        });
        return row is null
            ? null
            : new(new(persistenceId, row.SequenceNr, new(row.CreatedAt, DateTimeKind.Utc)), _serialization.Deserialize(row.Payload));
    }

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
    {
        var payload = _serialization.Serialize(snapshot);
        var row = new SnapshotRow(metadata.PersistenceId, metadata.SequenceNr, Ticks(metadata.Timestamp), payload);
        return _database.File.Write(new(row.PersistenceId, rows: 1, payload.Bytes.Length, c => c.Save(row), cancellationToken));
    }

    /// <summary>The one of that number; with a time, only if it was saved then, so that a failed overwrite takes no older one along.</summary>
    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken)
    {
        var (from, to) = metadata.Timestamp == DateTime.MinValue
            ? (long.MinValue, long.MaxValue)
            : (Ticks(metadata.Timestamp), Ticks(metadata.Timestamp));
        return Delete(new(metadata.PersistenceId, metadata.SequenceNr, metadata.SequenceNr, from, to), cancellationToken);
    }

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        Delete(Range(persistenceId, criteria), cancellationToken);

    protected override void PostStop()
    {
        _database.Dispose();
        base.PostStop();
    }

    private static SqliteSettings SettingsFor(Config config)
    {
        var ownFile = config.GetString("path", "").Length > 0;
        return SqliteSettings.From(ownFile ? config : Context.System.Settings.Config.GetConfig(SqlitePersistence.JournalPlugin));
    }

    private static SnapshotRange Range(string persistenceId, SnapshotSelectionCriteria criteria) => new(
        persistenceId, criteria.MinSequenceNr, criteria.MaxSequenceNr,
        Ticks(criteria.MinTimestamp ?? DateTime.MinValue), Ticks(criteria.MaxTimeStamp));

    /// <summary>A time that does not say whose it is, as DateTime.MaxValue, is taken as it stands.</summary>
    private static long Ticks(DateTime time) => time.Kind == DateTimeKind.Local ? time.ToUniversalTime().Ticks : time.Ticks;

    private Task Delete(SnapshotRange range, CancellationToken cancellationToken) =>
        _database.File.Write(new(range.PersistenceId, rows: 1, bytes: 0, c => c.Delete(range), cancellationToken));
}
