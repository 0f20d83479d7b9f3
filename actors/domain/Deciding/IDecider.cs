using System.Collections.Immutable;

namespace IpvlanActors.Domain.Deciding;

/// <summary>
/// A subject of the house, as three pure functions: what it is before anything happened, what a command
/// means to it, and what an event makes of it. Every persistent actor is a shell around one of these.
/// </summary>
public interface IDecider<TCommand, TEvent, TState>
{
    static abstract TState Initial { get; }

    /// <summary>
    /// Idempotent: the same command, asked again of the state it led to, yields no events; unless it says that it counts
    /// (a start of the host, a claim whose answer was lost).
    /// </summary>
    static abstract Decision<TEvent> Decide(TCommand command, TState state);

    /// <summary>Total: never throws and never decides, for it also replays what older versions wrote.</summary>
    static abstract TState Evolve(TState state, TEvent @event);
}

/// <summary>What became of a command: zero or more events, or one reason why not.</summary>
public abstract record Decision<TEvent>
{
    private Decision()
    {
    }

    public sealed record Accepted(ImmutableArray<TEvent> Events) : Decision<TEvent>;

    public sealed record Refused(Refusal Why) : Decision<TEvent>;
}

public static class Outcome
{
    public static Decision<TEvent> Accept<TEvent>(params ReadOnlySpan<TEvent> events) =>
        new Decision<TEvent>.Accepted([.. events]);

    public static Decision<TEvent> Refuse<TEvent>(string code, string text) =>
        new Decision<TEvent>.Refused(new(code, text));
}
