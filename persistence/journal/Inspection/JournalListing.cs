using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Journal.Inspection;

/// <summary>One persistence id of a journal.</summary>
/// <param name="LastAt">When its last event was decided.</param>
/// <param name="Name">What people call it; empty if nothing.</param>
public sealed record JournalListing(string PersistenceId, long Events, long LastSequenceNr, DateTimeOffset LastAt, string Name)
{
    /// <summary>All of them, sorted.</summary>
    public static IReadOnlyList<JournalListing> Of(string path)
    {
        var ids = new SortedDictionary<string, JournalListing>(StringComparer.Ordinal);
        foreach (var entry in JournalReader.Read(path))
        {
            var id = entry.Row.PersistenceId;
            var before = ids.GetValueOrDefault(id) ?? new(id, 0, 0, default, "");
            ids[id] = before with
            {
                Events = before.Events + 1,
                LastSequenceNr = entry.Row.SequenceNr,
                LastAt = entry.At,
                Name = NameIn(entry.Event) ?? before.Name,
            };
        }

        return [.. ids.Values];
    }

    private static string? NameIn(object? @event) => @event switch
    {
        EndpointCreated e => e.Name,
        NetworkAttached e => e.Spec.Name,
        NetworkCreated e => e.Spec.Name,
        HostBorn e => e.Id.ToString(),
        _ => null,
    };
}
