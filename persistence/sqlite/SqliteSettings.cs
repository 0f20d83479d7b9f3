using Akka.Configuration;

namespace IpvlanActors.Sqlite;

/// <summary>How much of what was acknowledged survives what.</summary>
public enum Synchronous : byte
{
    /// <summary>Survives the process, not a power cut.</summary>
    Normal = 1,

    /// <summary>Survives a power cut: each commit is on the disk before it is acknowledged.</summary>
    Full = 2,
}

/// <summary>How a database file is written and read; reference.conf says what each setting is for.</summary>
public sealed record SqliteSettings
{
    public Synchronous Synchronous { get; init; } = Synchronous.Full;

    public int Readers { get; init; } = 3;

    public int MaxGroup { get; init; } = 1000;

    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public int WalAutocheckpoint { get; init; } = 1000;

    public static SqliteSettings From(Config config)
    {
        var defaults = new SqliteSettings();
        var synchronous = config.GetString("synchronous", nameof(Synchronous.Full));
        return new()
        {
            Synchronous = Enum.TryParse<Synchronous>(synchronous, ignoreCase: true, out var known) && Enum.IsDefined(known)
                ? known
                : throw new ConfigurationException($"synchronous = {synchronous}: must be FULL or NORMAL."),
            Readers = AtLeastOne(config, "readers", defaults.Readers),
            MaxGroup = AtLeastOne(config, "max-group", defaults.MaxGroup),
            BusyTimeout = config.GetTimeSpan("busy-timeout", defaults.BusyTimeout),
            WalAutocheckpoint = AtLeastOne(config, "wal-autocheckpoint", defaults.WalAutocheckpoint),
        };
    }

    private static int AtLeastOne(Config config, string key, int otherwise)
    {
        var value = config.GetInt(key, otherwise);
        return value > 0 ? value : throw new ConfigurationException($"{key} = {value}: must be at least 1.");
    }
}
