using System.CommandLine;
using IpvlanActors.Ctl.Line;

namespace IpvlanActors.Ctl.Commands;

/// <summary>Completion: the shell asks the binary itself, so a script never goes stale.</summary>
internal static class CompletionCommands
{
    private const string Bash = """
        _ipvlanctl() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(ipvlanctl complete "$COMP_POINT" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _ipvlanctl ipvlanctl

        """;

    private const string Zsh = "autoload -U +X bashcompinit && bashcompinit\n" + Bash;

    public static Verb Script(Globals globals)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash or zsh" };
        shell.CompletionSources.Add("bash", "zsh");
        shell.Validators.Add(result =>
        {
            if (result.Tokens.Any(t => t.Value is not ("bash" or "zsh")))
                result.AddError($"SHELL: '{result.Tokens[0].Value}' is neither bash nor zsh");
        });
        return new Verb("completions", "Print the script that completes ipvlanctl in a shell", "source <(ipvlanctl completions bash)")
            .With(shell)
            .Does(globals, s => Task.FromResult(s.Print(s.Get(shell) == "zsh" ? Zsh : Bash)));
    }

    /// <summary>What the script calls; not for people.</summary>
    public static Verb Complete(Globals globals, Command root)
    {
        var position = new Argument<int>("POSITION");
        var line = new Argument<string>("LINE");
        return new Verb("complete", "What could come next on a line", "ipvlanctl complete 14 'ipvlanctl netw'") { Hidden = true }
            .With(position, line)
            .Does(globals, s => Task.FromResult(s.Print(Next(root, s.Get(line), s.Get(position)))));
    }

    private static string Next(Command root, string line, int position) =>
        string.Concat(root.Parse(line).GetCompletions(position).Select(c => $"{c.Label}\n"));
}
