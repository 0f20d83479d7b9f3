using Akka.Actor;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Watching;

namespace IpvlanActors.Daemon.Http;

/// <summary>GET /v1/events: what happens, and how things are, as server-sent events.</summary>
internal static class EventApi
{
    public const string Path = "/v1/events";

    private const int Limit = 500;

    /// <summary>So often a follower hears that the node is still there, and the node finds out that a follower is not.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static void Map(IEndpointRouteBuilder app, Node node)
    {
        var stopping = app.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        app.MapGet(Path, async (HttpContext http, string? from, string? only, string? network, string? endpoint, bool? follow) =>
        {
            if (only is not (null or "" or EventSelection.Journal or EventSelection.State))
                return Problems.From(RefusalCodes.RequestInvalid, $"only={only} is neither {EventSelection.Journal} nor {EventSelection.State}: leave it out for both.");
            using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
            var start = from ?? http.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? WatchCommand.Now;
            return await Run(node, http, follow ?? true, new()
            {
                Events = only == EventSelection.State ? null : start,
                State = only == EventSelection.Journal ? null : WatchCommand.Now,
                Network = network,
                Endpoint = endpoint,
                Limit = Limit,
            }, end.Token);
        }).Is(new Operation("What happens and how things are, as server-sent events: journal, state, reset, live", typeof(string), StatusCodes.Status200OK)
        {
            MediaType = "text/event-stream",
            Messages = [typeof(JournalMessage), typeof(StateMessage), typeof(StreamMessage)],
            Parameters =
            [
                new("from", "query", "Events behind this cursor, or number; 0: from the beginning. None: the Last-Event-ID header, else from now."),
                new("only", "query", "journal or state; none: both."),
                new("network", "query", "Only what is about this network."),
                new("endpoint", "query", "Only what is about this endpoint."),
                new("follow", "query", "false: end when all is told.", "boolean"),
                new("Last-Event-ID", "header", "The last id that was read, as browsers send it."),
            ],
        });
    }

    /// <summary>A refusal is an answer like any other; once the stream has begun it can only end, and who follows asks again.</summary>
    private static async Task<IResult> Run(Node node, HttpContext http, bool follow, WatchCommand command, CancellationToken end)
    {
        var first = await Ask(node, command, end);
        if (first is not WatchReply reply)
            return Problems.From((Refused)first);
        var stream = new EventStream(http.Response);
        stream.Begin();
        try
        {
            await stream.Write(reply, end);
            while (follow || reply.More)
            {
                command = command with { Events = reply.EventsMark, State = reply.StateMark, Wait = reply.More ? TimeSpan.Zero : Heartbeat };
                if (await Ask(node, command, end) is not WatchReply next)
                    break;
                reply = next;
                await stream.Write(reply, end);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or AskTimeoutException)
        {
            // the follower is gone, or the node stops: it comes back with the last id
        }

        return Results.Empty;
    }

    private static Task<object> Ask(Node node, WatchCommand command, CancellationToken end) => node.Gateway.Ask<object>(command, Patience, end);
}

/// <summary>What of the stream somebody wants.</summary>
internal static class EventSelection
{
    public const string Journal = "journal";
    public const string State = "state";
}
