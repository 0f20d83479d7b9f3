using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Journal;
using IpvlanActors.Journal.Inspection;
using Microsoft.Data.Sqlite;

namespace IpvlanActors.Daemon.Journal;

/// <summary><c>ipvland journal ...</c>: reads the file itself, so it works with the daemon up or down.</summary>
public sealed class JournalCommand
{
    public const string DefaultData = "/var/lib/ipvland";
    public const string FileName = "journal.db";

    private const int Refused = 1;
    private const int Usage = 2;

    private readonly Option<string> _data = new("--data")
    {
        Description = $"Data directory of the node; the journal is {FileName} in it",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultData,
        Recursive = true,
    };

    private readonly Option<string> _format = new Option<string>("--format")
    {
        Description = "table or json",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => "table",
        Recursive = true,
    }.AcceptOnlyFromAmong("table", "json");

    private readonly Argument<string> _id = new("ID")
    {
        Description = "Persistence id as journal ls shows it, or enough of its beginning",
    };

    private readonly ProgressLine _progress;
    private readonly TextWriter _error;
    private readonly TextWriter _output;

    private JournalCommand(TextWriter output, TextWriter error, ProgressLine progress)
    {
        _output = output;
        _error = error;
        _progress = progress;
    }

    /// <param name="args">What stands behind <c>ipvland journal</c>.</param>
    /// <param name="terminal">Where a person sees how far it is; null: nobody looks.</param>
    /// <returns>0 done, 1 refused or problems found, 2 usage.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error, TextWriter? terminal = null)
    {
        using var progress = new ProgressLine(terminal);
        var command = new JournalCommand(output, error, progress);
        var parsed = command.Tree().Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (var problem in parsed.Errors)
                error.WriteLine($"ipvland journal: {problem.Message}");
            error.WriteLine("See 'ipvland journal --help'.");
            return Usage;
        }

        return command.Guarded(() => parsed.Invoke(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false }));
    }

    private RootCommand Tree()
    {
        var root = new RootCommand($"Read the node's journal, its daemon up or down. Example: ipvland journal show endpoint-5f2a --data {DefaultData}")
        {
            HelpName = "ipvland journal",
        };
        root.Options.Remove(root.Options.First(o => o is VersionOption));
        root.Add(_data);
        root.Add(_format);
        root.Add(List());
        root.Add(Show());
        root.Add(Replay());
        root.Add(Verify());
        root.Add(Backup());
        var transfer = new TransferCommands(_data, _progress, (parsed, report) => Printer(parsed).Print(report));
        root.Add(transfer.Export());
        root.Add(transfer.Import());
        return root;
    }

    private Command List()
    {
        var command = new Command("ls", "List all persistence ids. Example: ipvland journal ls");
        command.SetAction(parsed => Printer(parsed).Print(JournalListing.Of(FileOf(parsed))));
        return command;
    }

    private Command Show()
    {
        var from = new Option<long>("--from") { Description = "The first event to show", HelpName = "N", DefaultValueFactory = _ => 1 };
        var command = new Command("show", "Show the events of one id. Example: ipvland journal show network-5f2a --from 10") { _id, from };
        command.SetAction(parsed => WithId(parsed, id => Printer(parsed).Print(
            id, JournalReader.Read(FileOf(parsed), id).Where(e => e.Row.SequenceNr >= parsed.GetValue(from)))));
        return command;
    }

    private Command Replay()
    {
        var to = new Option<long>("--to") { Description = "The last event to take in", HelpName = "N", DefaultValueFactory = _ => long.MaxValue };
        var command = new Command("replay", "Show what an actor was after its first events. Example: ipvland journal replay host --to 3") { _id, to };
        command.SetAction(parsed => WithId(parsed, id => Printer(parsed).Print(JournalReplay.Of(FileOf(parsed), id, parsed.GetValue(to)))));
        return command;
    }

    private Command Verify()
    {
        var command = new Command("verify", "Check every event, alone and against the others; 1 if there is a problem. Example: ipvland journal verify");
        command.SetAction(parsed =>
        {
            var report = JournalCheck.Run(FileOf(parsed), _progress);
            Printer(parsed).Print(report);
            return report.IsSound ? 0 : Refused;
        });
        return command;
    }

    private Command Backup()
    {
        var file = new Argument<string>("FILE") { Description = "The copy; must not exist" };
        var command = new Command("backup", "Copy the journal as it is now. Example: ipvland journal backup /root/journal-monday.db") { file };
        command.SetAction(parsed =>
        {
            var copy = JournalBackup.Make(FileOf(parsed), parsed.GetRequiredValue(file), _progress);
            Printer(parsed).Print(copy);
        });
        return command;
    }

    private int WithId(ParseResult parsed, Action<string> action)
    {
        var (id, why) = JournalReader.Find(FileOf(parsed), parsed.GetRequiredValue(_id));
        if (id is null)
            return Refuse(why ?? throw new UnreachableException());
        action(id);
        return 0;
    }

    private JournalPrinter Printer(ParseResult parsed)
    {
        _progress.Dispose(); // what is printed has a line of its own
        return new(_output, parsed.GetRequiredValue(_format) == "json");
    }

    private string FileOf(ParseResult parsed) => Path.Combine(parsed.GetRequiredValue(_data), FileName);

    /// <summary>What a file, a directory or a journal may do to a reader is a sentence, not a stack trace.</summary>
    private int Guarded(Func<int> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or ConfigException)
        {
            return Refuse(e.Message);
        }
        catch (UnreadableEventException e)
        {
            return Refuse($"{e.Message} Run journal verify.");
        }
        catch (SqliteException e)
        {
            return Refuse($"the journal cannot be read: {e.Message} Run journal verify.");
        }
    }

    private int Refuse(string why)
    {
        _progress.Dispose();
        _error.WriteLine($"ipvland journal: {why}");
        return Refused;
    }
}
