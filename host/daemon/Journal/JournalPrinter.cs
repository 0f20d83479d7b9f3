using System.Globalization;
using IpvlanActors.Journal.Inspection;
using IpvlanActors.Journal.Transfer;

namespace IpvlanActors.Daemon.Journal;

/// <summary>What was found in a journal, for eyes or for programs.</summary>
internal sealed class JournalPrinter(TextWriter output, bool json)
{
    public void Print(IReadOnlyList<JournalListing> ids)
    {
        if (json)
        {
            output.WriteLine(JournalJson.Write(ids));
            return;
        }

        var width = ids.Select(i => i.PersistenceId.Length).Append("PERSISTENCE ID".Length).Max();
        Line($"{"PERSISTENCE ID".PadRight(width)}  {"EVENTS",6}  {"LAST",6}  {"LAST AT",-24}  NAME");
        foreach (var id in ids)
            Line($"{id.PersistenceId.PadRight(width)}  {id.Events,6}  {id.LastSequenceNr,6}  {JournalText.Time(id.LastAt),-24}  {id.Name}");
    }

    public void Print(string persistenceId, IEnumerable<JournalEntry> entries)
    {
        if (json)
        {
            var events = entries.Select(e => new
            {
                e.Row.SequenceNr,
                e.At,
                Name = e.Row.Manifest,
                Facts = JournalText.Facts(e),
                e.Event,
            });
            output.WriteLine(JournalJson.Write(new { persistenceId, events }));
            return;
        }

        Line($"{persistenceId}");
        foreach (var entry in entries)
            output.WriteLine(JournalText.Line(entry));
    }

    public void Print(TransferReport report)
    {
        if (json)
            output.WriteLine(JournalJson.Write(report));
        else
            Line($"{report.File}: {report.Events} events of {report.Ids} ids{(report.AlreadyThere > 0 ? $", {report.AlreadyThere} of which were there already" : "")}");
    }

    public void Print(JournalReplay replay)
    {
        if (json)
        {
            output.WriteLine(JournalJson.Write(replay));
            return;
        }

        Line($"{replay.PersistenceId} after event {replay.SequenceNr} of {replay.Last}");
        output.WriteLine(replay.ToJson());
    }

    public void Print(JournalReport report)
    {
        if (json)
        {
            output.WriteLine(JournalJson.Write(report));
            return;
        }

        foreach (var check in report.Checks)
        {
            Line($"{(check.Problems.IsEmpty ? "ok     " : "PROBLEM")}  {check.What}: {check.Found}");
            foreach (var problem in check.Problems)
                Line($"         {problem}");
        }

        foreach (var note in report.Notes)
            Line($"note     {note}");
        var problems = report.Checks.Sum(c => c.Problems.Length);
        Line($"{(problems == 0 ? "The journal is sound." : $"{problems} problem(s) found.")}");
    }

    public void Print(JournalBackup backup)
    {
        if (json)
            output.WriteLine(JournalJson.Write(backup));
        else
            Line($"{backup.File}: {backup.Events} events, {backup.Bytes} bytes");
    }

    private void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
