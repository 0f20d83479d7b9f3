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
