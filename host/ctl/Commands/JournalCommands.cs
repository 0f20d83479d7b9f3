using System.CommandLine;
using System.Globalization;
using IpvlanActors.Ctl.Line;
using IpvlanActors.Ctl.Node;

namespace IpvlanActors.Ctl.Commands;

/// <summary>`journal`: reads the file itself, daemon up or not, so the daemon's binary does it; we become that.</summary>
internal static class JournalCommands
{
    public static Verb Build(Globals globals)
    {
        var data = Flags.One("--data", "DIR", "The data directory (else the configured one)");
        data.Recursive = true;
        var verb = new Verb("journal", "Read, check and save the journal; works with the daemon up or down", "ipvlanctl journal ls")
            .With(data);
        return verb.With(
            Pass(globals, "ls", "List the streams: persistence id, events, last written", [], "ipvlanctl journal ls"),
            Pass(globals, "show", "Show a stream's events", [Id(), Number("--from")], "ipvlanctl journal show network-db_net --from 10"),
            Pass(globals, "replay", "Fold a stream's events into its state", [Id(), Number("--to")], "ipvlanctl journal replay network-db_net --to 12"),
            Pass(globals, "verify", "Read every event and check that it can be understood", [], "ipvlanctl journal verify --data /var/lib/ipvland"),
            Pass(globals, "backup", "Copy the journal while it is in use", [File()], "ipvlanctl journal backup /root/journal.db"),
            Pass(globals, "export", "Write events to a file that import takes", [File(), Flags.Switch("--registry", "Only the registry and its networks"), Config()], "ipvlanctl journal export --registry /root/registry.jsonl"),
            Pass(globals, "import", "Take in an export, with every ipvland stopped that uses the journal", [Export(), Config()], "ipvlanctl journal import --config /etc/ipvland/ipvland.conf /root/registry.jsonl"));
    }

    private static Verb Pass(Globals globals, string name, string description, Symbol[] symbols, string example) =>
        new Verb(name, description, example) { HandsOn = true }
            .With(symbols)
            .Does(globals, s => Task.FromResult(Handover.Become(s)));

    private static Argument<string> Id() => new("PERSISTENCE-ID") { Description = "The stream, as 'journal ls' names it" };

    private static Argument<string> File() => new("FILE") { Description = "A file that does not exist yet" };

    private static Argument<string> Export() => new("FILE") { Description = "What export has written" };

    private static Option<string?> Config() => Flags.One("--config", "FILE", "The node's configuration; where its registry is in PostgreSQL, that is the journal");

    private static Option<string?> Number(string name)
    {
        var option = Flags.One(name, "N", $"{(name == "--to" ? "Last" : "First")} sequence number");
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => !ulong.TryParse(t.Value, CultureInfo.InvariantCulture, out _)))
                result.AddError($"{name}: '{token.Value}' is not a number");
        });
        return option;
    }
}
