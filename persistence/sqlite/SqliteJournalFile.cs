using System.Security.Cryptography;
using IpvlanActors.Sqlite.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace IpvlanActors.Sqlite;

/// <summary>
/// A journal's file read without an actor system, while its daemon runs or is down, and copied. It never writes to it, and
/// takes no lock that a writer would have to wait for.
/// </summary>
public static class SqliteJournalFile
{
    /// <summary>A read ends its transaction after so many rows, so that a slow consumer never keeps the log from being reused.</summary>
    private const int Chunk = 1000;

    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(5);

    /// <summary>All events with this ordering or a higher one, in that order; those written meanwhile come too.</summary>
    public static IEnumerable<JournalRow> Read(string path, long fromOrdering = 0)
    {
        using var connection = Open(path);
        using var command = connection.Prepare(Schema.ReadAfter, ("$after", SqliteType.Integer), ("$max", SqliteType.Integer));
        var after = fromOrdering - 1;
        for (List<JournalRow> chunk; (chunk = ReadConnection.Journal(command.With(after, Chunk))).Count > 0; after = chunk[^1].Ordering)
        {
            foreach (var row in chunk)
                yield return row;
        }
    }

    /// <summary>All events of one id with this sequence number or a higher one, in that order.</summary>
    public static IEnumerable<JournalRow> ReadOf(string path, string persistenceId, long fromSequenceNr = 0)
    {
        using var connection = Open(path);
        using var command = connection.Prepare(
            Schema.ReadOf, ("$id", SqliteType.Text), ("$from", SqliteType.Integer), ("$max", SqliteType.Integer));
        for (List<JournalRow> chunk; (chunk = ReadConnection.Journal(command.With(persistenceId, fromSequenceNr, Chunk))).Count > 0; fromSequenceNr = chunk[^1].SequenceNr + 1)
        {
            foreach (var row in chunk)
                yield return row;
        }
    }

    /// <summary>The highest ordering given so far, also if that event was deleted; 0 if there never was any.</summary>
    public static long MaxOrdering(string path)
    {
        using var connection = Open(path);
        return (long)connection.Scalar(Schema.MaxOrdering)!;
    }

    public static IReadOnlyList<JournalId> PersistenceIds(string path)
    {
        using var connection = Open(path);
        using var command = connection.Prepare("""
            SELECT persistence_id, MIN(sequence_nr), MAX(sequence_nr), COUNT(*) FROM event_journal
            WHERE is_deleted = 0 GROUP BY persistence_id ORDER BY persistence_id
            """);
        using var rows = command.ExecuteReader();
        var ids = new List<JournalId>();
        while (rows.Read())
            ids.Add(new(rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3)));
        return ids;
    }

    /// <summary>
    /// Which copy of ours the file is: a number that each gets by chance; 0: none, or not there yet. It stays with the file
    /// wherever that is put, so that a restored one is told from the one that it replaces.
    /// </summary>
    public static int CopyNumber(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > 0 })
            return 0;
        using var connection = Open(path);
        return (int)(long)connection.Scalar("PRAGMA user_version")!;
    }

    /// <summary>
    /// Copies the file as it is at this moment, events and snapshots, while it is being written. The copy gets its name only
    /// when it is whole and on the disk, and a <see cref="CopyNumber"/>.
    /// </summary>
    /// <exception cref="IOException">The destination exists.</exception>
    public static void Backup(string source, string destination)
    {
        var target = Path.GetFullPath(destination);
        if (Path.Exists(target))
            throw new IOException($"{target} exists. A backup overwrites nothing: name another file.");

        var unfinished = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}");
        try
        {
            Copy(source, unfinished);
            File.Move(unfinished, target, overwrite: false);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static void Copy(string source, string destination)
    {
        using (var connection = Open(source))
        using (var command = connection.Prepare("VACUUM INTO $destination", ("$destination", SqliteType.Text)))
            command.With(destination).ExecuteNonQuery();
        using (var connection = Connection.Open(destination, SqliteOpenMode.ReadWrite, BusyTimeout))
            connection.Execute($"PRAGMA user_version = {Connection.Number(RandomNumberGenerator.GetInt32(1, int.MaxValue))}");

        // SQLite does not: to it the copy is a by-product
        using var copy = new FileStream(destination, FileMode.Open, FileAccess.ReadWrite);
        copy.Flush(flushToDisk: true);
    }

    /// <summary>
    /// A file in WAL mode is read through a shared index, which SQLite makes where it is missing. Where it may not, as in a
    /// directory that is not ours, nobody can be writing if there is no log either: then the file is read as one that
    /// nothing changes.
    /// </summary>
    private static SqliteConnection Open(string path)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
            throw new FileNotFoundException($"There is no journal {full}.", full);

        try
        {
            return Probe(Connection.Open(full, SqliteOpenMode.ReadOnly, BusyTimeout));
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY && !HasLog(full))
        {
            return Probe(Connection.Open($"{new Uri(full).AbsoluteUri}?immutable=1", SqliteOpenMode.ReadOnly, BusyTimeout));
        }
    }

    private static bool HasLog(string path) => new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };

    /// <summary>Opening touches nothing yet; the first statement does.</summary>
    private static SqliteConnection Probe(SqliteConnection connection)
    {
        try
        {
            connection.Execute("SELECT ordering FROM event_journal LIMIT 1");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
