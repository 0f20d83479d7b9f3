using System.Text;
using IpvlanActors.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IpvlanActors.Tests.Unit.Journal;

/// <summary>Reading and copying a journal without an actor system, whatever its daemon is doing.</summary>
public class SqliteJournalFileTests : SqliteFolder
{
    [Fact]
    public async Task All_rows_are_read_in_the_order_in_which_they_were_written()
    {
        using var database = SqliteDatabase.Open(Database);
        await Write(database, "b", 1, 2);
        await Write(database, "a", 1, 1);
        await Write(database, "b", 3, 3);

        var rows = SqliteJournalFile.Read(Database).ToArray();

        Assert.Equal(["b 1", "b 2", "a 1", "b 3"], rows.Select(r => $"{r.PersistenceId} {r.SequenceNr}"));
        Assert.Equal("b 3", Encoding.UTF8.GetString(rows[3].Payload).TrimEnd());
        Assert.Equal((1_003L, "N1", 9901), (rows[3].Timestamp, rows[3].Manifest, rows[3].SerializerId));
        Assert.Equal(rows[2..].Select(r => r.Ordering), SqliteJournalFile.Read(Database, rows[2].Ordering).Select(r => r.Ordering));
        Assert.Equal(rows[3].Ordering, SqliteJournalFile.MaxOrdering(Database));
    }

    [Fact]
    public async Task Rows_written_while_reading_come_too_and_reading_stops_no_writer()
    {
        using var database = SqliteDatabase.Open(Database);
        await Write(database, "a", 1, 2_500);
        var orderings = new List<long>();

        foreach (var row in SqliteJournalFile.Read(Database))
        {
            orderings.Add(row.Ordering);
            if (row.SequenceNr == 10 && row.PersistenceId == "a")
                await Write(database, "late", 1, 5).WaitAsync(TimeSpan.FromSeconds(15));
        }

        Assert.Equal(2_505, orderings.Count);
        Assert.Equal(orderings.Order().Distinct(), orderings);
    }

    [Fact]
    public async Task A_file_whose_daemon_is_down_is_read_and_left_as_it_was()
    {
        await Filled();
        var before = await File.ReadAllBytesAsync(Database);

        Assert.Equal([new("a", 1, 3, 3)], SqliteJournalFile.PersistenceIds(Database));
        Assert.Equal(3, SqliteJournalFile.Read(Database).Count());

        Assert.Equal(before, await File.ReadAllBytesAsync(Database));
    }

    [Fact]
    public async Task A_file_is_read_where_nothing_can_be_made_beside_it()
    {
        await Filled();
        // as in a directory of another user's, which root, who may run this, would not be kept from
        File.CreateSymbolicLink(Database + "-shm", "/nowhere/at/all");

        Assert.Equal(3, SqliteJournalFile.Read(Database).Count());
    }

    [Fact]
    public async Task What_a_killed_daemon_left_in_its_log_is_read()
    {
        using var database = SqliteDatabase.Open(Database);
        await Write(database, "a", 1, 3);
        var copy = Path.Combine(Folder, "killed.db");
        File.Copy(Database, copy);
        File.Copy(Database + "-wal", copy + "-wal");

        Assert.Equal([new("a", 1, 3, 3)], SqliteJournalFile.PersistenceIds(copy));
    }

    [Fact]
    public void A_missing_file_is_said_to_be_missing() =>
        Assert.Contains("nowhere.db", Assert.Throws<FileNotFoundException>(() => SqliteJournalFile.MaxOrdering(Path.Combine(Folder, "nowhere.db"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_ordering_never_comes_twice_even_when_the_newest_events_are_deleted()
    {
        await Filled();
        using var database = SqliteDatabase.Open(Database);
        await Delete(database, "a", 3);

        Assert.Empty(SqliteJournalFile.Read(Database));
        Assert.Empty(SqliteJournalFile.PersistenceIds(Database));
        Assert.Equal(3, SqliteJournalFile.MaxOrdering(Database));

        await Write(database, "b", 1, 1);
        Assert.Equal(4, Assert.Single(SqliteJournalFile.Read(Database)).Ordering);
    }

    [Fact]
    public async Task A_tombstone_goes_with_the_next_deletion_of_its_id()
    {
        using var database = SqliteDatabase.Open(Database);
        await Write(database, "a", 1, 3);
        await Delete(database, "a", 3);
        await Write(database, "a", 4, 4);
        await Write(database, "b", 1, 1);
        await Delete(database, "a", 3);

        Assert.Equal(2L, Scalar("SELECT COUNT(*) FROM event_journal"));
        Assert.Equal(1L, Scalar("SELECT COUNT(*) FROM journal_metadata"));
        Assert.Equal(3L, Scalar("SELECT sequence_nr FROM journal_metadata WHERE persistence_id = 'a'"));
    }

    [Fact]
    public async Task A_number_that_was_deleted_is_refused_to_a_writer_who_slept_through_it()
    {
        using var database = SqliteDatabase.Open(Database);
        await Write(database, "a", 1, 5);
        await Delete(database, "a", 5);

        var refused = await Assert.ThrowsAsync<SqliteException>(() => Write(database, "a", 3, 3));

        Assert.Contains("deleted before", refused.Message, StringComparison.Ordinal);
        await Write(database, "a", 6, 6);
    }

    [Fact]
    public async Task A_backup_taken_while_writing_is_a_journal_that_can_be_gone_on_with()
    {
        using var database = SqliteDatabase.Open(Database);
        await Write(database, "a", 1, 100);
        await Delete(database, "a", 20);
        var destination = Path.Combine(Folder, "backup.db");

        var writing = Write(database, "b", 1, 500);
        SqliteJournalFile.Backup(Database, destination);
        await writing;

        using (var restored = SqliteDatabase.Open(destination))
        {
            await Write(restored, "a", 101, 101);
            await Assert.ThrowsAsync<SqliteException>(() => Write(restored, "a", 7, 7));
        }

        await SqliteDatabase.WhenClosed(destination);
        Assert.Equal(new("a", 21, 101, 81), SqliteJournalFile.PersistenceIds(destination)[0]);
        Assert.Equal(21, SqliteJournalFile.Read(destination).First().Ordering);
    }

    [Fact]
    public async Task Every_copy_has_a_number_of_its_own_and_the_original_none()
    {
        await Filled();
        var (one, two) = (Path.Combine(Folder, "one.db"), Path.Combine(Folder, "two.db"));
        SqliteJournalFile.Backup(Database, one);
        SqliteJournalFile.Backup(one, two);
        Assert.Equal(0, SqliteJournalFile.CopyNumber(Database));
        Assert.Equal(0, SqliteJournalFile.CopyNumber(Path.Combine(Folder, "nowhere.db")));
        Assert.NotEqual(0, SqliteJournalFile.CopyNumber(one));
        Assert.NotEqual(SqliteJournalFile.CopyNumber(one), SqliteJournalFile.CopyNumber(two));
    }

    [Fact]
    public async Task A_backup_overwrites_nothing_and_leaves_nothing_unfinished()
    {
        await Filled();
        var destination = Path.Combine(Folder, "backup.db");
        await File.WriteAllTextAsync(destination, "precious");

        Assert.Contains("exists", Assert.Throws<IOException>(() => SqliteJournalFile.Backup(Database, destination)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => SqliteJournalFile.Backup(Path.Combine(Folder, "nowhere.db"), Path.Combine(Folder, "other.db")));

        Assert.Equal("precious", await File.ReadAllTextAsync(destination));
        Assert.Equal(["backup.db", "journal.db", "journal.db.lock"], Directory.EnumerateFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private async Task Filled()
    {
        using (var database = SqliteDatabase.Open(Database))
            await Write(database, "a", 1, 3);
        await SqliteDatabase.WhenClosed(Database);
    }

    private object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
