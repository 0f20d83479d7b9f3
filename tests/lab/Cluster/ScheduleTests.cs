using System.Diagnostics;
using System.Globalization;
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
    public Task A_schedule_with_every_kind_of_fault_breaks_no_invariant() => MustHold(Schedule.Everything, "everything");

    [LabFact]
    public async Task A_random_schedule_of_work_and_faults_breaks_no_invariant()
    {
        var (hosts, steps) = (Number("IPVLAND_HOSTS", 3), Number("IPVLAND_STEPS", 12));
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

    private static async Task MustHold(Schedule schedule, string name)
    {
        var (violations, told) = await Trial.Run(schedule, name);
        Assert.True(violations.Count == 0, told);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
