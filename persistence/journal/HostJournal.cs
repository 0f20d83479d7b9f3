using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal.Inspection;
using IpvlanActors.Sqlite;

namespace IpvlanActors.Journal;

/// <summary>What a node knows at its start, without an actor system: one scan of the file instead of three queries per actor.</summary>
public static class HostJournal
{
    /// <summary>
    /// The fold of every event of this host. The registry's events and rows of other serializers pass by unread: what is
    /// wrong with them must not keep the host from starting. A file that is not there yet holds nothing.
    /// </summary>
    /// <exception cref="UnreadableEventException">An event of this host cannot be read.</exception>
    public static HostView LoadView(string path, IProgress<JournalProgress>? progress = null) => new FileInfo(path) is { Exists: true, Length: > 0 }
        ? JournalProgress.Tell(SqliteJournalFile.Read(path), path, "replaying the journal", progress).Where(IsOfThisHost).Aggregate(
            HostView.Empty, (view, row) => view.Apply(row.PersistenceId, JournalReader.Decode(row)))
        : HostView.Empty;

    private static bool IsOfThisHost(JournalRow row) =>
        row.SerializerId == JournalSerializer.Id && row.PersistenceId != PersistenceIds.Registry && !PersistenceIds.IsNetwork(row.PersistenceId, out _);
}
