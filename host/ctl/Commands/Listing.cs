using System.Text.Json.Serialization.Metadata;
using IpvlanActors.Ctl.Output;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Commands;

/// <summary>What networks and endpoints are shown by alike.</summary>
internal static class Listing
{
    /// <summary>Whole ids, a line each.</summary>
    public static void Ids(IEnumerable<string> ids, TextWriter output)
    {
        foreach (var id in ids)
            output.WriteLine(Table.Printable(id));
    }

    /// <summary>All that are known, in one array; each that is not, a line on stderr. Docker prints the array even when empty.</summary>
    public static async Task<int> Inspect<T>(
        Session session, string path, string[] names, Func<ContractJson, JsonTypeInfo<T>> type, Action<T, TextWriter> draw)
    {
        var found = new List<byte[]>();
        var code = await Session.Each(names, name => session.Ask(HttpMethod.Get, $"{path}/{Session.Escape(name)}", null, Keep));
        if (code == ExitCode.Unreachable)
            return code;
        return Math.Max(code, session.Reading(() => Write(session, found, type, draw)));

        int Keep(byte[] body)
        {
            found.Add(body);
            return ExitCode.Done;
        }
    }

    private static int Write<T>(Session session, List<byte[]> found, Func<ContractJson, JsonTypeInfo<T>> type, Action<T, TextWriter> draw)
    {
        if (session.JsonUnlessTable)
            session.Out.Write(JsonText.Array(found));
        else
            Draw(session, found, type, draw);
        return ExitCode.Done;
    }

    private static void Draw<T>(Session session, List<byte[]> found, Func<ContractJson, JsonTypeInfo<T>> type, Action<T, TextWriter> draw)
    {
        foreach (var body in found)
        {
            if (body != found[0])
                session.Out.WriteLine();
            draw(Session.Read(body, type), session.Out);
        }
    }
}
