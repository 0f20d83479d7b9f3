using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using IpvlanActors.Daemon.Journal;
using IpvlanActors.Daemon.Machine;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using IpvlanActors.Netlink;

namespace IpvlanActors.Daemon;

/// <summary>
/// <c>ipvland uninstall</c>: takes everything out of the kernel that bears our mark, and nothing else; for a machine that is
/// to be without ipvland. Runs in the node's place, so never beside one. Exit codes: 0 done, 1 refused or something is left.
/// </summary>
public static class UninstallCommand
{
    private const string NamedNamespaces = "/run/netns";

    public static Command Build()
    {
        var data = new Option<string>("--data")
        {
            Description = "Data directory of the node; its journal says which containers have links of ours",
            HelpName = "DIR",
            DefaultValueFactory = _ => JournalCommand.DefaultData,
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be removed, and remove nothing." };
        var format = new Option<string>("--format") { Description = "table or json", HelpName = "FORMAT", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "json");
        var command = new Command("uninstall", "Remove from the kernel everything that ipvland made, and nothing else. The node must be stopped; the journal stays.")
        {
            data, dryRun, format,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(data), parsed.GetValue(dryRun), parsed.GetValue(format) == "json", Console.Out, Console.Error));
        return command;
    }

    private static int Run(string data, bool dryRun, bool json, TextWriter output, TextWriter error)
    {
        try
        {
            using var only = NamespaceLock.Take();
            using var kernel = new LinuxKernel();
            var ops = KernelDelta.Between(DesiredKernel.Nothing, kernel.Observe(Sandboxes(data, kernel, error))).Ops;
            var left = dryRun ? ops.Length : Apply(kernel, ops, error);
            if (json)
                output.WriteLine(JsonSerializer.Serialize(new { ours = ops.Select(KernelWords.Of), left }));
            else
                Tell(ops, left, dryRun, output);
            if (!json && !dryRun && File.Exists(Path.Combine(data, JournalCommand.FileName)))
                output.WriteLine($"The journal is still in {data}: a node started on it brings everything back. Delete it to forget.");
            return left == 0 || dryRun ? 0 : 1;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            error.WriteLine($"ipvland uninstall: {e.Message}");
            return 1;
        }
    }

    private static void Tell(ImmutableArray<KernelOp> ops, int left, bool dryRun, TextWriter output)
    {
        foreach (var op in ops)
            output.WriteLine(KernelWords.Of(op));
        if (ops.IsEmpty)
            output.WriteLine("Nothing of ipvland's is in this kernel.");
        else if (!dryRun)
            output.WriteLine($"{ops.Length - left} of {ops.Length} removed.");
    }

    /// <summary>Those that the journal knows, and those that people can name. A journal that cannot be read is no reason to leave the rest.</summary>
    private static ImmutableArray<Sandbox> Sandboxes(string data, LinuxKernel kernel, TextWriter error)
    {
        var view = HostView.Empty;
        try
        {
            view = HostJournal.LoadView(Path.Combine(data, JournalCommand.FileName));
        }
        catch (Exception e) when (e is UnreadableEventException or Microsoft.Data.Sqlite.SqliteException)
        {
            error.WriteLine($"ipvland uninstall: the journal in {data} cannot be read ({e.Message}), so only namespaces under {NamedNamespaces} are searched for links of ours.");
        }

        var named = Directory.Exists(NamedNamespaces) ? Directory.EnumerateFiles(NamedNamespaces) : [];
        return
        [
            .. view.Endpoints.Values.Select(e => e.Sandbox).OfType<Sandbox>()
                .Concat(named.Select(path => kernel.Identify(path).Sandbox).OfType<Sandbox>())
                .DistinctBy(s => (s.Inode, s.BootId)),
        ];
    }

    /// <returns>How many operations the kernel refused; what is gone already is not among them.</returns>
    private static int Apply(LinuxKernel kernel, ImmutableArray<KernelOp> ops, TextWriter error)
    {
        var left = 0;
        foreach (var fault in kernel.Apply(ops).Where(f => f is not null && f.Class != FaultClass.NotFound))
        {
            left++;
            error.WriteLine($"ipvland uninstall: {fault!.Text}");
        }

        return left;
    }
}
