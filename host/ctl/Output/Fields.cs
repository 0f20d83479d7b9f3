namespace IpvlanActors.Ctl.Output;

/// <summary>One thing, a line for each of its properties; what is empty is left out.</summary>
internal sealed class Fields
{
    private readonly List<(string Name, string Value)> _lines = [];

    public Fields Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            _lines.Add((name, value));
        return this;
    }

    public Fields Add(string name, IEnumerable<string> values) => values.Aggregate(this, (fields, value) => fields.Add(name, value));

    public Fields Add(string name, IReadOnlyDictionary<string, string> pairs) => Add(name, pairs.Select(p => $"{p.Key}={p.Value}"));

    public Fields Add(string name, DateTimeOffset time) => Add(name, time.UtcDateTime.ToString("u"));

    /// <summary>A name that repeats the line above is not written again.</summary>
    public void Write(TextWriter output)
    {
        var width = _lines.Count == 0 ? 0 : _lines.Max(l => l.Name.Length + 1) + Table.Gap;
        var last = "";
        foreach (var (name, value) in _lines)
        {
            output.WriteLine($"{(name == last ? "" : name + ":").PadRight(width)}{Table.Printable(value)}");
            last = name;
        }
    }
}
