using System.Globalization;

namespace IpvlanActors.Runtime.Watching;

/// <summary>
/// A place in a host's journal, behind an event: its number, and a fingerprint of it. A journal only ever grows, so two that
/// have the same event at the same place are the same up to there; a cursor of another host, or of what a journal was before
/// it was restored from a copy, is found out by the fingerprint. A number alone, as people type it, proves nothing.
/// </summary>
public readonly record struct Cursor(long Ordering, uint? Proof)
{
    public static readonly Cursor Beginning = new(0, null);

    public static bool TryParse(string text, out Cursor cursor)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var number = dash < 0 ? text : text[..dash];
        uint proof = 0;
        var ok = long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var ordering)
            && (dash < 0 || (text.Length == dash + 9 && uint.TryParse(text.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out proof)));
        cursor = new(ordering, dash < 0 ? null : proof);
        return ok;
    }

    public override string ToString() => Proof is { } proof
        ? string.Create(CultureInfo.InvariantCulture, $"{Ordering}-{proof:x8}")
        : Ordering.ToString(CultureInfo.InvariantCulture);
}
