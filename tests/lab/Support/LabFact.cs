using System.Diagnostics;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace IpvlanActors.Tests.Lab.Support;

/// <summary>A test that needs root and a kernel with ipvlan, 802.1q and dummy; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabFactAttribute : FactAttribute
{
    public LabFactAttribute() => Skip = Machine.Missing;
}

/// <summary>As <see cref="LabFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabTheoryAttribute : TheoryAttribute
{
    public LabTheoryAttribute() => Skip = Machine.Missing;
}

/// <summary>As <see cref="LabFactAttribute"/>, with a real dockerd; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DockerFactAttribute : FactAttribute
{
    public DockerFactAttribute() => Skip = Machine.MissingForDocker;
}

/// <summary>As <see cref="DockerFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DockerTheoryAttribute : TheoryAttribute
{
    public DockerTheoryAttribute() => Skip = Machine.MissingForDocker;
}

internal static class Machine
{
    /// <summary>In the lab kernel (one slow CPU) everything takes several times as long.</summary>
    private static readonly bool IsSlow = Environment.GetEnvironmentVariable("UMLAB") is not null;

    private static readonly Lazy<string?> Reason = new(Probe);

    /// <summary>Why no lab test can run here; null if they can.</summary>
    public static string? Missing => Reason.Value;

    /// <summary>Why no test with a dockerd can run here; null if they can.</summary>
    public static string? MissingForDocker => Missing
        ?? (new[] { Docker.Dockerd.Program, Docker.Dockerd.Containerd, Docker.Dockerd.Client }.FirstOrDefault(p => !File.Exists(p)) is { } missing
            ? $"there is no {missing}: apt-get install docker.io busybox-static (tests/run does, as root)"
            : null);

    /// <summary>How long to wait for what takes <paramref name="seconds"/> at worst on a busy ordinary machine.</summary>
    public static TimeSpan Patience(double seconds) => TimeSpan.FromSeconds(IsSlow ? 4 * seconds : seconds);

    /// <summary>Logs are left here when the run asks for them.</summary>
    public static string? Results => Environment.GetEnvironmentVariable("IPVLAND_LAB_RESULTS");

    /// <summary>Where host/build puts the programs.</summary>
    public static string Programs { get; } = Environment.GetEnvironmentVariable("IPVLAND_BIN") ?? Path.Combine(Root(), "out", "bin");

    private static string? Probe()
    {
        if (Environment.UserName != "root")
            return "needs root, to make network namespaces and links";
        const string Try = "ip link add d0 type dummy && ip link add link d0 name d0.2 type vlan id 2 && ip link add link d0 name i0 type ipvlan mode l3";
        var start = new ProcessStartInfo("unshare", ["--net", "sh", "-c", Try]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var probe = Process.Start(start)!;
        var said = probe.StandardError.ReadToEnd().Trim();
        probe.WaitForExit();
        return probe.ExitCode == 0 ? null : $"the running kernel cannot make dummy, 802.1q and ipvlan links: {said}";
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "IpvlanActors.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No IpvlanActors.sln above the tests.");
        return folder;
    }
}
