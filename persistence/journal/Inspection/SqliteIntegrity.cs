using Microsoft.Data.Sqlite;

namespace IpvlanActors.Journal.Inspection;

/// <summary>What SQLite itself has to say about a file.</summary>
internal static class SqliteIntegrity
{
    /// <summary>The lines of <c>PRAGMA integrity_check</c>, none if all is well.</summary>
    public static IReadOnlyList<string> Problems(string path)
    {
        using var connection = Open(path);
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        using var rows = command.ExecuteReader();
        var lines = new List<string>();
        while (rows.Read())
            lines.Add(rows.GetString(0));
        return lines is ["ok"] ? [] : lines;
    }

    /// <summary>For each id whose first events were deleted on purpose, the last of those.</summary>
    public static IReadOnlyDictionary<string, long> DeletedTo(string path)
    {
        using var connection = Open(path);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT persistence_id, MAX(sequence_nr) FROM journal_metadata GROUP BY persistence_id";
        using var rows = command.ExecuteReader();
        var deleted = new Dictionary<string, long>(StringComparer.Ordinal);
        while (rows.Read())
            deleted[rows.GetString(0)] = rows.GetInt64(1);
        return deleted;
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
