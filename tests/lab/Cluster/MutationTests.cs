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

    /// <summary>
    /// A host lies about others' blocks, by later claims than theirs. One that believes it, and one that believes whoever is
    /// later, are found out; one that asks the registry's word is not.
    /// </summary>
    [LabFact]
    public async Task Nodes_that_believe_what_peers_tell_are_found()
    {
        var broken = new Dictionary<string, string> { ["h2"] = "lie", ["h3"] = "skip-verification", ["h4"] = "skip-epoch-check" };
        var schedule = Schedule.Parse(4, "Create h1; Join h1; Join h2");

        var (violations, told) = await Trial.Run(schedule, "a liar and two believers", broken, patience: 4);

        AreFound(violations, told, ("I3", "h3", "h2 has never owned the prefix"), ("I3", "h4", "h2 has never owned the prefix"));
        Assert.DoesNotContain(violations, v => v.Invariant == "I3" && v.Evidence.StartsWith("h1", StringComparison.Ordinal));
    }

    /// <summary>One that was forgotten goes on with its blocks, and a copy of another's disk with that one's.</summary>
    [LabFact]
    public async Task Nodes_that_do_not_care_whether_they_are_fenced_are_found()
    {
        var broken = new Dictionary<string, string> { ["h2"] = "skip-fence", ["h3"] = "skip-fence" };
        var schedule = Schedule.Parse(3, "Create h1; Join h1; Join h2; PowerOff h2; Forget h1 h2; Boot h2; Join h2; Clone h1 h3; Join h1; Join h3");

        var (violations, told) = await Trial.Run(schedule, "fences that nobody minds", broken, patience: 4);

        AreFound(violations, told, ("I1", "h3", "h1"), ("I2", "h2", "which was nobody's by the registry"), ("I2", "h2", "holds"));
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
