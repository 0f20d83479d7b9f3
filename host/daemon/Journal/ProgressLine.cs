using IpvlanActors.Journal;

namespace IpvlanActors.Daemon.Journal;

/// <summary>
/// One line on a terminal, written over and over while a person waits, and gone at the end. What is done before anybody
/// would wonder shows nothing.
/// </summary>
/// <param name="terminal">Null: there is none, and nothing is shown.</param>
internal sealed class ProgressLine(TextWriter? terminal) : IProgress<JournalProgress>, IDisposable
{
    private const string StartAndErase = "\r\e[K";
    private static readonly TimeSpan Unnoticed = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private JournalProgress _now;
    private Timer? _frames;
    private bool _shown;

    public void Report(JournalProgress value)
    {
        lock (_gate)
        {
            _now = value;
            _frames ??= terminal is null ? null : new(_ => Show(), null, Unnoticed, Frame);
        }
    }

    /// <summary>Draws it as it is.</summary>
    internal void Show()
    {
        lock (_gate)
        {
            if (_now.What is null || terminal is null)
                return;
            _shown = true;
            terminal.Write(FormattableString.Invariant($"{StartAndErase}{_now}, {TimeProvider.System.GetElapsedTime(_started).TotalSeconds:0} s"));
            terminal.Flush();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _frames?.Dispose();
            (_frames, _now) = (null, default);
            if (_shown)
                terminal!.Write(StartAndErase);
            _shown = false;
        }
    }
}
