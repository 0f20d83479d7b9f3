using Akka.Actor;
using Akka.Configuration;
using IpvlanActors.Sqlite;
using IpvlanActors.Sqlite.Storage;
using IpvlanActors.Tests.Unit.Journal.Conformance;
using Xunit;

namespace IpvlanActors.Tests.Unit.Journal;

/// <summary>Who may share a file: everybody in this process, nobody in another.</summary>
public class SqliteDatabaseTests : SqliteFolder
{
    [Fact]
    public async Task A_file_that_another_process_writes_is_refused_by_name_until_that_ends()
    {
        using var database = SqliteDatabase.Open(await HeldElsewhere(async () =>
        {
            using var refused = SqliteDatabase.Open(Database);
            var e = await Assert.ThrowsAsync<DatabaseInUseException>(refused.Ready);
            Assert.Contains(Database, e.Message, StringComparison.Ordinal);
            Assert.Contains("Another process", e.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<DatabaseInUseException>(() => Write(refused, "a", 1, 1));
            await Assert.ThrowsAsync<DatabaseInUseException>(() => refused.File.Read(c => c.HighestSequenceNr("a")));
        }));

        await Write(database, "a", 1, 1);
    }

    [Fact]
    public async Task An_open_file_is_locked_and_a_closed_one_is_free()
    {
        using (var database = SqliteDatabase.Open(Database))
        {
            await database.Ready();
            Assert.Throws<DatabaseInUseException>(() => LockFile.Take(Database));
        }

        await SqliteDatabase.WhenClosed(Database);
        LockFile.Take(Database).Dispose();
    }

    [Fact]
    public async Task All_who_name_the_same_file_share_one_writer_and_the_last_closes_it()
    {
        var first = SqliteDatabase.Open(Database);
        var second = SqliteDatabase.Open(Path.Combine(Folder, ".", "journal.db"));
        Assert.Same(first.File, second.File);

        first.Dispose();
        first.Dispose();

        await Write(second, "a", 1, 1);
        second.Dispose();
        await SqliteDatabase.WhenClosed(Database);
        Assert.False(File.Exists(Database + "-wal"));
    }

    [Fact]
    public async Task A_link_is_the_file_it_leads_to()
    {
        using var database = SqliteDatabase.Open(Database);
        await database.Ready();
        var link = Path.Combine(Folder, "link.db");
        File.CreateSymbolicLink(link, Database);

        using var linked = SqliteDatabase.Open(link);

        Assert.Same(database.File, linked.File);
    }

    [Fact]
    public async Task A_file_can_be_opened_again_while_it_is_still_closing()
    {
        for (var i = 1; i <= 20; i++)
        {
            using var database = SqliteDatabase.Open(Database);
            _ = Write(database, "a", i, i);
        }

        await SqliteDatabase.WhenClosed(Database);
        Assert.Equal([new("a", 1, 20, 20)], SqliteJournalFile.PersistenceIds(Database));
    }

    [Fact]
    public async Task A_second_opener_with_other_settings_is_refused()
    {
        using var database = SqliteDatabase.Open(Database, new() { Synchronous = Synchronous.Normal });
        await database.Ready();

        Assert.Throws<InvalidOperationException>(() => SqliteDatabase.Open(Database, new()));
    }

    [Fact]
    public async Task Two_actor_systems_write_one_file()
    {
        var systems = new[] { Start("host"), Start("mesh") };
        var actors = systems.Select(s => s.ActorOf(Props.Create<NotingActor>(s.Name))).ToArray();
        for (var i = 0; i < 20; i++)
        {
            foreach (var actor in actors)
                await actor.Ask<string>(new Noted($"{i}"), TimeSpan.FromSeconds(15));
        }

        await systems[1].Terminate();
        Assert.Equal("stored 21", await actors[0].Ask<string>(new Noted("alone"), TimeSpan.FromSeconds(15)));

        Assert.Equal([new("host", 1, 21, 21), new("mesh", 1, 20, 20)], SqliteJournalFile.PersistenceIds(Database));
        await systems[0].Terminate();
        await SqliteDatabase.WhenClosed(Database).WaitAsync(TimeSpan.FromSeconds(15));
    }

    [Theory]
    [InlineData("synchronous = OFF")]
    [InlineData("readers = 0")]
    [InlineData("max-group = -1")]
    public void A_setting_that_makes_no_sense_is_refused_by_name(string setting)
    {
        var e = Assert.Throws<ConfigurationException>(() => SqliteSettings.From(ConfigurationFactory.ParseString(setting)));

        Assert.Contains(setting, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reference_configuration_says_what_the_code_does_without_it() =>
        Assert.Equal(new(), SqliteSettings.From(SqlitePersistence.DefaultConfig.GetConfig(SqlitePersistence.JournalPlugin)));

    private ActorSystem Start(string name) => ActorSystem.Create(name, ConfigurationFactory
        .ParseString("akka.loglevel = ERROR\nakka.stdout-loglevel = OFF\nakka.coordinated-shutdown.run-by-clr-shutdown-hook = off")
        .WithFallback(TestEventSerializer.Config).WithFallback(SqlitePersistence.ConfigFor(Database)));

    private async Task<string> HeldElsewhere(Func<Task> meanwhile)
    {
        // an flock is held by a descriptor, so within this process it refuses as it would another
        using (LockFile.Take(Database))
            await meanwhile();
        await SqliteDatabase.WhenClosed(Database);
        return Database;
    }
}
