using System.Text.Json;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Daemon.Journal;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Journal;
using IpvlanActors.Journal.Inspection;
using IpvlanActors.Sqlite;

namespace IpvlanActors.Daemon.Http;

/// <summary>/v1/journal: what has happened to one thing, and what it was then. Reads the file beside its writer, like ipvland journal.</summary>
internal static class JournalApi
{
    private const int Limit = 200;

    public static void Map(IEndpointRouteBuilder app, string path)
    {
        app.MapGet("/v1/journal", (HttpContext http, CancellationToken _) => Reading(() => Paging.List(
                http, SqliteJournalFile.PersistenceIds(path).Select(i => new JournalSummary(i.PersistenceId, i.Count, i.LastSequenceNr)), i => i.PersistenceId,
                all => all, ContractJson.Default.IReadOnlyListJournalSummary)))
            .Is("What this host's journal is about: its persistence ids, which are the keys", typeof(IReadOnlyList<JournalSummary>), OperationMetadata.Paged);
        app.MapGet("/v1/journal/{id}", (string id, long? from, int? limit) => Reading(() => Events(path, id, from ?? 1, limit ?? Limit)))
            .Is(
                "The events of one persistence id", typeof(IReadOnlyList<JournalMessage>),
                new("from", "query", "The first sequence number.", "integer"), new("limit", "query", $"At most so many, 1 to {Paging.MaxLimit}; {Limit} unless said.", "integer"));
        app.MapGet("/v1/journal/{id}/state", (string id, long? at) => Reading(() => State(path, id, at ?? long.MaxValue)))
            .Is("What it was after its first events: the fold of them", typeof(JournalState), new OperationParameter("at", "query", "The last sequence number to take in; none: all.", "integer"));
    }

    private static IResult Events(string path, string id, long from, int limit)
    {
        if (limit is < 1 or > Paging.MaxLimit)
            return Problems.From(RefusalCodes.RequestInvalid, $"limit={limit} is not a number from 1 to {Paging.MaxLimit}.");
        IReadOnlyList<JournalMessage> events = [.. JournalReader.Read(path, id, from).Take(limit).Select(HostHistory.Alone).Select(ContractForm.Of)];
        return events.Count == 0 && !Exists(path, id) ? Unknown(id) : Results.Json(events, ContractJson.Default.IReadOnlyListJournalMessage);
    }

    private static IResult State(string path, string id, long at)
    {
        if (at < 0)
            return Problems.From(RefusalCodes.RequestInvalid, $"at={at} is not a sequence number.");
        if (!Exists(path, id))
            return Unknown(id);
        var replay = JournalReplay.Of(path, id, at);
        using var state = JsonDocument.Parse(JournalJson.WriteLine(replay.State));
        return Results.Json(new JournalState(id, replay.SequenceNr, replay.Last, state.RootElement.Clone()), ContractJson.Default.JournalState);
    }

    private static bool Exists(string path, string id) => JournalReader.Read(path, id).Any();

    private static IResult Unknown(string id) => Problems.From(
        RefusalCodes.JournalUnknown, $"this host's journal has no persistence id {id}: GET /v1/journal has all of them; what another host decided is in that host's.");

    /// <summary>Off the threads that serve requests: a long journal takes a while.</summary>
    private static Task<IResult> Reading(Func<IResult> read) => Task.Run(() =>
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is UnreadableEventException or ArgumentException)
        {
            return Problems.From(RefusalCodes.JournalFailed, e.Message);
        }
    });
}
