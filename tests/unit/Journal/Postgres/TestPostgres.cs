using System.Diagnostics;
using IpvlanActors.Tests.Unit.Journal.Conformance;
using Npgsql;
using Xunit;

namespace IpvlanActors.Tests.Unit.Journal.Postgres;

/// <summary>A PostgreSQL of this run's own: its files and its socket in a directory of its own, no port, no durability.</summary>
public sealed class TestPostgres : IAsyncLifetime
{
    private const string Installed = "/usr/lib/postgresql";

    private readonly string _folder = Directory.CreateTempSubdirectory("ipvland-pg-").FullName;
    private int _databases;

    /// <summary>Why no test can have one here; null if they can.</summary>
    public static string? Missing { get; } =
        Programs() is null ? $"there is no PostgreSQL under {Installed} (apt-get install postgresql)"
        : IsRoot && !Knows("postgres") ? "root may not run PostgreSQL, and there is no user postgres"
        : null;

    /// <summary>The plug-in that the conformance suite asks.</summary>
    internal PostgresPlugin Plugin => field ??= new(Database());

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(_folder, "data");

    public async Task InitializeAsync()
    {
        if (Missing is not null)
            return;
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        await Run("initdb", "-D", Data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C");
        await Start();
        await Plugin.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        if (Missing is null)
        {
            await Plugin.DisposeAsync();
            NpgsqlConnection.ClearAllPools();
            await Stop();
        }

        await Run("rm", "-rf", Data); // what is in it is not ours if we are root's
        Directory.Delete(_folder, recursive: true);
    }

    public Task Start() => Run("pg_ctl", "start", "-w", "-t", "120", "-D", Data, "-l", Path.Combine(_folder, "data", "log"), "-o",
        $"-k {_folder} -h '' -c fsync=off -c shared_buffers=16MB -c max_connections=90");

    public Task Stop() => Run("pg_ctl", "stop", "-w", "-t", "120", "-m", "immediate", "-D", Data);

    /// <returns>How to reach a new, empty database.</returns>
    public string Database()
    {
        var name = $"test{Interlocked.Increment(ref _databases)}";
        using var connection = new NpgsqlConnection(Connection("postgres") + ";Pooling=false");
        connection.Open();
#pragma warning disable CA2100 // the name is our own
        using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
        return Connection(name);
    }

    private string Connection(string database) => $"Host={_folder};Username=postgres;Database={database};Maximum Pool Size=8";

    private static string? Programs() => !Directory.Exists(Installed) ? null : Directory.EnumerateDirectories(Installed)
        .Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).OrderDescending(StringComparer.Ordinal).FirstOrDefault();

    private static bool Knows(string user) => File.ReadLines("/etc/passwd").Any(l => l.StartsWith(user + ':', StringComparison.Ordinal));

    /// <summary>As a user that PostgreSQL accepts. Its output goes nowhere: a server that inherits our pipe would keep it open.</summary>
    private static async Task Run(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs()!, program);
        string[] command = [File.Exists(path) ? path : program, .. arguments];
        string[] user = IsRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : [];
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" > /dev/null 2>&1 < /dev/null", "sh", .. user, .. command]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
    }
}

[CollectionDefinition(Name)]
#pragma warning disable CA1711 // xunit's word
public sealed class PostgresCollection : ICollectionFixture<TestPostgres>
#pragma warning restore CA1711
{
    public const string Name = "PostgreSQL";
}

/// <summary>Skipped, with the reason, where no PostgreSQL can be started.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = TestPostgres.Missing;
}

/// <summary>As <see cref="PostgresFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = TestPostgres.Missing;
}

internal sealed class PostgresPlugin(string connection) : Plugin
{
    protected override Akka.Configuration.Config Config => IpvlanActors.Postgres.PostgresPersistence.ConfigFor(connection);
}
