using System.CommandLine;
using IpvlanActors.Ctl.Line;

namespace IpvlanActors.Ctl.Commands;

/// <summary>Completion: the shell asks the binary itself, so a script never goes stale.</summary>
internal static class CompletionCommands
{
    private const string Bash = """
        _ipvlanctl() {
            local word
            COMPREPLY=()
            while IFS= read -r word; do
                [[ $word == "${COMP_WORDS[COMP_CWORD]}"* ]] && COMPREPLY+=("$word")
            done < <("${COMP_WORDS[0]}" complete "$COMP_POINT" "$COMP_LINE" 2>/dev/null)
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
            .Does(globals, async s => s.Print(await Next(root, globals, s.Get(line), s.Get(position))));
    }

    private static async Task<string> Next(Command root, Globals globals, string line, int position)
    {
        KnownNames.Offer(root);
        var parsed = root.Parse(line);
        var words = await KnownNames.Named(parsed.GetCompletions(position).Select(c => c.Label), parsed, globals);
        return string.Concat(words.Select(w => $"{w}\n"));
    }
}
