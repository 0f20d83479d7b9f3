using System.Reflection;
using System.Text.Json;
using IpvlanActors.Ctl.Line;
using IpvlanActors.Ctl.Node;
using IpvlanActors.Ctl.Output;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Commands;

/// <summary>The node itself: `status`, `doctor`, `uninstall`, `version`.</summary>
internal static class NodeCommands
{
    private static string OwnVersion =>
        typeof(NodeCommands).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "?";

    public static Verb Status(Globals globals) =>
        new Verb("status", "Show the node: its state, its problems, what it holds", "ipvlanctl status", "ipvlanctl status --format json")
            .Does(globals, s => s.Show("v1/status", c => c.NodeStatus, Text));

    public static Verb Doctor(Globals globals) =>
        new Verb("doctor", "Check the machine and the node, with advice; exit code 1 on an error; works with the node down", "ipvlanctl doctor")
            .With(Flags.One("--config", "FILE", "With the node down: its configuration (else the default one)"), Flags.One("--data", "DIR", "With the node down: its data directory (else the configured one)"))
            .Does(globals, Doctor);

    public static Verb Uninstall(Globals globals) =>
        new Verb("uninstall", "Remove from the kernel everything ipvland made: its links, routes and marks, and nothing else; the node must be stopped", "ipvlanctl uninstall --dry-run") { HandsOn = true }
            .With(Flags.One("--data", "DIR", "The data directory (else the default one)"), Flags.Switch("--dry-run", "Say what would be removed, and remove nothing"))
            .Does(globals, s => Task.FromResult(Handover.Become(s)));

    public static Verb Version(Globals globals) =>
        new Verb("version", "Show the versions of ipvlanctl and of the node; works with the node down", "ipvlanctl version")
            .Also("--version")
            .Does(globals, Version);

    private static void Text(NodeStatus node, TextWriter output) => new Fields()
        .Add("Host", $"{node.Host} ({node.HostId}, incarnation {node.Incarnation})")
        .Add("State", node.State)
        .Add("Problems", node.Problems)
        .Add("Networks", $"{node.Networks}")
        .Add("Endpoints", $"{node.Endpoints}")
        .Add("Routes", $"{node.Routes}")
        .Add("Journal", $"{node.JournalEvents} events in {node.DataDirectory}")
        .Add("Started", node.Started)
        .Add("Ready", FormattableString.Invariant($"after {node.ReadySeconds:0.###} s"))
        .Write(output);

    /// <summary>Where no node answers, its binary looks at the machine alone: perhaps it says why there is none.</summary>
    private static async Task<int> Doctor(Session session) => await session.Send(HttpMethod.Get, "v1/doctor") switch
    {
        Answered(var body) => session.Reading(() =>
        {
            session.Draw(body, session.Json, c => c.DoctorReport, Text);
            return Session.Read(body, c => c.DoctorReport).Healthy ? ExitCode.Done : ExitCode.Refused;
        }),
        NotReached answer when !Handover.IsThere(session) => session.Complain(answer),
        NotReached => Handover.Become(session),
        var answer => session.Complain(answer),
    };

    private static void Text(DoctorReport report, TextWriter output)
    {
        var table = new Table("LEVEL", "CHECK", "FINDING");
        foreach (var finding in report.Findings)
        {
            table.Add(finding.Level, finding.Check, finding.Text);
            if (finding.Advice.Length > 0)
                table.Add("", "", $"-> {finding.Advice}");
        }

        table.Write(output);
    }

    private static async Task<int> Version(Session session)
    {
        var answer = await session.Send(HttpMethod.Get, "v1/version");
        return session.Reading(() => Version(session, answer));
    }

    private static int Version(Session session, Answer answer)
    {
        if (session.Json)
            session.Out.Write(JsonText.Text(json => Version(json, answer)));
        else
            new Fields().Add("ipvlanctl", OwnVersion).Add("ipvland", Told(answer)).Write(session.Out);
        return ExitCode.Done;
    }

    /// <summary>The one reply that is not the node's alone.</summary>
    private static void Version(Utf8JsonWriter json, Answer answer)
    {
        json.WriteStartObject();
        json.WriteString("ipvlanctl", OwnVersion);
        json.WritePropertyName("ipvland");
        if (answer is Answered(var body))
            JsonText.Copy(body, json);
        else
            json.WriteNullValue();
        json.WriteEndObject();
    }

    private static string Told(Answer answer) => answer switch
    {
        Answered(var body) => Told(Session.Read(body, c => c.VersionReply)),
        Declined(var reasons) => $"unknown: {reasons[0].Text}",
        NotReached(var text) => $"not reached: {text}",
        _ => "unknown",
    };

    private static string Told(VersionReply node) => $"{node.Version} (kernel {node.Kernel}, {node.Runtime})";
}
