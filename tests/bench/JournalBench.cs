using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using IpvlanActors.Sqlite;
using Microsoft.Data.Sqlite;

namespace IpvlanActors.Tests.Bench;

/// <summary>
/// The journal plug-in beside SQLite itself: the same rows of 79 bytes, the same pragmas, as many per commit. Five rounds
/// of each, taken in turns so that a slow minute of the disk meets all of them; medians.
/// </summary>
internal static class JournalBench
{
    private const int Rounds = 5;
    private static readonly SortedDictionary<string, List<double>> Figures = new(StringComparer.Ordinal);

    public static async Task<int> Run(string directory)
    {
        var folder = Directory.CreateDirectory(Path.Combine(directory, $"journal-bench-{Environment.ProcessId}")).FullName;
        try
        {
            for (var round = 0; round < Rounds; round++)
                await Round(Path.Combine(folder, $"{round}"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var (name, values) in Figures)
            Console.Out.WriteLine($"{name,-55} {Median(values),12:N2}   ({values.Min():N2} to {values.Max():N2})");
        return 0;
    }

    private static async Task Round(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var perCommit in (int[])[1, 10, 100])
            Raw(Path.Combine(folder, $"raw{perCommit}.db"), perCommit, commits: perCommit == 1 ? 1000 : 200);

        await Latency(Path.Combine(folder, "one.db"));
        await Throughput(Path.Combine(folder, "hundred.db"), actors: 100, each: 100);
        await Throughput(Path.Combine(folder, "thousand.db"), actors: 1000, each: 100);
        await Recovery(Path.Combine(folder, "thousand.db"), actors: 1000, events: 100);
        Scan(Path.Combine(folder, "thousand.db"));
    }

    private static void Raw(string path, int perCommit, int commits)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        Execute(connection, "CREATE TABLE event_journal (ordering INTEGER PRIMARY KEY, persistence_id TEXT, sequence_nr INTEGER, payload BLOB, UNIQUE (persistence_id, sequence_nr))");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO event_journal (persistence_id, sequence_nr, payload) VALUES ($id, $nr, $payload)";
        var id = insert.Parameters.Add("$id", SqliteType.Text);
        var nr = insert.Parameters.Add("$nr", SqliteType.Integer);
        insert.Parameters.Add("$payload", SqliteType.Blob).Value = new byte[79];
        insert.Prepare();
        var times = new List<double>();
        var all = Stopwatch.StartNew();
        for (var commit = 0; commit < commits; commit++)
        {
            var started = Stopwatch.GetTimestamp();
            Execute(connection, "BEGIN IMMEDIATE");
            for (var row = 0; row < perCommit; row++)
            {
                id.Value = $"endpoint-{row}";
                nr.Value = commit;
                insert.ExecuteNonQuery();
            }

            Execute(connection, "COMMIT");
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Note($"SQLite, {perCommit,3} per commit: rows/s", perCommit * commits / all.Elapsed.TotalSeconds);
        if (perCommit == 1)
            Note("SQLite,   1 per commit: p50 ms", Median(times));
    }

    private static async Task Latency(string path)
    {
        var started = Stopwatch.GetTimestamp();
        var system = Start(path);
        var actor = system.ActorOf(Props.Create<BenchActor>("one"));
        await actor.Ask<long>("persist");
        Note("plug-in, start to first event, ms", Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        var times = new List<double>();
        for (var i = 0; i < 1500; i++)
        {
            started = Stopwatch.GetTimestamp();
            await actor.Ask<long>("persist");
            if (i >= 500)
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Note("plug-in,    1 actor: p50 ms", Median(times));
        Note("plug-in,    1 actor: p99 ms", times.Order().ElementAt(times.Count * 99 / 100));
        await Stop(system, path);
    }

    private static async Task Throughput(string path, int actors, int each)
    {
        var system = Start(path);
        var all = Enumerable.Range(0, actors).Select(i => system.ActorOf(Props.Create<BenchActor>($"endpoint-{i}"))).ToArray();
        await Task.WhenAll(all.Select(a => a.Ask<long>("ready?")));
        using var database = SqliteDatabase.Open(path);
        var before = database.Counters;
        var cpu = Environment.CpuUsage.TotalTime;
        var times = new List<double>[actors];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(all.Select((a, i) => OneAfterAnother(a, each, times[i] = [])));
        var elapsed = Stopwatch.GetElapsedTime(started);
        Note($"plug-in, {actors,4} actors: events/s", actors * each / elapsed.TotalSeconds);
        Note($"plug-in, {actors,4} actors: p50 ms", Median([.. times.SelectMany(t => t)]));
        Note($"plug-in, {actors,4} actors: CPU us/event", (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / (actors * each));
        Note($"plug-in, {actors,4} actors: rows per commit", (double)(database.Counters.Rows - before.Rows) / (database.Counters.Commits - before.Commits));
        database.Dispose();
        await Stop(system, path);
    }

    private static async Task OneAfterAnother(IActorRef actor, int events, List<double> times)
    {
        for (var i = 0; i < events; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await actor.Ask<long>("persist");
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private static async Task Recovery(string path, int actors, int events)
    {
        var system = Start(path);
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        var all = Enumerable.Range(0, actors).Select(i => system.ActorOf(Props.Create<BenchActor>($"endpoint-{i}"))).ToArray();
        var recovered = await Task.WhenAll(all.Select(a => a.Ask<long>("ready?")));
        Note($"plug-in, recover {actors} actors x {events}: s", Stopwatch.GetElapsedTime(started).TotalSeconds);
        Note($"plug-in, recover {actors} actors x {events}: CPU s", (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        if (recovered.Any(n => n != events))
            throw new InvalidOperationException("An actor recovered something else than was acknowledged.");
        await Stop(system, path);
    }

    private static void Scan(string path)
    {
        var started = Stopwatch.GetTimestamp();
        var rows = SqliteJournalFile.Read(path).LongCount();
        Note("file scan: rows/s", rows / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static ActorSystem Start(string path) => ActorSystem.Create("bench", ConfigurationFactory.ParseString($$"""
        akka.loglevel = ERROR
        akka.stdout-loglevel = OFF
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        akka.actor.serialization-bindings."{{typeof(byte[]).FullName}}" = bytes
        """).WithFallback(SqlitePersistence.ConfigFor(path)));

    private static async Task Stop(ActorSystem system, string path)
    {
        await system.Terminate();
        await SqliteDatabase.WhenClosed(path);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Note(string name, double value)
    {
        if (!Figures.TryGetValue(name, out var values))
            Figures[name] = values = [];
        values.Add(value);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
