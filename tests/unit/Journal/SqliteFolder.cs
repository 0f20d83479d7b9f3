using System.Text;
using IpvlanActors.Sqlite;
using IpvlanActors.Sqlite.Storage;
using Xunit;

namespace IpvlanActors.Tests.Unit.Journal;

/// <summary>A directory of the test's own, with a database file in it, and the rows to fill it with.</summary>
public abstract class SqliteFolder : IAsyncLifetime
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("ipvlan-sqlite-").FullName;

    protected string Database => Path.Combine(Folder, "journal.db");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await SqliteDatabase.WhenClosed(Database).WaitAsync(TimeSpan.FromSeconds(20));
        Directory.Delete(Folder, recursive: true);
    }

    internal static WriteJob Events(string id, long from, long to, int size = 10, CancellationToken abandoned = default)
    {
        var rows = new List<EventRow>();
        for (var nr = from; nr <= to; nr++)
            rows.Add(new(id, nr, Timestamp: 1_000 + nr, new(9901, "N1", Encoding.UTF8.GetBytes($"{id} {nr}".PadRight(size))), Tags: null));
        return new(id, rows.Count, rows.Sum(r => (long)r.Payload.Bytes.Length), c => c.Insert(rows), abandoned);
    }

    internal static Task Write(SqliteDatabase database, string id, long from, long to, int size = 10) =>
        database.File.Write(Events(id, from, to, size));

    internal static Task Delete(SqliteDatabase database, string id, long to) =>
        database.File.Write(new(id, 1, 0, c => c.DeleteEvents(id, to), CancellationToken.None));

    /// <summary>What is asked of the writer inside waits until it is over, <paramref name="meanwhile"/> too, and is then one group.</summary>
    internal static async Task<Task[]> AtOnce(SqliteDatabase database, Func<IEnumerable<WriteJob>> jobs, Func<Task>? meanwhile = null)
    {
        using var busy = new ManualResetEventSlim();
        using var free = new ManualResetEventSlim();
        var first = database.File.Write(new(null, 1, 0, _ => Hold(busy, free), CancellationToken.None));
        busy.Wait(TimeSpan.FromSeconds(20));
        var asked = jobs().Select(database.File.Write).ToArray();
        if (meanwhile is not null)
            await meanwhile().WaitAsync(TimeSpan.FromSeconds(15));
        free.Set();
        await first;
        return asked;
    }

    private static void Hold(ManualResetEventSlim busy, ManualResetEventSlim free)
    {
        busy.Set();
        free.Wait(TimeSpan.FromSeconds(20));
    }
}
