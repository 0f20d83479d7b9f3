using Akka.Event;
using IpvlanActors.Daemon.Machine;
using IpvlanActors.Journal;

namespace IpvlanActors.Daemon.Journal;

/// <summary>Says how far the replay at start is, where one takes so long that somebody might ask; systemd then waits for as long as it goes on.</summary>
internal sealed class ReplayLog(ILoggingAdapter log, TimeProvider clock) : IProgress<JournalProgress>
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private long _told = clock.GetTimestamp();

    public void Report(JournalProgress value)
    {
        if (clock.GetElapsedTime(_told) < Every)
            return;
        _told = clock.GetTimestamp();
        log.Info("{Progress}", value);
        Systemd.StillStarting(value.ToString());
    }
}
