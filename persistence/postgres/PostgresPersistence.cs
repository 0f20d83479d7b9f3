using Akka.Configuration;
using Akka.Persistence.Sql;
using Npgsql;

namespace IpvlanActors.Postgres;

/// <summary>What an actor system needs to keep its journal and its snapshots in a PostgreSQL database.</summary>
public static class PostgresPersistence
{
    private static Config Reference { get; } =
        ConfigurationFactory.FromResource("IpvlanActors.Postgres.reference.conf", typeof(PostgresPersistence).Assembly);

    /// <param name="connectionString">Npgsql's: <c>Host=db1;Database=ipvland;Username=ipvland;Password=...</c></param>
    public static Config ConfigFor(string connectionString)
    {
        var quoted = connectionString.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return ConfigurationFactory.ParseString($$"""
            akka.persistence.journal.sql.connection-string = "{{quoted}}"
            akka.persistence.snapshot-store.sql.connection-string = "{{quoted}}"
            """).WithFallback(Reference).WithFallback(SqlPersistence.DefaultConfiguration);
    }

    /// <summary>
    /// Which database this is, whatever it is called and from where it is reached: the number that its server was born with,
    /// which a promoted replica keeps, and the database's own on it. A dump that was loaded elsewhere is another.
    /// </summary>
    /// <exception cref="NpgsqlException">It cannot be reached, or does not let us in.</exception>
    public static async Task<string> Identify(string connectionString)
    {
        const int Seconds = 5;
        var hasty = new NpgsqlConnectionStringBuilder(connectionString) { Timeout = Seconds, CommandTimeout = Seconds, Pooling = false };
        await using var connection = new NpgsqlConnection(hasty.ConnectionString);
        await connection.OpenAsync().ConfigureAwait(false);
        const string Question = "SELECT system_identifier || '.' || (SELECT oid FROM pg_database WHERE datname = current_database()) FROM pg_control_system()";
        await using var command = new NpgsqlCommand(Question, connection);
        return (string)(await command.ExecuteScalarAsync().ConfigureAwait(false))!;
    }

    /// <returns>What is wrong with the text itself; null: nothing. Nobody is called.</returns>
    public static string? ProblemOf(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString) is { Host.Length: > 0, Database.Length: > 0 }
                ? null
                : "it must name at least Host and Database";
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            return e.Message.TrimEnd('.');
        }
    }
}
