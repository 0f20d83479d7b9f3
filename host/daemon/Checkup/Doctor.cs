using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Http;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using IpvlanActors.Netlink;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Watching;
using Microsoft.Data.Sqlite;

namespace IpvlanActors.Daemon.Checkup;

/// <summary>
/// Looks for the troubles that operators have, and says what to do. Each check is a function of what it looks at, so that a
/// test can make its trouble.
/// </summary>
internal static class Doctor
{
    public static async Task<DoctorReport> Examine(NodeFacts facts)
    {
        var boards = facts.Node.Context.Boards;
        var paths = PathChecks.Try(PathChecks.Ends(boards));
        return Report(
        [
            .. await Host(facts.Settings, boards.View.Current, boards.Kernel.Current.Observed),
            .. ClusterChecks.Members(boards),
            .. ClusterChecks.Clock(boards),
            .. await paths,
            .. Node(boards),
        ]);
    }

    /// <summary>What a node would find, where there is none.</summary>
    public static async Task<DoctorReport> ExamineWithoutNode(DaemonSettings settings)
    {
        var (view, journal) = Journal(settings.JournalPath);
        using var kernel = new LinuxKernel();
        return Report(
        [
            Finding.Warning("node", "no node was asked: only the machine, the configuration and the journal were looked at", "systemctl start ipvland; if it does not stay, journalctl -u ipvland says why; with a node: ipvlanctl doctor."),
            .. journal,
            .. await Host(settings, view, kernel.Observe([])),
        ]);
    }

    private static async Task<IEnumerable<DoctorFinding>> Host(DaemonSettings settings, HostView view, ObservedKernel observed)
    {
        var machine = new MachineFiles("/");
        var seeds = ClusterChecks.Seeds(settings.Seeds);
        return
        [
            .. Kernel(await Task.Run(Abilities)),
            .. MachineChecks.Kernel(machine),
            .. Directory.Exists(settings.Data) ? MachineChecks.Disk(settings.Data, new DriveInfo(settings.Data).AvailableFreeSpace) : [],
            .. MachineChecks.FileSystem(machine, settings.Data),
            .. MachineChecks.NetworkManagers(machine),
            .. MachineChecks.Clock(machine),
            .. MachineChecks.Cloud(machine, view),
            .. MachineChecks.ReversePathFilter(machine, view),
            .. LinkChecks.Of(view, observed, machine),
            .. ClusterChecks.Doors(settings, DateTime.Now),
            .. await seeds,
        ];
    }

    private static (HostView View, IReadOnlyList<DoctorFinding> Findings) Journal(string path)
    {
        try
        {
            return (HostJournal.LoadView(path), []);
        }
        catch (Exception e) when (e is UnreadableEventException or SqliteException or IOException or UnauthorizedAccessException)
        {
            return (HostView.Empty, [Finding.Error("journal", $"{path} cannot be read: {e.Message}", "ipvlanctl journal verify says more; put back a backup if there is one.")]);
        }
    }

    private static DoctorReport Report(List<DoctorFinding> findings) => new(findings.TrueForAll(f => f.Level == Finding.Ok), findings);

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
