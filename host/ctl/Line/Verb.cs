using System.CommandLine;

namespace IpvlanActors.Ctl.Line;

/// <summary>A command with its examples; its help prints them.</summary>
internal sealed class Verb(string name, string description, params IReadOnlyList<string> examples)
    : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>For a command that another program carries out: what we do not know we hand on, and that program judges it.</summary>
    public bool HandsOn
    {
        get;
        init
        {
            field = value;
            TreatUnmatchedTokensAsErrors = !value;
        }
    }

    /// <summary>Docker's second spelling, such as <c>list</c> for <c>ls</c>.</summary>
    public Verb Also(string alias)
    {
        Aliases.Add(alias);
        return this;
    }

    public Verb With(params ReadOnlySpan<Symbol> symbols)
    {
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                Add(argument);
            else if (symbol is Option option)
                Add(option);
            else if (symbol is Command command)
                Add(command);
        }

        return this;
    }

    public Verb Does(Globals globals, Func<Session, Task<int>> run)
    {
        SetAction(async (parsed, cancel) =>
        {
            using var session = new Session(parsed, globals, cancel);
            return await run(session);
        });
        return this;
    }
}
