using System.Collections.Immutable;
using Akka.Persistence;
using Akka.Persistence.Journal;
using IpvlanActors.Sqlite.Storage;

namespace IpvlanActors.Sqlite;

/// <summary>The rows of what one actor sent at once, and which of its atomic writes have none because they cannot be serialized.</summary>
internal sealed class WriteBatch(PayloadSerialization serialization)
{
    private ImmutableList<Exception?>.Builder? _results;
    private int _count;

    public List<EventRow> Rows { get; } = [];

    /// <summary>For each atomic write null or why it was rejected; null, as Akka.Persistence likes it, if none was.</summary>
    public IImmutableList<Exception?>? Rejections => _results?.ToImmutable();

    public void Add(AtomicWrite write)
    {
        var before = Rows.Count;
        try
        {
            foreach (var message in (IEnumerable<IPersistentRepresentation>)write.Payload)
                Rows.Add(Row(message));
            _results?.Add(null);
        }
        catch (Exception e)
        {
            Rows.RemoveRange(before, Rows.Count - before);
            _results ??= ImmutableList.CreateBuilder<Exception?>();
            _results.AddRange(Enumerable.Repeat<Exception?>(null, _count - _results.Count));
            _results.Add(e);
        }

        _count++;
    }

    private EventRow Row(IPersistentRepresentation message)
    {
        var (payload, tags) = message.Payload is Tagged tagged ? (tagged.Payload, Tags(tagged)) : (message.Payload, null);
        var timestamp = message.Timestamp > 0 ? message.Timestamp : TimeProvider.System.GetUtcNow().Ticks;
        return new(message.PersistenceId, message.SequenceNr, timestamp, serialization.Serialize(payload), tags);
    }

    private static string? Tags(Tagged tagged) => tagged.Tags.Count > 0 ? $";{string.Join(';', tagged.Tags)};" : null;
}
