using System.Collections.Immutable;

namespace IpvlanActors.Runtime.Watching;

/// <summary>A part of the journal.</summary>
/// <param name="From">Behind which event it begins.</param>
/// <param name="Reset">That is not where it was asked for from: the journal has never been there.</param>
internal sealed record Page(Cursor From, ImmutableArray<Recorded> Events, bool Reset, bool More);

internal static class Pages
{
    /// <summary>What is behind a cursor, if the journal has it; else nothing, and its end.</summary>
    /// <param name="now">Behind the last event, wherever that is.</param>
    public static async Task<Page> First(IHistory history, Cursor from, bool now, int max)
    {
        if (now)
            return new(await history.Last(), [], Reset: false, More: false);
        if (from.Proof is null)
            return await Typed(history, from, max);

        // together with the event that the cursor is behind
        var events = await history.After(from.Ordering - 1, max + 1);
        return !events.IsEmpty && events[0].Cursor == from
            ? new(from, events.RemoveAt(0), Reset: false, More: events.Length > max)
            : new(await history.Last(), [], Reset: true, More: false);
    }

    private static async Task<Page> Typed(IHistory history, Cursor from, int max)
    {
        var events = await history.After(from.Ordering, max);
        return events.IsEmpty && await history.Last() is var last && last.Ordering < from.Ordering
            ? new(last, [], Reset: true, More: false)
            : new(from, events, Reset: false, More: events.Length == max);
    }
}
