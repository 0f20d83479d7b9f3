using System.Collections.Immutable;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Sqlite;
using Microsoft.Data.Sqlite;

namespace IpvlanActors.Journal.Inspection;

/// <summary>One thing that was looked at.</summary>
public sealed record JournalChecked(string What, string Found, ImmutableArray<string> Problems);

/// <param name="Notes">Remarkable, but no damage.</param>
public sealed record JournalReport(ImmutableArray<JournalChecked> Checks, ImmutableArray<string> Notes)
{
    public bool IsSound => Checks.All(c => c.Problems.IsEmpty);
}

/// <summary>Reads a whole journal, its daemon running or not, and finds what should not be there. Changes nothing.</summary>
public sealed class JournalCheck
{
    private readonly Dictionary<string, Subject> _subjects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);
    private readonly List<string> _unreadable = [];
    private readonly List<string> _gaps = [];
    private readonly List<string> _misfits = [];
    private readonly List<string> _notes = [];
    private long _events;

    private JournalCheck(IReadOnlyDictionary<string, long> deletedTo)
    {
        foreach (var (id, to) in deletedTo)
        {
            _last[id] = to;
            _broken.Add(id);
            _notes.Add($"{id}: events up to {to} were deleted, so the rest was not judged by them");
        }
    }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static JournalReport Run(string path, IProgress<JournalProgress>? progress = null)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no journal {path}.", path);
        progress?.Report(new("checking the file"));
        var integrity = Integrity(path);
        try
        {
            var check = new JournalCheck(SqliteIntegrity.DeletedTo(path));
            foreach (var entry in JournalReader.Read(path, progress))
                check.Take(entry);
            return check.Report(integrity);
        }
        catch (Exception e) when (e is SqliteException or InvalidCastException)
        {
            return new([integrity, new("rows", "could not be read", [e.Message])], []);
        }
    }

    private static JournalChecked Integrity(string path)
    {
        const string What = "SQLite integrity_check";
        try
        {
            return SqliteIntegrity.Problems(path) is { Count: > 0 } problems ? new(What, "damage", [.. problems]) : new(What, "ok", []);
        }
        catch (SqliteException e)
        {
            return new(What, "could not be run", [e.Message]);
        }
    }

    private void Take(JournalEntry entry)
    {
        var row = entry.Row;
        _events++;
        Follow(row);
        if (entry.Unreadable is { } why)
        {
            _unreadable.Add($"{Place(row)}: {why}");
            _broken.Add(row.PersistenceId);
        }
        else if (entry.Event is null)
        {
            _notes.Add($"{Place(row)}: not an event of ours ({row.Manifest}, serializer {row.SerializerId})");
        }
        else
        {
            Fold(row, entry.Event);
        }
    }

    private void Follow(JournalRow row)
    {
        var last = _last.GetValueOrDefault(row.PersistenceId);
        if (row.SequenceNr != last + 1)
        {
            _gaps.Add(row.SequenceNr > last + 1
                ? $"{row.PersistenceId}: {(row.SequenceNr == last + 2 ? $"event {last + 1} is" : $"events {last + 1} to {row.SequenceNr - 1} are")} missing"
                : $"{Place(row)}: it comes after event {last}");
            _broken.Add(row.PersistenceId);
        }

        _last[row.PersistenceId] = Math.Max(last, row.SequenceNr);
    }

    /// <summary>After a gap or an unreadable event a state is a guess, so nothing is judged by it any more.</summary>
    private void Fold(JournalRow row, object @event)
    {
        if (!_subjects.TryGetValue(row.PersistenceId, out var subject))
        {
            if (Subject.Of(row.PersistenceId) is not { } found)
            {
                _misfits.Add($"{Place(row)} {row.Manifest}: the id belongs to nobody");
                return;
            }

            _subjects[row.PersistenceId] = subject = found;
        }

        if (!_broken.Contains(row.PersistenceId))
            _misfits.AddRange(EventRules.Broken(row.PersistenceId, subject.State, @event).Select(p => $"{Place(row)} {row.Manifest}: {p}"));
        if (WrongHost(@event) is { } wrong)
            _misfits.Add($"{Place(row)} {row.Manifest}: {wrong}");
        subject.Evolve(@event);
    }

    private string? WrongHost(object @event)
    {
        if (@event is not (HostNetworkEvent or EndpointEvent) || _subjects.GetValueOrDefault(PersistenceIds.Host)?.State is not HostState { Id: { } host })
            return null;
        var by = JournalEvents.StampOf(@event).Host;
        return by == host ? null : $"decided by host {by}, but this is the journal of host {host}";
    }

    private JournalReport Report(JournalChecked integrity)
    {
        var cross = _broken.Count == 0 ? new CrossChecks(_subjects.ToDictionary(s => s.Key, s => s.Value.State)) : null;
        var partly = cross is null ? $", {_broken.Count} of them not whole" : "";
        return new(
            [
                integrity,
                new("every event can be read", $"{_events} events", [.. _unreadable]),
                new("no gaps in sequence numbers", $"{_last.Count} ids", [.. _gaps]),
                new("every event may follow those before it", $"{_subjects.Count} ids{partly}", [.. _misfits]),
                new("journals agree with each other", cross?.Counts ?? "not judged", [.. cross?.Problems() ?? []]),
            ],
            [.. _notes, .. cross?.Notes() ?? []]);
    }

    private static string Place(JournalRow row) => $"{row.PersistenceId} #{row.SequenceNr}";
}
