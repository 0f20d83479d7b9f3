using System.Text.Json;
using System.Text.Json.Serialization;

namespace IpvlanActors.Daemon.Http.Contract;

/// <summary>
/// GET /v1/events, as server-sent events: <c>journal</c> for <see cref="JournalMessage"/>, with its cursor as id;
/// <c>state</c> for <see cref="StateMessage"/>; <c>reset</c> and <c>live</c> for <see cref="StreamMessage"/>, with the cursor to
/// go on from as id. A comment now and then says that the node is still there.
/// </summary>
public static class EventNames
{
    public const string Journal = "journal";
    public const string State = "state";

    /// <summary>Forget what came before, of state or of events: it comes again as a whole, or cannot be gone on with.</summary>
    public const string Reset = "reset";

    /// <summary>Once: all that there was has been told.</summary>
    public const string Live = "live";
}

/// <summary>An event of this host's journal, and of the registry's where that is in the same file.</summary>
/// <param name="Cursor">To go on from; good for this journal and no other.</param>
/// <param name="HostId">Who decided it.</param>
/// <param name="Text">In words.</param>
/// <param name="Data">All of it.</param>
public sealed record JournalMessage(
    string Cursor, DateTimeOffset At, string HostId, string PersistenceId, long SequenceNr, string Name, string Text, JsonElement Data)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NetworkId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EndpointId { get; init; }
}

/// <summary>Something that the node shows has become like this, in the form in which the lists have it; one of them is there.</summary>
/// <param name="Kind"><c>node</c>, <c>host</c>, <c>network</c>, <c>block</c>, <c>endpoint</c> or <c>route</c>.</param>
/// <param name="Key">Unique in its kind.</param>
public sealed record StateMessage(string Kind, string Key)
{
    /// <summary>It is no more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Gone { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NodeState? Node { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MemberDetail? Host { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NetworkSummary? Network { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BlockDetail? Block { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EndpointSummary? Endpoint { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RouteDetail? Route { get; init; }
}

/// <param name="State"><c>ready</c>, <c>degraded</c>, or <c>fenced</c>.</param>
/// <param name="Problems">One sentence each, with the way out; the first hundred.</param>
public sealed record NodeState(string Host, string HostId, long Incarnation, string State, IReadOnlyList<string> Problems);

/// <param name="Cursor">To go on from; none if no events were asked for.</param>
/// <param name="Events">Of a reset: the cursor that was asked for is not of this journal, so events go on from now.</param>
/// <param name="State">Of a reset: forget all state.</param>
public sealed record StreamMessage(string? Cursor, bool Events, bool State);

/// <summary>One line of GET /v1/journal: something that this host's journal is about.</summary>
/// <param name="PersistenceId"><c>host</c>, <c>host-HOST-network-ID</c>, <c>endpoint-ID</c>; <c>registry</c> and <c>network-ID</c> where the registry is.</param>
public sealed record JournalSummary(string PersistenceId, long Events, long LastSequenceNr);

/// <summary>GET /v1/journal/{persistence id}/state.</summary>
/// <param name="SequenceNr">The last event that is in it; 0: none.</param>
/// <param name="Last">The last event that there is.</param>
/// <param name="State">What is stored, by its names; for people.</param>
public sealed record JournalState(string PersistenceId, long SequenceNr, long Last, JsonElement State);
