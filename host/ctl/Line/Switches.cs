using System.CommandLine;

namespace IpvlanActors.Ctl.Line;

/// <summary>
/// Docker's booleans. There a switch has its value behind an equals sign or not at all, and <c>0</c> or <c>f</c> are values
/// too; System.CommandLine would take the next word, and would take <c>--ipv4=0</c> for a network named 0. So every switch
/// is spelled out before it is parsed.
/// </summary>
internal static class Switches
{
    /// <returns>The arguments, each switch with <c>=true</c> or <c>=false</c>; and the switches whose value is neither.</returns>
    public static (string[] Arguments, string[] Errors) SpellOut(IReadOnlyList<string> arguments, Command root)
    {
        var switches = Names(root).ToHashSet(StringComparer.Ordinal);
        var literal = arguments.TakeWhile(a => a != "--").Count();
        var errors = new List<string>();
        var spelled = arguments.Select((a, at) => at < literal ? SpellOut(a, switches, errors) : a).ToArray();
        return (spelled, [.. errors]);
    }

    private static string SpellOut(string argument, HashSet<string> switches, List<string> errors)
    {
        var at = argument.IndexOf('=', StringComparison.Ordinal);
        var name = at < 0 ? argument : argument[..at];
        if (!switches.Contains(name))
            return argument;
        var value = at < 0 ? true : Value(argument[(at + 1)..]);
        if (value is null)
            errors.Add($"{name}: '{argument[(at + 1)..]}' is neither true nor false");
        return $"{name}={(value is false ? "false" : "true")}";
    }

    /// <summary>Go's strconv.ParseBool, which judges Docker's switches.</summary>
    private static bool? Value(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };

    private static IEnumerable<string> Names(Command command) => command.Options.OfType<Option<bool>>()
        .SelectMany(o => o.Aliases.Append(o.Name))
        .Concat(command.Subcommands.SelectMany(Names));
}
