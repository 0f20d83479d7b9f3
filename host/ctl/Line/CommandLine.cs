using System.CommandLine;
using IpvlanActors.Ctl.Commands;

namespace IpvlanActors.Ctl.Line;

/// <summary>The whole of ipvlanctl: a tree of commands, and one run of it.</summary>
internal static class CommandLine
{
    /// <summary>No @file arguments: a name may begin with @, and nothing here is that long.</summary>
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    public static Task<int> Invoke(string[] args, TextWriter output, TextWriter error) =>
        Invoke(args, new Surroundings(output, error));

    public static async Task<int> Invoke(string[] args, Surroundings around)
    {
        var root = Build(around);
        var (spelled, wrong) = Spelling.Out(args, root);
        var parsed = root.Parse(spelled, Parser);
        string[] errors = parsed.Action is HelpWithExamples ? [] : [.. wrong, .. Usage.Errors(parsed)];
        if (errors.Length > 0)
            return Refuse(errors, parsed.CommandResult.Command, around.Error);

        // Nothing to tidy up on Ctrl-C, so no handler: the signal ends us, and the shell shows 130.
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = around.Out,
            Error = around.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    public static Verb Build(Surroundings around)
    {
        var globals = new Globals(around);
        var root = new Verb(
            "ipvlanctl",
            "Networks, endpoints and routes of an ipvland node. Speaks to it over its API socket.",
            "ipvlanctl network create -d ipvlan --subnet=192.168.1.0/24 --gateway=192.168.1.1 -o parent=eth0 db_net",
            "ipvlanctl endpoint join db_net --netns web",
            "ipvlanctl status");
        root.With(globals.Socket, globals.Format, HelpWithExamples.Option());
        root.With(NetworkCommands.Build(globals), EndpointCommands.Build(globals), RouteCommands.Build(globals));
        root.With(ClusterCommands.Build(globals), JournalCommands.Build(globals));
        root.With(EventCommands.Build(globals), TopCommand.Build(globals));
        root.With(NodeCommands.Status(globals), NodeCommands.Doctor(globals), NodeCommands.Uninstall(globals), NodeCommands.Version(globals));
        root.With(CompletionCommands.Script(globals), CompletionCommands.Complete(globals, root));
        return root;
    }

    private static int Refuse(IEnumerable<string> errors, Command command, TextWriter error)
    {
        foreach (var text in errors)
            error.WriteLine($"ipvlanctl: {text} [usage]");
        error.WriteLine(Usage.Hint(command));
        return ExitCode.Usage;
    }
}
