using IpvlanActors.Ctl.Line;
using IpvlanActors.Ctl.Node;
using IpvlanActors.Ctl.Output;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Commands;

/// <summary>`cluster`: the hosts.</summary>
internal static class ClusterCommands
{
    private const string Path = "v1/cluster";

    public static Verb Build(Globals globals) =>
        new Verb("cluster", "Show the hosts, leave them, or forget one of them", "ipvlanctl cluster status")
            .With(Status(globals), Leave(globals), Forget(globals));

    private static Verb Status(Globals globals) =>
        new Verb("status", "Show this node's view of the hosts", "ipvlanctl cluster status")
            .Does(globals, s => s.Show(Path, c => c.ClusterStatus, Text));

    private static Verb Leave(Globals globals) =>
        new Verb("leave", "Leave the cluster: withdraw this host's routes first, then go", "ipvlanctl cluster leave")
            .Does(globals, s => s.Do(HttpMethod.Post, $"{Path}/leave", "left", () => Left(s)));

    /// <summary>What this host still has to give back.</summary>
    private static async Task<string> Left(Session session)
    {
        if (await session.Send(HttpMethod.Get, Path) is not Answered(var body))
            return "leaving";
        var cluster = Session.Read(body, c => c.ClusterStatus);
        var self = cluster.Members.FirstOrDefault(m => m.Host == cluster.Self);
        return self is null ? "leaving" : $"leaving: {self.Blocks} blocks and {self.Routes} routes to give back";
    }

    private static Verb Forget(Globals globals)
    {
        var host = Flags.Ref("HOST", "A host that will not come back as it was");
        return new Verb(
            "forget",
            "Fence a dead host: its routes are withdrawn, and its blocks may be claimed after a cool-down",
            "ipvlanctl cluster forget h3")
            .With(host)
            .Does(globals, s => s.Do(HttpMethod.Post, $"{Path}/forget/{Session.Escape(s.Get(host))}", s.Get(host)));
    }

    private static void Text(ClusterStatus cluster, TextWriter output)
    {
        new Fields().Add("Self", cluster.Self).Add("Registry", cluster.Registry).Write(output);
        output.WriteLine();
        var table = new Table("HOST", "ADDRESS", "STATUS", "REACHABLE", "REGISTRY", "BLOCKS", "ROUTES", "STATE", "WHY");
        foreach (var m in cluster.Members)
            table.Add(m.Host, m.Address, string.IsNullOrEmpty(m.CopyOf) ? m.Status : $"{m.Status}, a copy of {m.CopyOf}", YesNo(m.Reachable), YesNo(m.Registry), $"{m.Blocks}", $"{m.Routes}", m.State, m.Why);
        table.Write(output);
    }

    private static string YesNo(bool value) => value ? "yes" : "no";
}
