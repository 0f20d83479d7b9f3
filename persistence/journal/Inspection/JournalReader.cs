using IpvlanActors.Sqlite;

namespace IpvlanActors.Journal.Inspection;

/// <summary>A row, and what it says.</summary>
/// <param name="Event">None: another serializer's, or unreadable.</param>
/// <param name="Unreadable">Why it cannot be read.</param>
public sealed record JournalEntry(JournalRow Row, object? Event, string? Unreadable)
{
    /// <summary>When it was decided; when it was written, if that is all that can be read.</summary>
    public DateTimeOffset At => Event is { } e
        ? JournalEvents.StampOf(e).At
        : new(Math.Clamp(Row.Timestamp, 0, DateTime.MaxValue.Ticks), TimeSpan.Zero);
}

/// <summary>The events of a journal's file in the order in which they were written, without an actor system.</summary>
public static class JournalReader
{
    /// <summary>Every row comes, also one that cannot be read.</summary>
    public static IEnumerable<JournalEntry> Read(string path, IProgress<JournalProgress>? progress = null) =>
        JournalProgress.Tell(SqliteJournalFile.Read(path), path, "reading", progress).Select(Read);

    /// <summary>Those of one id, from a sequence number on.</summary>
    public static IEnumerable<JournalEntry> Read(string path, string persistenceId, long from = 0) =>
        SqliteJournalFile.ReadOf(path, persistenceId, from).Select(Read);

    /// <exception cref="UnreadableEventException">Says in which row.</exception>
    public static object Decode(JournalRow row)
    {
        try
        {
            return JournalEvents.Read(row.Manifest, row.Payload);
        }
        catch (UnreadableEventException e)
        {
            throw new UnreadableEventException($"{row.PersistenceId} #{row.SequenceNr}", e);
        }
    }

    /// <summary>The id that is or begins with this text; or why there is no such one.</summary>
    public static (string? Id, string? Why) Find(string path, string beginning)
    {
        const int Shown = 5;
        var ids = SqliteJournalFile.PersistenceIds(path).Select(i => i.PersistenceId)
            .Where(i => i.StartsWith(beginning, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        if (ids.Count == 1 || ids.Contains(beginning))
            return (ids[0], null); // a whole id sorts before longer ones that begin with it
        return (null, ids.Count == 0
            ? $"no persistence id begins with '{beginning}': see journal ls."
            : $"'{beginning}' begins {ids.Count} persistence ids ({string.Join(", ", ids.Take(Shown))}{(ids.Count > Shown ? ", ..." : "")}): give more of it.");
    }

    /// <summary>Never throws: what cannot be read says why.</summary>
    public static JournalEntry Read(JournalRow row)
    {
        if (row.SerializerId != JournalSerializer.Id)
            return new(row, null, null);
        try
        {
            return new(row, JournalEvents.Read(row.Manifest, row.Payload), null);
        }
        catch (UnreadableEventException e)
        {
            return new(row, null, e.Message);
        }
    }
}
