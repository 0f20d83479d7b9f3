using System.Diagnostics;
using System.Globalization;
using IpvlanActors.Tests.Lab.Cluster.Checking;
using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>
/// A cluster lives through a random schedule of work and faults, and the checker finds nothing wrong. What to run is said by
/// the environment: IPVLAND_SEED, IPVLAND_STEPS, IPVLAND_HOSTS, IPVLAND_SCHEDULE (in words), IPVLAND_SOAK_MINUTES.
/// </summary>
public class ScheduleTests
{
    private const int Seed = 20261125;

    [LabFact]
    public async Task A_random_schedule_of_work_and_faults_breaks_no_invariant()
    {
        var (hosts, steps) = (Number("IPVLAND_HOSTS", 3), Number("IPVLAND_STEPS", 25));
        if (Environment.GetEnvironmentVariable("IPVLAND_SCHEDULE") is { Length: > 0 } words)
        {
            await MustHold(Schedule.Parse(hosts, words), "as told");
            return;
        }

        var seed = Number("IPVLAND_SEED", Seed);
        var minutes = Number("IPVLAND_SOAK_MINUTES", 0);
        var running = Stopwatch.StartNew();
        await MustHold(Schedule.Random(seed, hosts, steps), $"seed {seed}");
        while (running.Elapsed.TotalMinutes < minutes)
        {
            seed = System.Random.Shared.Next();
            await MustHold(Schedule.Random(seed, hosts, steps), $"seed {seed}");
        }
    }

    /// <summary>Runs a schedule in a cluster of its own; a failure says everything that is needed to see it again.</summary>
    internal static async Task MustHold(Schedule schedule, string name)
    {
        var (violations, told) = await Run(schedule, name);
        Assert.True(violations.Count == 0, $"{string.Join("\n", violations)}\n{told}");
    }

    internal static async Task<(IReadOnlyList<Violation> Violations, string Told)> Run(Schedule schedule, string name, string? broken = null)
    {
        await using var lab = await ClusterLab.Make(schedule.Hosts, broken);
        try
        {
            var violations = Checker.Check(await lab.Run(schedule));
            var told = Told(schedule, name, lab, violations);
            Keep(name, $"{string.Join("\n", violations)}\n{told}");
            return (violations, told);
        }
        catch (Exception failure)
        {
            var told = Told(schedule, name, lab, []);
            Keep(name, $"{failure}\n{told}");
            throw new LabException($"{failure.Message}\n{told}", failure);
        }
    }

    private static string Told(Schedule schedule, string name, ClusterLab lab, IReadOnlyCollection<Violation> violations) => $"""
        --- {name}: {violations.Count} violations; what was done, and what came of it ---
        {string.Join("\n", lab.Diary)}
        --- the same again ---
        IPVLAND_HOSTS={schedule.Hosts} IPVLAND_SCHEDULE="{schedule}" ./tests/run lab {nameof(A_random_schedule_of_work_and_faults_breaks_no_invariant)}
        {(violations.Count == 0 ? "" : lab.Logs())}
        """;

    private static void Keep(string name, string text)
    {
        if (Machine.Results is { } folder)
            File.WriteAllText(Path.Combine(folder, $"cluster {name}.txt"), text);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
