using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Akka.TestKit.Xunit2;
using IpvlanActors.Sqlite;
using Xunit;

namespace IpvlanActors.Tests.Unit.Journal.Conformance;

/// <summary>A plug-in under test: an actor system with its journal and snapshots in a directory of its own.</summary>
public abstract class Plugin : IAsyncLifetime
{
    private static readonly Config Common = ConfigurationFactory.ParseString("""
        akka.loglevel = ERROR
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        akka.test.single-expect-default = 15s
        """).WithFallback(TestEventSerializer.Config);

    public ActorSystem System => Kit.Sys;

    /// <summary>Of the system that runs now; not a base class of the tests, which would end the system after the first of them.</summary>
    public TestKit Kit { get; private set; } = null!;

    protected string Folder { get; } = Directory.CreateTempSubdirectory("ipvlan-journal-").FullName;

    protected abstract Config Config { get; }

    public Task InitializeAsync()
    {
        Kit = Start();
        return Task.CompletedTask;
    }

    /// <summary>Ends the running system, and starts another on the same files.</summary>
    public async Task Restart()
    {
        await System.Terminate();
        Kit = Start();
    }

    public async Task DisposeAsync()
    {
        await System.Terminate();
        await Closed();
        Directory.Delete(Folder, recursive: true);
    }

    protected virtual Task Closed() => Task.CompletedTask;

    private TestKit Start()
    {
        // a kit leaves its own behind, and the runner's must not be it
        var context = SynchronizationContext.Current;
        var kit = new TestKit(ActorSystem.Create("conformance", Common.WithFallback(Config)));
        SynchronizationContext.SetSynchronizationContext(context);
        return kit;
    }
}

public sealed class OurPlugin : Plugin
{
    private string Path_ => Path.Combine(Folder, "journal.db");

    protected override Config Config => SqlitePersistence.ConfigFor(Path_);

    protected override Task Closed() => SqliteDatabase.WhenClosed(Path_);
}

/// <summary>The maintainers' plug-in, on SQLite as well: what passes there too is a rule of Akka.Persistence, and not a habit of ours.</summary>
public sealed class TheirPlugin : Plugin
{
    /// <summary>
    /// provider-name has to be here, else its tables get no unique key; parallelism 1, because its connections lock each
    /// other out for 150 ms at a time.
    /// </summary>
    protected override Config Config => ConfigurationFactory.ParseString($$"""
        akka.persistence.journal.plugin = "akka.persistence.journal.sql"
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.sql"
        akka.persistence.journal.sql {
          provider-name = "SQLite.MS"
          connection-string = "Data Source={{Folder}}/journal.db;Default Timeout=5"
          parallelism = 1
        }
        akka.persistence.snapshot-store.sql {
          provider-name = "SQLite.MS"
          connection-string = "Data Source={{Folder}}/snapshots.db;Default Timeout=5"
        }
        """).WithFallback(SqlPersistence.DefaultConfiguration);
}
