using System.Collections.Immutable;
using Akka.Actor;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Runtime.Watching;

/// <summary>A <see cref="WatchCommand"/>, read, and what has been found for it so far.</summary>
internal sealed class Question
{
    private readonly NetworkId? _network;
    private readonly EndpointId? _endpoint;
    private readonly List<JournalChange> _events = [];
    private ImmutableArray<StateChange> _state = [];
    private bool _stateReset;
    private bool _more;

    private Question(WatchCommand command, IActorRef asker, NetworkId? network, EndpointId? endpoint, Cursor? at, StateMark? mark)
    {
        (Command, Asker, _network, _endpoint, At, StateMark) = (command, asker, network, endpoint, at, mark);
        FromNow = command.Events == WatchCommand.Now;
        Limit = Math.Clamp(command.Limit, 1, WatchCommand.MaxLimit);
    }

    public WatchCommand Command { get; }

    public IActorRef Asker { get; }

    public int Limit { get; }

    public bool FromNow { get; private set; }

    /// <summary>Behind the last event that was looked at; null: no events are asked for.</summary>
    public Cursor? At
    {
        get;
        set
        {
            field = value;
            FromNow = false;
        }
    }

    public StateMark? StateMark { get; private set; }

    public bool EventsReset { get; set; }

    /// <summary>Its time is over.</summary>
    public bool IsLate { get; set; }

    public bool HasNews => _events.Count > 0 || !_state.IsEmpty || EventsReset || _stateReset;

    public static (Question? Question, Refusal? Refusal) Read(WatchCommand command, IActorRef asker, Boards boards)
    {
        Cursor? at = null;
        if (command.Events is { Length: > 0 } events)
        {
            if (!Cursor.TryParse(events, out var cursor))
                return (null, new(RefusalCodes.CursorInvalid, $"'{events}' is no place in a journal: a cursor as it came with an event, a number, or 0 for the beginning."));
            at = cursor;
        }
        else if (command.Events is not null)
        {
            at = Cursor.Beginning;
        }

        StateMark? mark = command.State is { Length: > 0 } state && Watching.StateMark.TryParse(state, out var parsed) ? parsed : null;
        if (command.State is { Length: > 0 } && mark is null)
            return (null, new(RefusalCodes.CursorInvalid, $"'{command.State}' is no mark of state: take that of the last reply, or none."));
        var (network, endpoint, refusal) = Scope(command, boards);
        return refusal is null ? (new(command, asker, network, endpoint, at, mark), null) : (null, refusal);
    }

    public bool Wants(Shown shown) =>
        (Command.Kinds.IsEmpty || Command.Kinds.Contains(shown.Kind)) && (_network is null || shown.OfNetwork == _network) && (_endpoint is null || shown.OfEndpoint == _endpoint);

    /// <summary>Takes in what is behind what was taken in before; the rest of the page was taken already.</summary>
    public void Take(ImmutableArray<Recorded> events, bool more, IHistory history)
    {
        _more = more;
        foreach (var recorded in events)
        {
            if (recorded.Cursor.Ordering <= At!.Value.Ordering)
                continue;
            if (_events.Count == Limit)
            {
                _more = true;
                return;
            }

            At = recorded.Cursor;
            if ((_network is null || recorded.Network == _network) && (_endpoint is null || recorded.Endpoint == _endpoint))
                _events.Add(history.Tell(recorded));
        }
    }

    public void Take(StateNews news)
    {
        (_state, StateMark) = (news.Changes, news.Mark);
        _stateReset |= news.Reset;
        _more |= news.More;
    }

    public WatchReply Reply() => new([.. _events], _state)
    {
        EventsMark = At?.ToString(),
        StateMark = StateMark?.ToString(),
        EventsReset = EventsReset,
        StateReset = _stateReset,
        More = _more,
    };

    /// <summary>A whole id may be of something that is no more, or that is not here: the journal knows it all the same.</summary>
    private static (NetworkId?, EndpointId?, Refusal?) Scope(WatchCommand command, Boards boards)
    {
        NetworkId? network = null;
        if (command.Network is { Length: > 0 } name)
        {
            var (found, refusal) = NetworkId.TryParse(name, out var whole) ? (whole, null) : References.Network(name, boards);
            if (refusal is not null)
                return (null, null, refusal);
            network = found;
        }

        if (command.Endpoint is not { Length: > 0 } text)
            return (network, null, null);
        if (EndpointId.TryParse(text, out var id))
            return (network, id, null);
        var (endpoint, unknown) = References.Endpoint(text, boards);
        return (network, endpoint?.Endpoint, unknown);
    }
}
