using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Journal;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using IpvlanActors.Journal.Inspection;
using IpvlanActors.Journal.Transfer;
using IpvlanActors.Postgres;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Sqlite;
using IpvlanActors.Tests.Unit.Mesh;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Journal.Postgres;

/// <summary>From one profile to the next with the data kept, by the commands that an operator types.</summary>
[Collection(PostgresCollection.Name)]
public sealed class MoveTests(TestPostgres postgres) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ipvland-move-").FullName;
    private readonly JournalFile _single = new(JournalStory.Of(70)); // what one host alone has come to: two blocks

    public void Dispose()
    {
        _single.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [PostgresFact]
    public async Task From_a_single_host_to_PostgreSQL_and_back()
    {
        var before = Registry(_single.Path);
        var config = Configuration(postgres.Database());
        var (there, back) = (Path.Combine(_folder, "registry.jsonl"), Path.Combine(_folder, "back.jsonl"));

        Do("export", "--registry", there, "--data", _single.Directory);
        Do("import", "--config", config, there);
        await GoesOn(config);
        Do("export", "--config", config, back);
        Do("import", back, "--data", Path.Combine(_folder, "data"));

        var after = Registry(Path.Combine(_folder, "data", "journal.db"));
        Assert.Equal(before, after[..before.Count]);
        Assert.Contains("NetworkNameReserved", after[^1], StringComparison.Ordinal);
    }

    [PostgresFact]
    public void What_belongs_to_a_host_never_goes_into_the_database()
    {
        var config = Configuration(postgres.Database());
        var all = Path.Combine(_folder, "all.jsonl");
        Do("export", all, "--data", _single.Directory);
        var error = new StringWriter();
        Assert.Equal(1, JournalCommand.Run(["import", "--config", config, all], TextWriter.Null, error));
        Assert.Contains("--registry", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A registry on the database knows what the host's file knew, and refuses and grants accordingly.</summary>
    private static async Task GoesOn(string config)
    {
        var port = BareMesh.FreePorts(1)[0];
        var connection = DaemonSettings.Read(HoconFiles.Load(config, new Dictionary<string, string>()), null, null).Journal.Connection;
        await using var host = new BareMesh(
            port, port, PostgresPersistence.ConfigFor(connection), [MemberRoles.Registry, MemberRoles.Speaks(MemberRoles.PostgresRegistry)]);
        await Eventually.True(() => host.IsUpWith(1), "the host is up");
        var taken = await host.Answer(h => Creation(h, 'b', JournalStory.Spec.Name, "10.9.0.0/16"));
        Assert.Contains("already exists", Assert.IsType<RegistryRefused>(taken).Reason.Text, StringComparison.Ordinal);
        Assert.IsType<NetworkGranted>(await host.Answer(h => Creation(h, 'c', "later", "10.9.0.0/16")));
    }

    private static CreateNetworkRequest Creation(BareMesh host, char id, string name, string subnet) => new(
        new(DateTimeOffset.UnixEpoch, host.Host), Domain.Addressing.NetworkId.Parse(new string(id, 32)),
        NetworkSpecReader.Read(new() { Name = name, Subnets = [subnet] }).Spec!, []);

    private string Configuration(string connection)
    {
        var file = Path.Combine(_folder, "ipvland.conf");
        File.WriteAllText(file, $$"""
            ipvland {
              data = "{{_folder}}/node"
              registry {
                journal = "postgresql"
                connection-string = "{{connection}}"
              }
            }
            """);
        return file;
    }

    private static void Do(params string[] words)
    {
        var error = new StringWriter();
        Assert.Equal((0, ""), (JournalCommand.Run(words, TextWriter.Null, error), error.ToString()));
    }

    /// <summary>The registry's events and its networks', the networks' first.</summary>
    private static List<string> Registry(string path) => [.. SqliteJournalFile.PersistenceIds(path)
        .Where(i => ExportedEvent.IsOfRegistry(i.PersistenceId) && i.PersistenceId != PersistenceIds.Network(Domain.Addressing.NetworkId.Parse(new string('c', 32))))
        .SelectMany(i => JournalReader.Read(path, i.PersistenceId))
        .Where(e => JournalEvents.Manifest(e.Event!) != "HostRegistered" || e.Row.SequenceNr == 1)
        .Select(e => $"{e.Row.PersistenceId} {e.Row.Manifest} {Convert.ToHexString(e.Row.Payload)}")];
}
