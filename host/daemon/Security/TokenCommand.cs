using System.CommandLine;

namespace IpvlanActors.Daemon.Security;

/// <summary><c>ipvland token NAME</c>: a token for the API over TCP, shown this once, and the line by which the node knows it.</summary>
public static class TokenCommand
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Command Build()
    {
        var name = new Argument<string>("NAME") { Description = "Whose it is; for people" };
        name.Validators.Add(result =>
        {
            if (result.Tokens.Any(t => t.Value.Length == 0 || t.Value[0] == '#' || t.Value.Any(char.IsWhiteSpace)))
                result.AddError("NAME: one word, not beginning with '#'");
        });
        var role = new Option<string>("--role") { Description = "read: look and nothing else; or admin: everything", HelpName = "ROLE", DefaultValueFactory = _ => "read" };
        role.AcceptOnlyFromAmong("read", "admin");
        var file = new Option<string?>("--file") { Description = "Add the line to this file, as in ipvland.api.tcp.tokens; else it is printed too", HelpName = "FILE" };
        var command = new Command("token", "Make a token for the API over TCP. Example: ipvland token --role admin --file /etc/ipvland/tokens ops") { name, role, file };
        command.SetAction(parsed => Make(
            parsed.GetRequiredValue(name), Enum.Parse<TokenRole>(parsed.GetRequiredValue(role), ignoreCase: true), parsed.GetValue(file), Console.Out, Console.Error));
        return command;
    }

    public static int Make(string name, TokenRole role, string? file, TextWriter output, TextWriter error)
    {
        var (token, line) = TokenFile.Make(name, role);
        try
        {
            if (file is not null)
                Append(file, line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"ipvland token: {e.Message}");
            return 1;
        }

        output.WriteLine(token);
        if (file is null)
            output.WriteLine(line);
        return 0;
    }

    private static void Append(string file, string line)
    {
        using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, UnixCreateMode = OnlyOwner });
        using var writer = new StreamWriter(stream);
        writer.WriteLine(line);
    }
}
