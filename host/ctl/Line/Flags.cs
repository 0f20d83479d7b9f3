using System.CommandLine;
using System.CommandLine.Parsing;

namespace IpvlanActors.Ctl.Line;

/// <summary>
/// Options and arguments in Docker's manners, judged by their spelling only: what an address, a mode or a name may be is
/// the node's to say. A blank value is refused here, since it is mostly a shell variable that was not set.
/// </summary>
internal static class Flags
{
    public static Option<string?> One(string name, string help, string description)
    {
        var option = new Option<string?>(name) { HelpName = help, Description = description };
        option.Validators.Add(result => RefuseBlank(result, t => [t]));
        return option;
    }

    public static Option<string?> Among(string name, string description, params string[] values)
    {
        var option = One(name, string.Join('|', values), description);
        option.CompletionSources.Clear();
        option.CompletionSources.Add(values);
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.Length > 0 && !values.Contains(t.Value)))
                result.AddError($"{Spelled(result)}: '{token.Value}' is none of {string.Join(", ", values)}");
        });
        return option;
    }

    /// <summary>May be given several times, and several at once between commas.</summary>
    public static Option<string[]> List(string name, string help, string description)
    {
        var option = new Option<string[]>(name) { HelpName = help, Description = description };
        option.Validators.Add(result => RefuseBlank(result, t => t.Split(',')));
        return option;
    }

    /// <summary>May be given several times, a key and a value each.</summary>
    /// <param name="bare">A key alone is a key with an empty value, as Docker has it for labels.</param>
    public static Option<string[]> Pairs(string[] names, string help, string description, bool bare = false)
    {
        var option = new Option<string[]>(names[0], names[1..]) { HelpName = help, Description = description };
        option.Validators.Add(result => RefuseBadPairs(result, help, bare));
        return option;
    }

    public static Option<bool> Switch(string name, string description, bool byDefault = false, params string[] aliases)
    {
        var option = new Option<bool>(name, aliases) { Description = description };
        if (byDefault)
            option.DefaultValueFactory = _ => true;
        return option;
    }

    /// <summary>A name or an id, as it goes into a URL's path.</summary>
    public static Argument<string> Ref(string name, string description) => Checked(new Argument<string>(name) { Description = description });

    public static Argument<string[]> Refs(string name, string description) =>
        Checked(new Argument<string[]>(name) { Description = description, Arity = ArgumentArity.OneOrMore });

    public static IReadOnlyList<string> Parts(string[]? values) => [.. (values ?? []).SelectMany(v => v.Split(',')).Select(v => v.Trim())];

    public static IReadOnlyDictionary<string, string> Pairs(string[]? values) =>
        (values ?? []).Select(Pair).DistinctBy(p => p.Key).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);

    private static (string Key, string Value) Pair(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }

    private static void RefuseBlank(OptionResult result, Func<string, string[]> parts)
    {
        if (result.Tokens.SelectMany(t => parts(t.Value)).Any(string.IsNullOrWhiteSpace))
            result.AddError($"{Spelled(result)}: the value is empty");
    }

    private static void RefuseBadPairs(OptionResult result, string help, bool bare)
    {
        foreach (var token in result.Tokens)
        {
            if (Pair(token.Value).Key.Length == 0 || (!bare && !token.Value.Contains('=', StringComparison.Ordinal)))
                result.AddError($"{Spelled(result)}: '{token.Value}' is not {help}");
        }

        var twice = result.Tokens.Select(t => Pair(t.Value)).Distinct().GroupBy(p => p.Key).Where(g => g.Count() > 1);
        foreach (var group in twice)
            result.AddError($"{Spelled(result)}: '{group.Key}' is given twice, with different values");
    }

    private static string Spelled(OptionResult result) => result.IdentifierToken?.Value ?? result.Option.Name;

    /// <summary>A path of dots would climb out of the route it was put into: DELETE /v1/networks/.. is DELETE /v1.</summary>
    private static TArgument Checked<TArgument>(TArgument argument)
        where TArgument : Argument
    {
        argument.Validators.Add(result =>
        {
            foreach (var word in result.Tokens.Select(t => t.Value))
            {
                if (string.IsNullOrWhiteSpace(word))
                    result.AddError($"{argument.Name}: blank (a variable that is not set, or a space after the backslash at a line's end?)");
                else if (word is "." or "..")
                    result.AddError($"{argument.Name}: '{word}' is neither a name nor an id");
            }
        });
        return argument;
    }
}
