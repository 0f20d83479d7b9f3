using System.CommandLine;
using System.CommandLine.Parsing;

namespace IpvlanActors.Ctl.Line;

/// <summary>What is wrong with a command line, a line each, naming the flag; and where its help is.</summary>
internal static class Usage
{
    public static IReadOnlyList<string> Errors(ParseResult parsed)
    {
        if (parsed.CommandResult.Command is Verb { HandsOn: true })
            return [.. parsed.Errors.Select(e => Text(e, parsed))];
        var unknown = UnknownFlags(parsed);
        var wrong = parsed.Errors.Where(e => unknown.Count == 0 || e.SymbolResult is OptionResult).Select(e => Text(e, parsed));
        return [.. unknown.Select(f => $"unknown flag: {f}"), .. wrong.Where(t => t.Length > 0).Distinct()];
    }

    public static string Hint(Command command)
    {
        var path = Path(command);
        return $"see '{path} --help'";
    }

    public static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : command.Name;

    /// <summary>System.CommandLine takes an unknown flag for the next argument: `create --attachable` would be a network's name.</summary>
    private static List<string> UnknownFlags(ParseResult parsed)
    {
        if (parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash))
            return [];
        var words = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(r => r.Tokens).Select(t => t.Value);
        return [.. words.Concat(parsed.UnmatchedTokens).Where(w => w.Length > 1 && w[0] == '-').Select(w => w.Split('=')[0])];
    }

    private static string Text(ParseError error, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count > 0 && error.Message.StartsWith("Unrecognized", StringComparison.Ordinal))
            return command.Subcommands.Count > 0 ? $"unknown command: {parsed.UnmatchedTokens[0]}" : $"one word too many: {error.Message.Split('\'')[1]}";
        if (error.Message.StartsWith("Required command", StringComparison.Ordinal))
            return parsed.UnmatchedTokens.Count > 0 ? "" : $"a command is missing: {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}";
        if (error.SymbolResult is ArgumentResult { Argument: var argument, Tokens.Count: 0 } && command.Arguments.Contains(argument))
            return $"{argument.Name} is missing";
        if (error.SymbolResult is OptionResult { Tokens.Count: 0 } option)
            return option.Implicit || option.IdentifierToken is null ? $"{option.Option.Name} is missing" : $"{option.IdentifierToken.Value}: a value is missing";
        return error.Message;
    }
}
