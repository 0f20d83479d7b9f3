using IpvlanActors.Tests.Lab.Cluster.Checking;
using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>The checker is worth something only if it finds what is wrong: daemons that are told to go wrong are found out.</summary>
public class MutationTests
{
    [LabFact]
    public async Task What_a_spoiled_kernel_gets_wrong_is_found()
    {
        var broken = new Dictionary<string, string>
        {
            ["h1"] = "sweep,touch-others",
            ["h2"] = "keep-routes,restless",
            ["h3"] = "astray",
        };
        var schedule = Schedule.Parse(3, "Create h1; Join h1; Join h2; Restart h1; Remove h1");

        var (violations, told) = await Trial.Run(schedule, "spoiled kernels", broken, patience: 4);

        AreFound(
            violations, told,
            ("I3", "h3", "h2 has never owned the prefix"),
            ("I5", "h2", "which nobody is to be reached by"),
            ("I6", "h1", "new: unreachable 198.51.101.0/24"),
            ("I7", "h1", "took away"),
            ("I8", "h2", "wrote to its kernel"));
    }

    /// <summary>A host lies about another's block: one that believes it is found out, one that asks the registry's word is not.</summary>
    [LabFact]
    public async Task A_node_that_believes_what_peers_tell_is_found()
    {
        var broken = new Dictionary<string, string> { ["h2"] = "lie", ["h3"] = "skip-verification" };
        var schedule = Schedule.Parse(3, "Create h1; Join h1; Join h2");

        var (violations, told) = await Trial.Run(schedule, "a liar and a believer", broken, patience: 4);

        AreFound(violations, told, ("I3", "h3", "h2 has never owned the prefix"));
        Assert.DoesNotContain(violations, v => v.Invariant == "I3" && !v.Evidence.Contains("h3", StringComparison.Ordinal));
    }

    private static void AreFound(
        IReadOnlyList<Violation> violations, string told, params (string Invariant, string Host, string Words)[] wanted)
    {
        foreach (var (invariant, host, words) in wanted)
        {
            Assert.True(
                violations.Any(v => v.Invariant == invariant && v.Evidence.Contains(host, StringComparison.Ordinal) && v.Evidence.Contains(words, StringComparison.Ordinal)),
                $"Not found: {invariant} on {host} ({words})\n{told}");
        }
    }
}
