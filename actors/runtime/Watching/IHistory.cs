using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Runtime.Watching;

/// <summary>This host's journal as one sequence: all events of all ids in the order in which they were written.</summary>
public interface IHistory : IDisposable
{
    /// <summary>Called whenever something may have been written, once it can be read; on any thread.</summary>
    void Follow(Action written);

    /// <summary>The place of the last event; <see cref="Cursor.Beginning"/> if there is none.</summary>
    Task<Cursor> Last();

    /// <summary>Events behind an ordering, at most so many. After one of them has been seen no lower one can appear.</summary>
    Task<ImmutableArray<Recorded>> After(long ordering, int max);

    /// <summary>As it is told to others.</summary>
    JournalChange Tell(Recorded recorded);
}

/// <summary>An event and its place.</summary>
/// <param name="Event">Null: this version cannot read it.</param>
/// <param name="Network">Which network it is about; null: none, or several.</param>
public sealed record Recorded(
    Cursor Cursor, string PersistenceId, long SequenceNr, DateTimeOffset At, string Name, object? Event, NetworkId? Network, EndpointId? Endpoint);
