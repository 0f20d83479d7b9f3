using IpvlanActors.Sqlite;

namespace IpvlanActors.Journal.Inspection;

/// <summary>A copy of a journal, made while its daemon runs or is down, and read once before anybody relies on it.</summary>
public sealed record JournalBackup(string File, long Events, long Bytes)
{
    /// <exception cref="IOException">The destination exists, or the copy is not a whole journal.</exception>
    public static JournalBackup Make(string path, string destination, IProgress<JournalProgress>? progress = null)
    {
        progress?.Report(new("copying"));
        SqliteJournalFile.Backup(path, destination);
        progress?.Report(new("checking the copy"));
        return SqliteIntegrity.Problems(destination) is [var problem, ..]
            ? throw new IOException($"the copy {destination} is damaged ({problem}): run journal verify on the journal itself.")
            : new(destination, SqliteJournalFile.PersistenceIds(destination).Sum(i => i.Count), new FileInfo(destination).Length);
    }
}
