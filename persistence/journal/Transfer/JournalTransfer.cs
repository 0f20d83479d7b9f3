using Akka.Configuration;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal.Inspection;

namespace IpvlanActors.Journal.Transfer;

/// <summary>What was taken out of a journal, or put into one.</summary>
/// <param name="Events">Of all of them together.</param>
/// <param name="AlreadyThere">How many of these the journal had already, from an import before that did not come to its end.</param>
public sealed record TransferReport(string File, int Ids, int Events, int AlreadyThere);

/// <summary>
/// Events from one journal to another, so that a cluster can move from one profile to the next: the registry and its networks,
/// or all that a host's file has.
/// </summary>
public static class JournalTransfer
{
    /// <summary>From a host's file, its daemon up or down.</summary>
    /// <exception cref="IOException">The file cannot be read, or the destination exists.</exception>
    /// <exception cref="UnreadableEventException">An event cannot be read, so neither could it be after an import.</exception>
    public static TransferReport Export(string journal, string destination, bool onlyRegistry, IProgress<JournalProgress>? progress = null) => Write(destination, [
        .. JournalReader.Read(journal, progress)
            .Where(e => e.Row.SerializerId == JournalSerializer.Id && (!onlyRegistry || ExportedEvent.IsOfRegistry(e.Row.PersistenceId)))
            .Select(e => ExportedEvent.Of(e.Row.PersistenceId, e.Row.SequenceNr, JournalReader.Decode(e.Row)))]);

    /// <summary>The registry and its networks, from wherever a plug-in finds them; nobody may be writing.</summary>
    /// <exception cref="IOException">The journal cannot be read, or the destination exists.</exception>
    public static async Task<TransferReport> Export(Config persistence, string destination, IProgress<JournalProgress>? progress = null)
    {
        progress?.Report(new("reading"));
        await using var journal = new OpenJournal(persistence);
        var registry = await journal.Read(PersistenceIds.Registry);
        var events = registry.ToList();
        foreach (var reserved in registry.Select(e => e.Read()).OfType<NetworkNameReserved>())
            events.AddRange(await journal.Read(PersistenceIds.Network(reserved.Network)));
        return Write(destination, events);
    }

    /// <summary>
    /// Into a journal that has nothing of these ids, or what an import of the same file has left. The registry comes last, so
    /// that one half imported has no registry yet.
    /// </summary>
    /// <exception cref="IOException">The journal has other events of these ids; then nothing is written.</exception>
    public static async Task<TransferReport> Import(string file, Config persistence, IProgress<JournalProgress>? progress = null)
    {
        progress?.Report(new("reading the export"));
        var streams = ExportFile.Read(file).GroupBy(e => e.PersistenceId, e => e).Select(s => s.ToList())
            .OrderBy(s => s[0].PersistenceId == PersistenceIds.Registry).ToList();
        await using var journal = new OpenJournal(persistence);
        var missing = new List<List<ExportedEvent>>();
        foreach (var stream in streams)
        {
            var held = await journal.Read(stream[0].PersistenceId);
            if (held.Count > 0 && !(held.Count == stream.Count && held.Zip(stream).All(p => p.First.SaysTheSameAs(p.Second))))
                throw new IOException($"the journal has {held.Count} events of {stream[0].PersistenceId} that are not those of {file}: import into one that has none. Nothing was changed.");
            if (held.Count == 0)
                missing.Add(stream);
        }

        var (written, all) = (0, missing.Sum(s => s.Count));
        foreach (var stream in missing)
        {
            await journal.Append(stream[0].PersistenceId, stream);
            progress?.Report(new("writing", written += stream.Count, all));
        }

        var events = streams.Sum(s => s.Count);
        return new(file, streams.Count, events, events - missing.Sum(s => s.Count));
    }

    private static TransferReport Write(string destination, List<ExportedEvent> events)
    {
        ExportFile.Write(destination, events);
        return new(destination, events.Select(e => e.PersistenceId).Distinct().Count(), events.Count, 0);
    }
}
