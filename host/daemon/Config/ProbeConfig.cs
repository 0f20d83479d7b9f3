namespace IpvlanActors.Daemon.Config;

/// <summary>ipvland.cluster.probe.</summary>
/// <param name="Port">UDP; 0: hops are not probed.</param>
public sealed record ProbeConfig(int Port, TimeSpan Interval, int Count)
{
    /// <summary>Faster, and a host that is merely busy would seem dead.</summary>
    public static readonly TimeSpan Fastest = TimeSpan.FromMilliseconds(50);

    public static readonly TimeSpan Slowest = TimeSpan.FromMinutes(1);

    public static ProbeConfig Default { get; } = new(4054, TimeSpan.FromMilliseconds(250), 3);
}
