using System.CommandLine;

namespace IpvlanActors.Ctl.Line;

/// <summary>
/// Docker's manners where System.CommandLine has others, so the words are spelled out before they are parsed. A switch has
/// its value behind an equals sign or not at all, and <c>0</c> or <c>f</c> are values too: the library would take the next
/// word, and <c>--ipv4=0</c> for a network named 0. And <c>--gateway=$NONE db_net</c> is a blank gateway, not one named db_net.
/// </summary>
internal static class Spelling
{
    /// <returns>The words as the library reads them as Docker does; and what is wrong with the switches.</returns>
    public static (string[] Words, string[] Errors) Out(IReadOnlyList<string> words, Command root)
    {
        var options = Options(root).ToLookup(o => o is Option<bool>, o => o.Aliases.Append(o.Name));
        var switches = options[true].SelectMany(n => n).ToHashSet(StringComparer.Ordinal);
        var valued = options[false].SelectMany(n => n).ToHashSet(StringComparer.Ordinal);
        var errors = new List<string>();
        var flags = words.TakeWhile(w => w != "--").ToArray();
        var spelled = flags.SelectMany(w => Split(w) is var (name, value) && switches.Contains(name) ? [Switch(name, value, errors)]
            : value is "" && valued.Contains(name) ? [name, ""]
            : (string[])[w]);
        return ([.. spelled, .. words.Skip(flags.Length)], [.. errors]);
    }

    private static (string Name, string? Value) Split(string word)
    {
        var at = word.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (word, null) : (word[..at], word[(at + 1)..]);
    }

    private static string Switch(string name, string? text, List<string> errors)
    {
        var value = text is null ? true : Truth(text);
        if (value is null)
            errors.Add($"{name}: '{text}' is neither true nor false");
        return $"{name}={(value is false ? "false" : "true")}";
    }

    /// <summary>Go's strconv.ParseBool, which judges Docker's switches.</summary>
    private static bool? Truth(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };

    private static IEnumerable<Option> Options(Command command) => command.Options.Concat(command.Subcommands.SelectMany(Options));
}
