using IpvlanActors.Daemon.Http;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Watching;

namespace IpvlanActors.Daemon.Checkup;

/// <summary>
/// Looks for the troubles that operators have, and says what to do. Each check is a function of what it looks at, so that a
/// test can make its trouble.
/// </summary>
internal static class Doctor
{
    public static async Task<DoctorReport> Examine(NodeFacts facts)
    {
        var (settings, boards) = (facts.Settings, facts.Node.Context.Boards);
        var machine = new MachineFiles("/");
        var seeds = ClusterChecks.Seeds(settings.Seeds);
        var paths = PathChecks.Try(PathChecks.Ends(boards));
        var kernel = Task.Run(Abilities);
        List<DoctorFinding> findings =
        [
            .. Kernel(await kernel),
            .. MachineChecks.Kernel(machine),
            .. MachineChecks.Disk(settings.Data, new DriveInfo(settings.Data).AvailableFreeSpace),
            .. MachineChecks.FileSystem(machine, settings.Data),
            .. MachineChecks.NetworkManagers(machine),
            .. MachineChecks.Clock(machine),
            .. MachineChecks.Cloud(machine, boards.View.Current),
            .. MachineChecks.ReversePathFilter(machine, boards.View.Current),
            .. LinkChecks.Of(boards.View.Current, boards.Kernel.Current.Observed, machine),
            .. ClusterChecks.Doors(settings, DateTime.Now),
            .. ClusterChecks.Members(boards),
            .. ClusterChecks.Clock(boards),
            .. await seeds,
            .. await paths,
            .. Node(boards),
        ];
        return new(findings.TrueForAll(f => f.Level == Finding.Ok), findings);
    }

    public static IReadOnlyList<DoctorFinding> Kernel(KernelAbilities abilities) => abilities.Problems.IsEmpty
        ? [Finding.Fine("kernel", "ipvlan, 802.1q and dummy links can be made")]
        : [.. abilities.Problems.Select(p => Finding.Error("kernel", "this kernel lacks something that networks need", p))];

    /// <summary>What the node found by itself, a copy of its journal elsewhere among it; each says the way out.</summary>
    public static IEnumerable<DoctorFinding> Node(Boards boards) =>
        NodeProblems.Of(boards).Select(problem => Finding.Error("node", problem, ""));

    private static KernelAbilities Abilities()
    {
        using var kernel = new LinuxKernel();
        return kernel.Probe();
    }
}

internal static class Finding
{
    public const string Ok = "ok";
    private const string WarningLevel = "warning";
    private const string ErrorLevel = "error";

    public static DoctorFinding Fine(string check, string text) => new(check, Ok, text, "");

    /// <summary>It may become trouble.</summary>
    public static DoctorFinding Warning(string check, string text, string advice) => new(check, WarningLevel, text, advice);

    public static DoctorFinding Error(string check, string text, string advice) => new(check, ErrorLevel, text, advice);
}
