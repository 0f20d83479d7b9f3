using IpvlanActors.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IpvlanActors.Tests.Unit.Journal;

/// <summary>The one writer of a file: what it puts into one commit, and who pays when something in it fails.</summary>
public class SqliteWriterTests : SqliteFolder
{
    [Fact]
    public async Task What_waits_together_is_committed_once()
    {
        using var database = SqliteDatabase.Open(Database);
        await database.Ready();
        var before = database.Counters;

        var asked = await AtOnce(database, () => Enumerable.Range(0, 100).Select(i => Events($"id-{i}", 1, 2)));
        await Task.WhenAll(asked);

        // the commit that the hundred waited for, and theirs
        Assert.Equal(before.Commits + 2, database.Counters.Commits);
        Assert.Equal(200, SqliteJournalFile.Read(Database).Count());
    }

    [Fact]
    public async Task A_group_ends_at_its_limit_of_rows()
    {
        using var database = SqliteDatabase.Open(Database, new() { MaxGroup = 30 });
        await database.Ready();
        var before = database.Counters;

        await Task.WhenAll(await AtOnce(database, () => Enumerable.Range(0, 100).Select(i => Events($"id-{i}", 1, 1))));

        Assert.Equal(before.Commits + 1 + 4, database.Counters.Commits);
    }

    [Fact]
    public async Task A_number_already_taken_fails_its_own_write_whole_and_no_other_of_its_group()
    {
        using var database = SqliteDatabase.Open(Database);
        await Write(database, "a", 1, 3);
        var before = database.Counters;

        var asked = await AtOnce(database, () => [Events("b", 1, 2), Events("a", 3, 5), Events("a", 2, 2), Events("c", 1, 2)]);

        await Task.WhenAll(asked[0], asked[3]);
        Assert.Equal(19, (await Assert.ThrowsAsync<SqliteException>(() => asked[1])).SqliteErrorCode);
        Assert.Equal(19, (await Assert.ThrowsAsync<SqliteException>(() => asked[2])).SqliteErrorCode);
        Assert.Equal(before.Commits + 2, database.Counters.Commits);
        Assert.Equal(before.Failures + 2, database.Counters.Failures);
        Assert.Equal(
            [new("a", 1, 3, 3), new("b", 1, 2, 2), new("c", 1, 2, 2)], SqliteJournalFile.PersistenceIds(Database));
    }

    [Fact]
    public async Task When_the_disk_is_full_what_fits_is_written_and_it_goes_on_when_there_is_room()
    {
        using var database = SqliteDatabase.Open(Database);
        await Write(database, "a", 1, 1);
        await Room(database, pages: 30);

        var asked = await AtOnce(database, () => [Events("b", 1, 1), Events("large", 1, 3, size: 100_000), Events("c", 1, 1)]);

        await Task.WhenAll(asked[0], asked[2]);
        var full = await Assert.ThrowsAsync<SqliteException>(() => asked[1]);
        Assert.Equal(13, full.SqliteErrorCode);
        Assert.Contains("full", full.Message, StringComparison.Ordinal);
        await Room(database, pages: 10_000);
        await Write(database, "large", 1, 3, size: 100_000);
        Assert.Equal(["a", "b", "c", "large"], SqliteJournalFile.PersistenceIds(Database).Select(i => i.PersistenceId));
    }

    [Fact]
    public async Task A_write_that_its_caller_gave_up_before_its_turn_is_not_made()
    {
        using var database = SqliteDatabase.Open(Database);
        using var abandoned = new CancellationTokenSource();

        var asked = await AtOnce(database, () =>
        {
            abandoned.Cancel();
            return [Events("given-up", 1, 1, abandoned: abandoned.Token), Events("kept", 1, 1)];
        });

        await asked[1];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked[0]);
        Assert.Equal(["kept"], SqliteJournalFile.PersistenceIds(Database).Select(i => i.PersistenceId));
    }

    [Fact]
    public async Task A_read_waits_for_the_writes_that_its_id_has_under_way_and_for_no_others()
    {
        using var database = SqliteDatabase.Open(Database);
        await Write(database, "other", 1, 1);
        Task<long>? waiting = null, free = null;

        await AtOnce(database, () => [Events("a", 1, 3)], () =>
        {
            waiting = database.File.ReadAfterWritesOf("a", c => c.HighestSequenceNr("a"));
            free = database.File.ReadAfterWritesOf("other", c => c.HighestSequenceNr("other"));
            return free;
        });

        Assert.Equal(1, await free!);
        Assert.Equal(3, await waiting!);
    }

    [Fact]
    public async Task What_was_asked_before_closing_is_still_written()
    {
        var database = SqliteDatabase.Open(Database);
        var asked = Enumerable.Range(0, 50).Select(i => Write(database, $"id-{i}", 1, 1)).ToArray();
        database.Dispose();

        await Task.WhenAll(asked);

        Assert.Equal(50, SqliteJournalFile.MaxOrdering(Database));
    }

    [Theory]
    [InlineData(Synchronous.Full, 2L)]
    [InlineData(Synchronous.Normal, 1L)]
    public async Task A_commit_is_as_durable_as_the_setting_says(Synchronous asked, long expected)
    {
        using var database = SqliteDatabase.Open(Database, new() { Synchronous = asked });
        (object?, object?) found = default;

        await database.File.Write(new(null, 1, 0, c => found = (c.Scalar("PRAGMA synchronous"), c.Scalar("PRAGMA journal_mode")), CancellationToken.None));

        Assert.Equal((expected, "wal"), found);
    }

    [Fact]
    public async Task A_file_that_is_no_database_fails_every_write_with_the_reason_until_it_is_gone()
    {
        await File.WriteAllTextAsync(Database, new string('x', 8192));
        using var database = SqliteDatabase.Open(Database);

        Assert.Equal(26, (await Assert.ThrowsAsync<SqliteException>(() => Write(database, "a", 1, 1))).SqliteErrorCode);
        File.Delete(Database);

        await Write(database, "a", 1, 1);
    }

    private static Task Room(SqliteDatabase database, int pages) =>
        database.File.Write(new(null, 1, 0, c => c.Scalar($"PRAGMA max_page_count = {pages}"), CancellationToken.None));
}
