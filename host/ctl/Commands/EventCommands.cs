using System.Net.ServerSentEvents;
using IpvlanActors.Ctl.Line;
using IpvlanActors.Ctl.Node;
using IpvlanActors.Ctl.Output;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Commands;

/// <summary>`events`: what has happened on this host, one event a line, each of them once.</summary>
internal static class EventCommands
{
    private const string Path = "v1/events?only=journal";
    private const string Beginning = "0";

    public static Verb Build(Globals globals)
    {
        var follow = Flags.Switch("--follow", "Go on with what happens from now on, also after a restart of the node", aliases: "-f");
        var from = Flags.One("--from", "N", "Behind this event: a number, or a cursor as JSON has it (else all; with --follow what comes)");
        from.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.Length > 0 && !t.Value.All(c => char.IsAsciiHexDigitLower(c) || c == '-')))
                result.AddError($"--from: '{token.Value}' is neither a number nor a cursor");
        });
        var network = Flags.One("--network", "NETWORK", "Only what is about this network");
        var endpoint = Flags.One("--endpoint", "ENDPOINT", "Only what is about this endpoint");
        return new Verb(
            "events",
            "Show what has happened on this host, and on the registry's host in the cluster",
            "ipvlanctl events --network db_net",
            "ipvlanctl events --follow --format json",
            "ipvlanctl events --follow --from 1042")
            .With(follow, from, network, endpoint)
            .Does(globals, s => Run(s, s.Get(follow), s.Get(from), Query(s.Get(network), s.Get(endpoint))));
    }

    private static async Task<int> Run(Session session, bool follow, string? from, string query)
    {
        var (last, connected) = (from ?? (follow ? null : Beginning), false);
        while (true)
        {
            var answer = await session.Follow($"{Path}{query}&follow={(follow ? "true" : "false")}", last, item =>
            {
                connected = true;
                last = item.EventId ?? last;
                Show(session, item);
            });
            if (answer is not Answered && (!follow || !connected || answer is Declined))
                return session.Complain(answer);
            if (!follow)
                return ExitCode.Done;
            await session.ComeBack();
        }
    }

    private static void Show(Session session, SseItem<string> item)
    {
        switch (item.EventType)
        {
            case EventNames.Journal when session.Json:
                session.Out.WriteLine(item.Data);
                break;
            case EventNames.Journal:
                session.Out.WriteLine(Line(Session.Read(item.Data, c => c.JournalMessage)));
                break;
            case EventNames.Reset:
                session.Note("that place is not in this node's journal (another host's, or it was restored from a copy); going on from now");
                break;
        }

        session.Out.Flush();
    }

    /// <summary>As `journal show` has it, with the number in the whole journal.</summary>
    private static string Line(JournalMessage e) => Table.Printable(FormattableString.Invariant(
        $"{e.At.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff'Z'} {e.Cursor.Split('-')[0],6}  {e.Name,-19} {About(e)}{e.Text}"));

    /// <summary>What it is about, unless its words say so.</summary>
    private static string About(JournalMessage e) => (e.EndpointId, e.NetworkId) switch
    {
        ({ } endpoint, _) => Unless(e, "endpoint", endpoint),
        (_, { } network) => Unless(e, "network", network),
        _ => "",
    };

    private static string Unless(JournalMessage e, string what, string id) =>
        e.Text.Contains(Table.Short(id), StringComparison.Ordinal) ? "" : $"{what} {Table.Short(id)}: ";

    private static string Query(string? network, string? endpoint) =>
        (network is null ? "" : $"&network={Session.Escape(network)}") + (endpoint is null ? "" : $"&endpoint={Session.Escape(endpoint)}");
}
