using System.CommandLine;
using System.Text.Json;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Daemon.Checkup;

/// <summary>
/// <c>ipvland doctor</c>: where no node runs, perhaps because it cannot. Looks at the machine, the configuration and the journal
/// as a node would find them, and changes nothing. Exit code 1: there is an error.
/// </summary>
internal static class DoctorCommand
{
    public static Command Build()
    {
        var config = new Option<string?>("--config") { Description = "Configuration file of the node.", HelpName = "FILE" };
        var data = new Option<string?>("--data") { Description = "Data directory of the node.", HelpName = "DIR" };
        var format = new Option<string>("--format") { Description = "table or json", HelpName = "FORMAT", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "json");
        var command = new Command("doctor", "Look for what keeps a node from running here. With a node: ipvlanctl doctor.") { config, data, format };
        command.SetAction(async (parsed, _) => await Run(parsed.GetValue(config), parsed.GetValue(data), parsed.GetValue(format) == "json", Console.Out));
        return command;
    }

    internal static async Task<int> Run(string? config, string? data, bool json, TextWriter output)
    {
        var report = await Examine(config, data);
        if (json)
            await output.WriteLineAsync(JsonSerializer.Serialize(report, ContractJson.Default.DoctorReport));
        else
            Tell(report, output);
        return report.Healthy ? 0 : 1;
    }

    private static async Task<DoctorReport> Examine(string? config, string? data)
    {
        try
        {
            var settings = DaemonSettings.Read(HoconFiles.Load(config ?? NodeCommand.ConfigFile(), Environment.GetEnvironmentVariables()), data, socket: null);
            return await Doctor.ExamineWithoutNode(settings);
        }
        catch (ConfigException e)
        {
            return new(false, [Finding.Error("config", e.Message, "with this ipvland does not start.")]);
        }
    }

    private static void Tell(DoctorReport report, TextWriter output)
    {
        var width = report.Findings.Max(f => f.Check.Length);
        foreach (var finding in report.Findings)
        {
            output.WriteLine($"{finding.Level,-7}   {finding.Check.PadRight(width)}   {finding.Text}");
            if (finding.Advice.Length > 0)
                output.WriteLine($"{"",-7}   {"".PadRight(width)}   -> {finding.Advice}");
        }
    }
}
