using IpvlanActors.Sqlite;

namespace IpvlanActors.Journal;

/// <summary>How far a long piece of work on a journal has come.</summary>
/// <param name="What">What is being done now: a verb and its object.</param>
/// <param name="Total">0: nobody knows.</param>
public readonly record struct JournalProgress(string What, long Done = 0, long Total = 0)
{
    private const int Every = 1024;

    public override string ToString() => Total == 0
        ? What
        : FormattableString.Invariant($"{What}: {Done:N0} of {Total:N0} events ({100 * Done / Total} %)");

    /// <summary>The rows as they come, told of now and then. Their places in the whole journal count, so it is right for all of a file's rows alone.</summary>
    internal static IEnumerable<JournalRow> Tell(IEnumerable<JournalRow> rows, string path, string what, IProgress<JournalProgress>? to)
    {
        if (to is null)
            return rows;
        var total = SqliteJournalFile.MaxOrdering(path);
        to.Report(new(what, 0, total));
        return rows.Select((row, n) =>
        {
            if (n % Every == Every - 1)
                to.Report(new(what, Math.Min(row.Ordering, total), total)); // more may be written meanwhile
            return row;
        });
    }
}
