using IpvlanActors.Tests.Unit.Journal.Conformance;
using Npgsql;
using Xunit;

namespace IpvlanActors.Tests.Unit.Journal.Postgres;

/// <summary>One server for all tests of a collection, and a new database for whoever asks.</summary>
public sealed class TestPostgres : IAsyncLifetime
{
    private readonly PostgresServer _server = new();
    private int _databases;

    /// <summary>Why no test can have one here; null if they can.</summary>
    public static string? Missing => PostgresServer.Missing;

    /// <summary>The plug-in that the conformance suite asks.</summary>
    internal PostgresPlugin Plugin => field ??= new(Database());

    public async Task InitializeAsync()
    {
        if (Missing is not null)
            return;
        await _server.Make();
        await Plugin.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        if (Missing is null)
        {
            await Plugin.DisposeAsync();
            NpgsqlConnection.ClearAllPools();
        }

        await _server.DisposeAsync();
    }

    public Task Start() => _server.Start();

    public Task Stop() => _server.Stop();

    /// <returns>How to reach a new, empty database.</returns>
    public string Database()
    {
        var name = $"test{Interlocked.Increment(ref _databases)}";
        Execute($"CREATE DATABASE {name}");
        return _server.Connection(name);
    }

    /// <returns>How to reach the same database as somebody who owns nothing.</returns>
    public string AsGuest(string connection)
    {
        Execute("DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN END $$");
        return connection.Replace("Username=postgres", "Username=guest", StringComparison.Ordinal);
    }

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(_server.Connection("postgres") + ";Pooling=false");
        connection.Open();
#pragma warning disable CA2100 // the words are our own
        using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
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
