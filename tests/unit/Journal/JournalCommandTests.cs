using System.Text.Json;
using IpvlanActors.Daemon.Journal;
using Xunit;
using static IpvlanActors.Tests.Unit.Journal.JournalStory;

namespace IpvlanActors.Tests.Unit.Journal;

public sealed class JournalCommandTests : IDisposable
{
    private readonly JournalFile _file = new(Of(2));

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Ls_names_every_id_with_what_people_call_it()
    {
        var (code, output, _) = Run("ls");
        Assert.Equal(0, code);
        Assert.Matches($"{EndpointId_(1)} +2 +2  2027-01-15 08:00:00.123Z  web-1", output);
        Assert.Equal(7, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Show_gives_a_line_per_event_from_the_one_asked_for()
    {
        var (code, output, _) = Run("show", "endpoint-00000002", "--from", "2");
        Assert.Equal(0, code);
        Assert.Equal(EndpointId_(1), output.Split('\n')[0]);
        Assert.EndsWith("     2  EndpointJoined      is to have link eth0 in /run/netns/web-1 (inode 4026531841, kernel boot boot-1)", output.Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_gives_the_state_as_it_was()
    {
        var (code, output, _) = Run("replay", "host", "--to", "1");
        Assert.Equal(0, code);
        Assert.StartsWith("host after event 1 of 2\n{", output, StringComparison.Ordinal);
        Assert.Contains("\"incarnation\": 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_says_what_it_looked_at_and_ends_in_1_if_something_is_wrong()
    {
        var (code, output, _) = Run("verify");
        Assert.Equal(0, code);
        Assert.EndsWith("The journal is sound.\n", output, StringComparison.Ordinal);
        Assert.StartsWith("ok       SQLite integrity_check: ok\n", output, StringComparison.Ordinal);

        _file.AddRow("host", "HostStarted", [1]);
        (code, output, _) = Run("verify");
        Assert.Equal(1, code);
        Assert.Contains("PROBLEM  every event can be read", output, StringComparison.Ordinal);
        Assert.Contains("host #3: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Backup_makes_a_whole_copy_and_overwrites_nothing()
    {
        var copy = Path.Combine(_file.Directory, "copy.db");
        var (code, output, _) = Run("backup", copy);
        Assert.Equal(0, code);
        Assert.Contains("15 events", output, StringComparison.Ordinal);
        Assert.True(File.Exists(copy));

        (code, _, var error) = Run("backup", copy);
        Assert.Equal(1, code);
        Assert.Contains("exists", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("show", "host")]
    [InlineData("show", "registry")]
    [InlineData("replay", "registry")]
    [InlineData("replay", "network-c0")]
    [InlineData("replay", "host-")]
    [InlineData("replay", "endpoint-00000001")]
    [InlineData("verify")]
    public void Everything_is_to_be_had_as_json(params string[] args)
    {
        var (code, output, _) = Run([.. args, "--format", "json"]);
        Assert.Equal(0, code);
        using var parsed = JsonDocument.Parse(output);
        Assert.NotEqual(JsonValueKind.Undefined, parsed.RootElement.ValueKind);
    }

    [Theory]
    [InlineData("'endpoint-' begins 2 persistence ids", "show", "endpoint-")]
    [InlineData("no persistence id begins with 'x'", "replay", "x")]
    public void An_id_that_is_not_one_is_refused(string why, params string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_that_is_not_there_is_refused_in_a_sentence()
    {
        foreach (var args in new string[][] { ["ls"], ["show", "host"], ["verify"], ["backup", "/tmp/never.db"] })
        {
            var error = new StringWriter();
            Assert.Equal(1, JournalCommand.Run([.. args, "--data", "/nonexistent"], TextWriter.Null, error));
            Assert.Equal("ipvland journal: There is no journal /nonexistent/journal.db.\n", error.ToString());
        }
    }

    [Theory]
    [InlineData]
    [InlineData("show")]
    [InlineData("show", "host", "--from", "x")]
    [InlineData("prune")]
    [InlineData("ls", "--format", "xml")]
    public void Wrong_words_are_usage(params string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains("--help", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("show", "--help")]
    public void Help_has_an_example(params string[] args)
    {
        var (code, output, _) = Run(args);
        Assert.Equal(0, code);
        Assert.Contains("Example: ipvland journal show", output, StringComparison.Ordinal);
    }

    private (int Code, string Output, string Error) Run(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = JournalCommand.Run([.. args, "--data", _file.Directory], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
