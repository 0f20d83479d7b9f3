using IpvlanActors.Daemon.Journal;
using IpvlanActors.Journal;
using IpvlanActors.Journal.Inspection;
using IpvlanActors.Sqlite;
using Xunit;
using static IpvlanActors.Tests.Unit.Journal.JournalStory;

namespace IpvlanActors.Tests.Unit.Journal;

/// <summary><c>journal export</c> and <c>import</c>, from file to file.</summary>
public sealed class JournalTransferTests : IDisposable
{
    private readonly JournalFile _from = new(Of(3));
    private readonly string _folder = Directory.CreateTempSubdirectory("ipvland-transfer-").FullName;

    private string Export => Path.Combine(_folder, "export.jsonl");

    private string To => Path.Combine(_folder, "data");

    private string Journal => Path.Combine(To, "journal.db");

    public void Dispose()
    {
        _from.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_whole_journal_arrives_as_it_was()
    {
        Assert.Equal((0, ""), Run("export", Export, "--data", _from.Directory));
        Assert.Equal((0, ""), Run("import", Export, "--data", To));
        Assert.Equal(Events(_from.Path), Events(Journal));
        Assert.Equal(HostJournal.LoadView(_from.Path).Endpoints.Keys, HostJournal.LoadView(Journal).Endpoints.Keys);
        Assert.True(JournalCheck.Run(Journal).IsSound);
    }

    [Fact]
    public void The_registry_alone_takes_nothing_of_the_host_with_it()
    {
        Assert.Equal((0, ""), Run("export", "--registry", Export, "--data", _from.Directory));
        Assert.Equal((0, ""), Run("import", Export, "--data", To));
        Assert.Equal([NetworkId, "registry"], SqliteJournalFile.PersistenceIds(Journal).Select(i => i.PersistenceId));
        Assert.Equal(Events(_from.Path).Where(e => e.StartsWith("registry", StringComparison.Ordinal) || e.StartsWith("network-", StringComparison.Ordinal)), Events(Journal));
    }

    [Fact]
    public void An_import_again_changes_nothing_and_one_into_another_past_is_refused()
    {
        Run("export", Export, "--data", _from.Directory);
        Run("import", Export, "--data", To);
        var before = Events(Journal);
        Assert.Equal((0, ""), Run("import", Export, "--data", To));
        Assert.Equal(before, Events(Journal));

        using var other = new JournalFile(Of(4));
        var late = Path.Combine(_folder, "late.jsonl");
        Run("export", late, "--data", other.Directory);
        var (code, error) = Run("import", late, "--data", To);
        Assert.Equal(1, code);
        Assert.Contains("Nothing was changed.", error, StringComparison.Ordinal);
        Assert.Equal(before, Events(Journal));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("edited")]
    [InlineData("foreign")]
    public void A_file_that_is_not_whole_is_refused_before_anything_is_written(string what)
    {
        Run("export", Export, "--data", _from.Directory);
        var lines = File.ReadAllLines(Export);
        File.WriteAllLines(Export, what switch
        {
            "cut" => lines[..^2],
            "edited" => [.. lines.Select(l => l.Replace("\"nr\":2", "\"nr\":3", StringComparison.Ordinal))],
            _ => ["hello"],
        });

        var (code, error) = Run("import", Export, "--data", To);

        Assert.Equal(1, code);
        Assert.Contains(Export, error, StringComparison.Ordinal);
        Assert.False(File.Exists(Journal) && SqliteJournalFile.PersistenceIds(Journal).Count > 0);
    }

    [Fact]
    public void What_is_there_is_not_overwritten_and_what_cannot_be_read_is_not_exported()
    {
        File.WriteAllText(Export, "mine");
        Assert.Contains("exists", Run("export", Export, "--data", _from.Directory).Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Export));
        File.Delete(Export);

        _from.AddRow("registry", "HostRegistered", [1]);
        Assert.Contains("registry #", Run("export", Export, "--data", _from.Directory).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Export));
    }

    private static (int Code, string Error) Run(params string[] words)
    {
        var error = new StringWriter();
        return (JournalCommand.Run(words, TextWriter.Null, error), error.ToString());
    }

    private static IEnumerable<string> Events(string path) => JournalReader.Read(path)
        .Select(e => $"{e.Row.PersistenceId} {e.Row.SequenceNr:000} {e.Row.Manifest} {Convert.ToHexString(e.Row.Payload)}").Order(StringComparer.Ordinal).ToList();
}
