namespace IpvlanActors.Ctl.Output;

/// <summary>Docker's tables: upper-case headers, columns three spaces apart, no lines, nothing behind the last cell.</summary>
internal sealed class Table(params string[] headers)
{
    public const int Gap = 3;
    private const int ShortId = 12;

    private readonly List<string[]> _rows = [headers];

    /// <summary>An id as a person reads it; JSON and --quiet have it whole.</summary>
    public static string Short(string id) => id.Length > ShortId ? id[..ShortId] : id;

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Printable)]);

    public void Write(TextWriter output)
    {
        var widths = Enumerable.Range(0, headers.Length).Select(c => _rows.Max(r => r[c].Length) + Gap).ToArray();
        foreach (var row in _rows)
            output.WriteLine(string.Concat(row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd());
    }

    /// <summary>Names and reasons come from other hosts too: none may write to the terminal what is not text.</summary>
    public static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}
