using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace IpvlanActors.Journal.Transfer;

/// <summary>
/// Events in a text file that is the same whichever journal they come from: a line that says what it is, a line of JSON for
/// each event, and a last line with their number and the SHA-256 of all lines before it, without which it is not whole.
/// </summary>
public static class ExportFile
{
    private const string Format = "ipvlan-journal";
    private const int Version = 1;

    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    public static void Write(string path, IReadOnlyCollection<ExportedEvent> events)
    {
        var full = Path.GetFullPath(path);
        if (Path.Exists(full))
            throw new IOException($"{full} exists. An export overwrites nothing: name another file.");
        var unfinished = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}");
        try
        {
            using (var file = new FileStream(unfinished, FileMode.CreateNew))
            {
                file.Write(Text(events));
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, full, overwrite: false);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <returns>Each id's events in order, from its first; all of them can be read.</returns>
    /// <exception cref="InvalidDataException">It is not an export, not whole, or was changed.</exception>
    /// <exception cref="UnreadableEventException">This version does not know such an event.</exception>
    public static IReadOnlyList<ExportedEvent> Read(string path)
    {
        var lines = File.ReadAllLines(path);
        if (lines.Length < 2 || lines[0] != Header())
            throw new InvalidDataException($"{path} is not an export of this version's: its first line should be {Header()}");
        if (lines[^1] != Trailer(lines[..^1]))
            throw new InvalidDataException($"{path} is not whole, or was changed: its last line does not fit the others. Export it again.");
        var events = lines[1..^1].Select(Event).ToList();
        foreach (var stream in events.GroupBy(e => e.PersistenceId))
        {
            if (stream.Select((e, at) => e.SequenceNr == at + 1).Contains(false))
                throw new InvalidDataException($"{path}: the events of {stream.Key} do not run from 1 on without a gap.");
        }

        foreach (var @event in events)
            @event.Read();
        return events;
    }

    private static byte[] Text(IEnumerable<ExportedEvent> events)
    {
        List<string> lines = [Header(), .. events.Select(Line)];
        lines.Add(Trailer(lines));
        return Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
    }

    private static string Header() => $$"""{"format":"{{Format}}","version":{{Version}}}""";

    private static string Line(ExportedEvent e) =>
        $$"""{"id":{{Quote(e.PersistenceId)}},"nr":{{e.SequenceNr}},"event":{{Quote(e.Manifest)}},"payload":"{{Convert.ToBase64String(e.Payload)}}"}""";

    private static string Trailer(IReadOnlyCollection<string> before) =>
        $$"""{"events":{{before.Count - 1}},"sha256":"{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', before))))}}"}""";

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    private static ExportedEvent Event(string line)
    {
        using var json = JsonDocument.Parse(line);
        var e = json.RootElement;
        return new(e.GetProperty("id").GetString()!, e.GetProperty("nr").GetInt64(), e.GetProperty("event").GetString()!, e.GetProperty("payload").GetBytesFromBase64());
    }
}
