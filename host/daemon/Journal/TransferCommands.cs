using System.CommandLine;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Journal.Transfer;
using IpvlanActors.Sqlite;

namespace IpvlanActors.Daemon.Journal;

/// <summary><c>ipvland journal export</c> and <c>import</c>: a journal as a file that any other journal can take in.</summary>
/// <param name="data">The option of all journal commands.</param>
internal sealed class TransferCommands(Option<string> data, ProgressLine progress, Action<ParseResult, TransferReport> print)
{
    private readonly Option<string?> _config = new("--config")
    {
        Description = "The node's configuration; where its registry is in PostgreSQL, that is the journal",
        HelpName = "FILE",
    };

    private readonly Option<bool> _registry = new("--registry") { Description = "Only the registry and its networks, and nothing of this host" };

    public Command Export()
    {
        var file = new Argument<string>("FILE") { Description = "The export; must not exist" };
        var command = new Command("export", "Write events to a file that import takes. Example: ipvland journal export --registry /root/registry.jsonl") { file, _registry, _config };
        command.SetAction(async (parsed, _) =>
        {
            var (journal, path) = Where(parsed);
            print(parsed, journal.IsShared
                ? await JournalTransfer.Export(journal.Persistence(path), parsed.GetRequiredValue(file), progress)
                : JournalTransfer.Export(path, parsed.GetRequiredValue(file), parsed.GetValue(_registry), progress));
        });
        return command;
    }

    public Command Import()
    {
        var file = new Argument<string>("FILE") { Description = "What export has written" };
        var command = new Command("import", "Take in an export, with every ipvland stopped that uses the journal. Example: ipvland journal import --config /etc/ipvland/ipvland.conf /root/registry.jsonl") { file, _config };
        command.SetAction(async (parsed, _) =>
        {
            var (journal, path) = Where(parsed);
            if (journal.IsShared)
                RefuseHosts(parsed.GetRequiredValue(file));
            else
                await MustBeFree(path);
            print(parsed, await JournalTransfer.Import(parsed.GetRequiredValue(file), journal.Persistence(path), progress));
        });
        return command;
    }

    /// <summary>Which journal is meant: the configured one, or the file in the data directory.</summary>
    private (RegistryJournal Journal, string Path) Where(ParseResult parsed)
    {
        if (parsed.GetValue(_config) is not { } config)
            return (RegistryJournal.InFile, Path.Combine(parsed.GetRequiredValue(data), JournalCommand.FileName));
        var told = parsed.GetResult(data) is { Implicit: false } ? parsed.GetValue(data) : null;
        var settings = DaemonSettings.Read(HoconFiles.Load(config, Environment.GetEnvironmentVariables()), told, socket: null);
        settings.Journal.Check(runsHere: true);
        return (settings.Journal, settings.JournalPath);
    }

    private static void RefuseHosts(string file)
    {
        if (ExportFile.Read(file).FirstOrDefault(e => !ExportedEvent.IsOfRegistry(e.PersistenceId)) is { } other)
            throw new IOException($"{file} has events of a host ({other.PersistenceId}), which stay in that host's own file: export it again with --registry.");
    }

    /// <exception cref="DatabaseInUseException">A node runs on it.</exception>
    private static async Task MustBeFree(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using (var journal = SqliteDatabase.Open(path))
            await journal.Ready();
        await SqliteDatabase.WhenClosed(path);
    }
}
