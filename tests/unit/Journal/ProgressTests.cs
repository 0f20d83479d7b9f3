using Akka.Event;
using IpvlanActors.Daemon.Journal;
using IpvlanActors.Journal;
using IpvlanActors.Journal.Inspection;
using Xunit;
using static IpvlanActors.Tests.Unit.Journal.JournalStory;

namespace IpvlanActors.Tests.Unit.Journal;

/// <summary>How far long work on a journal is, for a person at a terminal and for a log.</summary>
public sealed class ProgressTests : IDisposable
{
    private const int Endpoints = 400; // three events each and a few more: told of once on the way
    private readonly JournalFile _file = new(Of(Endpoints));
    private readonly List<JournalProgress> _told = [];

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Whoever_reads_a_whole_journal_tells_how_far_it_is()
    {
        HostJournal.LoadView(_file.Path, new Heard(_told.Add));
        Assert.Equal([(0L, true), (1024L, true)], _told.Select(p => (p.Done, p.Total > 3 * Endpoints)));
        Assert.Matches(@"^replaying the journal: 1,024 of 1,2\d\d events \(8\d %\)$", _told[1].ToString());

        _told.Clear();
        JournalCheck.Run(_file.Path, new Heard(_told.Add));
        Assert.Equal(["checking the file", "reading", "reading"], _told.Select(p => p.What));
    }

    [Fact]
    public void A_terminal_has_one_line_that_is_written_over_and_gone_at_the_end()
    {
        using var terminal = new StringWriter();
        var line = new ProgressLine(terminal);
        line.Show();
        Assert.Empty(terminal.ToString());
        line.Report(new("reading", 50, 200));
        line.Show();
        line.Report(new("checking the copy"));
        line.Show();
        line.Dispose();
        Assert.Equal("\r\e[Kreading: 50 of 200 events (25 %), 0 s\r\e[Kchecking the copy, 0 s\r\e[K", terminal.ToString());
        line.Dispose();
        line.Show();
        Assert.EndsWith("0 s\r\e[K", terminal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Short_work_and_work_without_a_terminal_show_nothing()
    {
        using var terminal = new StringWriter();
        using var output = new StringWriter();
        Assert.Equal(0, JournalCommand.Run(["ls", "--data", _file.Directory], output, TextWriter.Null, terminal));
        Assert.Empty(terminal.ToString());
        using var nobody = new ProgressLine(null);
        nobody.Report(new("reading"));
        nobody.Show();
    }

    [Fact]
    public void The_log_has_a_line_a_second_of_a_replay_that_takes_longer()
    {
        var (clock, log) = (new StoppedClock(), new Lines());
        var replay = new ReplayLog(log, clock);
        for (var n = 0; n < 30; n++)
        {
            replay.Report(new("replaying the journal", n, 30));
            clock.Now += TimeSpan.FromMilliseconds(100);
        }

        Assert.Equal(["replaying the journal: 10 of 30 events (33 %)", "replaying the journal: 20 of 30 events (66 %)"], log.Said);
    }

    private sealed class Heard(Action<JournalProgress> hear) : IProgress<JournalProgress>
    {
        public void Report(JournalProgress value) => hear(value);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class Lines() : LoggingAdapterBase(SemanticLogMessageFormatter.Instance)
    {
        public List<string> Said { get; } = [];

        public override bool IsDebugEnabled => true;

        public override bool IsInfoEnabled => true;

        public override bool IsWarningEnabled => true;

        public override bool IsErrorEnabled => true;

        protected override void NotifyLog(LogLevel logLevel, object message, Exception? cause = null) => Said.Add(message.ToString()!);
    }
}
