namespace IpvlanActors.Sqlite;

/// <summary>What the writer of a file has done since it was opened; rows per commit tell how well it groups.</summary>
public readonly record struct SqliteCounters(long Commits, long Rows, long Failures);
