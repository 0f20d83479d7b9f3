using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using IpvlanActors.Sqlite.Storage;

namespace IpvlanActors.Sqlite;

/// <summary>
/// The journal plug-in. What one actor sent at once (a WriteMessages, with one or more atomic writes) is stored as a whole or
/// not at all, because Akka.Persistence tells its actor of a failure for all of it. What cannot be serialized is rejected
/// before that, alone, and stored never.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "PostStop disposes of them")]
public sealed class SqliteJournal : AsyncWriteJournal
{
    private readonly PayloadSerialization _serialization = new((ExtendedActorSystem)Context.System);
    private readonly CancellationTokenSource _stopped = new();
    private readonly SqliteDatabase _database;

    public SqliteJournal(Config config) =>
        _database = SqliteDatabase.Open(PluginPath.Of(config, Context.System), SqliteSettings.From(config));

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        _database.File.ReadAfterWritesOf(persistenceId, connection =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return connection.HighestSequenceNr(persistenceId);
        });

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        var stopped = _stopped.Token;
        return _database.File.Read(connection =>
        {
            connection.Replay(new(persistenceId, fromSequenceNr, toSequenceNr, max), row => recoveryCallback(Represent(row)), stopped);
            return true;
        });
    }

    protected override async Task<IImmutableList<Exception?>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch(_serialization);
        foreach (var write in messages)
            batch.Add(write);

        if (batch.Rows is [var first, ..] rows)
        {
            await _database.File.Write(new(
                first.PersistenceId, rows.Count, rows.Sum(r => (long)r.Payload.Bytes.Length), c => c.Insert(rows), cancellationToken));
        }

        return batch.Rejections;
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        _database.File.Write(new(persistenceId, rows: 1, bytes: 0, c => c.DeleteEvents(persistenceId, toSequenceNr), cancellationToken));

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
        _database.Dispose();
        base.PostStop();
    }

    private Persistent Represent(EventRow row) => new(
        _serialization.Deserialize(row.Payload), row.SequenceNr, row.PersistenceId, row.Payload.Manifest, isDeleted: false,
        ActorRefs.NoSender, writerGuid: null, row.Timestamp);
}
