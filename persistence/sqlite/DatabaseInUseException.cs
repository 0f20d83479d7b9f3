namespace IpvlanActors.Sqlite;

/// <summary>Another process writes this database file. Two writers would each take the other's numbers for their own.</summary>
public sealed class DatabaseInUseException : IOException
{
    public DatabaseInUseException(string path, string lockPath, Exception cause)
        : base($"Another process holds the journal {path} (lock file {lockPath}). Stop it, or name another file.", cause) => Path = path;

    public string Path { get; }
}
