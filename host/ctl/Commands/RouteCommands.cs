using IpvlanActors.Ctl.Line;
using IpvlanActors.Ctl.Output;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Commands;

/// <summary>`route`: what the hosts told each other, and what the kernel has of it.</summary>
internal static class RouteCommands
{
    private const string Path = "v1/routes";

    public static Verb Build(Globals globals) =>
        new Verb("route", "Show the routes between the hosts", "ipvlanctl route ls").With(List(globals));

    private static Verb List(Globals globals)
    {
        var host = Flags.One("--host", "HOST", "Only those that come from this host");
        return new Verb(
            "ls",
            "List every known route: prefix, network, origin host, next hop, state, kernel state",
            "ipvlanctl route ls",
            "ipvlanctl route ls --host h2 --format json")
            .Also("list")
            .With(host)
            .Does(globals, s => s.Show(Query(s.Get(host)), c => c.IReadOnlyListRouteDetail, Text));
    }

    private static string Query(string? host) => host is null ? Path : $"{Path}?host={Session.Escape(host)}";

    private static void Text(IReadOnlyList<RouteDetail> routes, TextWriter output)
    {
        var table = new Table("PREFIX", "NETWORK", "HOST", "NEXT HOP", "DEVICE", "STATE", "KERNEL", "REASON");
        foreach (var r in routes)
            table.Add(r.Prefix, r.Network, r.Host, r.NextHop, r.Device, r.State, r.Kernel, r.Reason);
        table.Write(output);
    }
}
