using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;

namespace IpvlanActors.Ctl.Node;

/// <summary>Commands that the daemon's binary carries out, since they must work while no daemon runs: we become it.</summary>
internal static class Handover
{
    /// <summary>Whether the binary is installed here.</summary>
    public static bool IsThere(Session session) => Daemon(session) is not null;

    public static int Become(Session session)
    {
        if (Daemon(session) is not { } daemon)
            return session.Complain($"{DaemonProgram.Name} is neither in {session.Around.Home} nor in PATH; this command needs it: install it beside ipvlanctl", "no-ipvland", ExitCode.Refused);
        session.Out.Flush();
        var code = session.Around.Exec(daemon, Arguments(session.Parsed));
        return code < 0 ? session.Complain($"{daemon}: {Marshal.GetPInvokeErrorMessage(-code)}", "no-ipvland", ExitCode.Refused) : code;
    }

    private static string? Daemon(Session session) => DaemonProgram.Find(session.Around.Home, session.Around.Variable("PATH"));

    /// <summary>The words as they were typed, the command's first; without the socket, since this is about a file.</summary>
    private static IReadOnlyList<string> Arguments(ParseResult parsed)
    {
        var words = parsed.Tokens.Where((t, at) => t.Value != "--socket" && !(at > 0 && parsed.Tokens[at - 1].Value == "--socket"));
        var byKind = words.ToLookup(t => t.Type == TokenType.Command, t => t.Value);
        return [.. byKind[true], .. byKind[false]];
    }
}
