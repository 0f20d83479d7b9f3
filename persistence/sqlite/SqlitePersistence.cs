using Akka.Configuration;

namespace IpvlanActors.Sqlite;

/// <summary>Where the plug-in is found in the configuration, and what it is set to unless told otherwise.</summary>
public static class SqlitePersistence
{
    public const string JournalPlugin = "akka.persistence.journal.sqlite";
    public const string SnapshotPlugin = "akka.persistence.snapshot-store.sqlite";

    /// <summary>The embedded reference.conf; give it as the fallback of the actor system's configuration.</summary>
    public static Config DefaultConfig { get; } =
        ConfigurationFactory.FromResource("IpvlanActors.Sqlite.reference.conf", typeof(SqlitePersistence).Assembly);

    /// <summary>All that an actor system needs to keep its journal and its snapshots in one file.</summary>
    public static Config ConfigFor(string path)
    {
        var quoted = path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return ConfigurationFactory.ParseString($$"""
            akka.persistence.journal.plugin = "{{JournalPlugin}}"
            akka.persistence.snapshot-store.plugin = "{{SnapshotPlugin}}"
            {{JournalPlugin}}.path = "{{quoted}}"
            """).WithFallback(DefaultConfig);
    }
}
