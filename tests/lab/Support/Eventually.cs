using System.Diagnostics;
using Xunit.Sdk;

namespace IpvlanActors.Tests.Lab.Support;

internal static class Eventually
{
    /// <summary>Repeats assertions until they hold. When they never do: the last failure, with what the hosts' daemons logged.</summary>
    public static async Task Holds(Func<Task> assertions, double seconds, params LabHost[] hosts)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await assertions();
                return;
            }
            catch (Exception failure) when (failure is XunitException or LabException)
            {
                if (waited.Elapsed > Machine.Patience(seconds))
                    throw new LabException($"Still not so after {waited.Elapsed.TotalSeconds:0.0} s: {failure.Message}\n{Logs(hosts)}", failure);
            }
            await Task.Delay(100);
        }
    }

    private static string Logs(LabHost[] hosts) => string.Join("\n", hosts.Select(h => h.Daemon.LogTail()));
}
