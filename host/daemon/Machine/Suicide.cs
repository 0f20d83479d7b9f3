using System.Diagnostics;

namespace IpvlanActors.Daemon.Machine;

/// <summary>Ends this process as a kill -9 does: no handler, no flush, no goodbye.</summary>
internal static class Suicide
{
    public static void Commit(string point)
    {
        Console.Error.WriteLine($"crash point {point}");
        using var self = Process.GetCurrentProcess();
        self.Kill();
        using var never = new ManualResetEvent(false);
        never.WaitOne(); // the signal is on its way
    }
}
