using IpvlanActors.Tests.Lab.Cluster.Checking;
using IpvlanActors.Tests.Lab.Support;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>A schedule done to a cluster of its own, and what the checker says of it. A report is left with the daemons' logs.</summary>
internal static class Trial
{
    private const double Patience = 30;

    /// <returns>The violations, and everything that is needed to see them again.</returns>
    /// <param name="broken">What daemons are to do wrong, by host.</param>
    public static async Task<(IReadOnlyList<Violation> Violations, string Told)> Run(
        Schedule schedule, string name, IReadOnlyDictionary<string, string>? broken = null, double patience = Patience)
    {
        await using var lab = await ClusterLab.Make(schedule.Hosts, broken);
        try
        {
            var violations = Checker.Check(await lab.Run(schedule, patience));
            var told = Told(schedule, name, lab, violations);
            Keep(name, told);
            return (violations, told);
        }
        catch (Exception failure)
        {
            var told = Told(schedule, name, lab, [new("lab", failure.ToString())]);
            Keep(name, told);
            throw new LabException(told, failure);
        }
    }

    private static string Told(Schedule schedule, string name, ClusterLab lab, IReadOnlyCollection<Violation> violations) => $"""
        {name}: {violations.Count} violations
        {string.Join("\n", violations)}
        --- what was done, and what came of it ---
        {string.Join("\n", lab.Diary)}
        --- the same again ---
        IPVLAND_HOSTS={schedule.Hosts} IPVLAND_SCHEDULE="{schedule}" ./tests/run lab {nameof(ScheduleTests)}
        {(violations.Count == 0 ? "" : lab.Logs())}
        """;

    private static void Keep(string name, string text)
    {
        if (Machine.Results is { } folder)
            File.WriteAllText(Path.Combine(folder, $"cluster, {name}.txt"), text);
    }
}
