using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace IpvlanActors.Sqlite.Storage;

/// <summary>Opening a file, and commands that are compiled once and used by one thread for as long as it lives.</summary>
internal static class Connection
{
    /// <summary>Never pooled by the library: whoever opens it owns it, and closing it closes the file.</summary>
    public static SqliteConnection Open(string path, SqliteOpenMode mode, TimeSpan busyTimeout)
    {
        // SQLite itself waits for a lock; the library, which would look again every 150 ms for this many seconds, has then waited enough
        var text = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 1 }.ToString();
        var connection = new SqliteConnection(text);
        try
        {
            connection.Open();
            connection.Execute($"PRAGMA busy_timeout = {Number((long)busyTimeout.TotalMilliseconds)}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "constants of this assembly, and numbers")]
    public static void Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "constants of this assembly")]
    public static object? Scalar(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "constants of this assembly")]
    public static SqliteCommand Prepare(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, SqliteType Type)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, type) in parameters)
            command.Parameters.Add(name, type);
        command.Prepare();
        return command;
    }

    public static SqliteCommand With(this SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
