namespace IpvlanActors.Journal.Inspection;

/// <summary>What an actor was at some time: the fold of its first events.</summary>
/// <param name="SequenceNr">The last event that is in it; 0: none.</param>
/// <param name="Last">The last event that there is.</param>
public sealed record JournalReplay(string PersistenceId, long SequenceNr, long Last, object State)
{
    /// <param name="to">The last event to take in.</param>
    /// <exception cref="UnreadableEventException">One of those events cannot be read.</exception>
    /// <exception cref="ArgumentException">The id is of no kind of ours.</exception>
    public static JournalReplay Of(string path, string persistenceId, long to = long.MaxValue)
    {
        var subject = Subject.Of(persistenceId) ?? throw new ArgumentException($"'{persistenceId}' is not an id of a host, network, endpoint or registry.");
        var (taken, last) = (0L, 0L);
        foreach (var entry in JournalReader.Read(path, persistenceId))
        {
            last = entry.Row.SequenceNr;
            if (last <= to && subject.Evolve(JournalReader.Decode(entry.Row)))
                taken = last;
        }

        return new(persistenceId, taken, last, subject.State);
    }

    /// <summary>The state, indented.</summary>
    public string ToJson() => JournalJson.Write(State);
}
