using IpvlanActors.Postgres;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Sqlite;

namespace IpvlanActors.Daemon.Config;

/// <summary>Where the registry's journal is: in the host's own file, or in a database that several hosts reach.</summary>
/// <param name="Kind">As ipvland.registry.journal has it; all hosts of a cluster have the same.</param>
/// <param name="Connection">Empty where the registry never runs on this host.</param>
public sealed record RegistryJournal(string Kind, string Connection)
{
    /// <summary>Of a host without configuration.</summary>
    public static RegistryJournal InFile { get; } = new(MemberRoles.SqliteRegistry, "");

    public bool IsShared => Kind == MemberRoles.PostgresRegistry;

    /// <exception cref="ConfigException">No such kind of journal.</exception>
    public static RegistryJournal Read(Akka.Configuration.Config registry)
    {
        var (kind, connection) = (registry.GetString("journal"), registry.GetString("connection-string"));
        return kind is MemberRoles.SqliteRegistry or MemberRoles.PostgresRegistry
            ? new(kind, connection)
            : throw new ConfigException($"ipvland.registry.journal = {kind} is neither {MemberRoles.SqliteRegistry} nor {MemberRoles.PostgresRegistry}.");
    }

    /// <summary>For the actor system that the registry may run in. A host where it does not run needs no database.</summary>
    /// <param name="file">The host's own journal.</param>
    public Akka.Configuration.Config Persistence(string file) => IsShared && Connection.Length > 0 ? Postgres() : SqlitePersistence.ConfigFor(file);

    /// <exception cref="ConfigException">It runs here, and cannot be found by what is set.</exception>
    public void Check(bool runsHere)
    {
        if (!IsShared)
        {
            if (Connection.Length > 0)
                throw new ConfigException("ipvland.registry.connection-string is set, but ipvland.registry.journal is sqlite, which is a file of this host: set journal = postgresql, or take the connection string out.");
        }
        else if (runsHere && ProblemOfConnection() is { } problem)
        {
            throw new ConfigException($"ipvland.registry.connection-string cannot be used: {problem}. An example: Host=db1;Database=ipvland;Username=ipvland;Password=...");
        }
    }

    // Each in a method of its own: the plug-in's assemblies are loaded when a method that names them first runs.

    /// <summary>Asks the database which one it is.</summary>
    public Task<string> Identify() => PostgresPersistence.Identify(Connection);

    private Akka.Configuration.Config Postgres() => PostgresPersistence.ConfigFor(Connection);

    private string? ProblemOfConnection() => PostgresPersistence.ProblemOf(Connection);
}
