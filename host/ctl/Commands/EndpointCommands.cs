using System.CommandLine;
using IpvlanActors.Ctl.Line;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Commands;

/// <summary>`endpoint`: a place in a network, and the namespace it is moved into.</summary>
internal static class EndpointCommands
{
    private const string Path = "v1/endpoints";

    public static Verb Build(Globals globals) =>
        new Verb("endpoint", "Join, leave, list, show and remove endpoints", "ipvlanctl endpoint ls")
            .With(Join(globals), Leave(globals), Remove(globals), List(globals), Inspect(globals));

    private static Verb Join(Globals globals)
    {
        var network = Flags.Ref("NETWORK", "Name, id, or a unique beginning of an id");
        var netns = Flags.One("--netns", "PATH", "The namespace: a path, a name under /run/netns, or pid:N");
        netns.Required = true;
        var name = Flags.One("--name", "NAME", "Unique on this host in this network; none: the beginning of the id");
        var ip = Flags.One("--ip", "ADDRESS", "The IPv4 address; none: the next free one");
        var ip6 = Flags.One("--ip6", "ADDRESS", "The IPv6 address; none: the next free one");
        var addresses = Flags.List("--address", "ADDRESS", "In the place of --ip and --ip6, all that it is to have: an address, or a subnet for any of it");
        var device = Flags.One("--ifname", "NAME", "The interface's name in the namespace");
        device.DefaultValueFactory = _ => "eth0";
        return new Verb(
            "join",
            "Create an endpoint, allocate its addresses and join it to a namespace; prints its id",
            "ipvlanctl endpoint join db_net --netns web --name web --ip 192.168.1.10",
            "ipvlanctl endpoint join db_net --netns pid:4711 --ifname eth1",
            "ipvlanctl endpoint join db_net --netns web --address 192.168.1.10 --address 192.168.1.11")
            .With(network, netns, name, ip, ip6, addresses, device)
            .Does(globals, s => s.Make(
                Path,
                new JoinEndpointRequest(s.Get(network), Namespace(s.Get(netns)!), s.Get(name), s.Get(ip), s.Get(ip6), s.Get(device)!)
                {
                    Addresses = Flags.Parts(s.Get(addresses)) is { Count: > 0 } all ? all : null,
                },
                c => (c.JoinEndpointRequest, c.EndpointDetail),
                reply => reply.Id));
    }

    private static Verb Leave(Globals globals)
    {
        var names = Refs();
        return new Verb(
            "leave",
            "Take endpoints out of their namespaces; they keep their addresses",
            "ipvlanctl endpoint leave web")
            .With(names)
            .Does(globals, s => Session.Each(s.Get(names), n => s.Do(HttpMethod.Post, $"{Path}/{Session.Escape(n)}/leave", n)));
    }

    private static Verb Remove(Globals globals)
    {
        var names = Refs();
        return new Verb("rm", "Remove endpoints and free their addresses", "ipvlanctl endpoint rm web db")
            .Also("remove")
            .With(names)
            .Does(globals, s => Session.Each(s.Get(names), n => s.Do(HttpMethod.Delete, $"{Path}/{Session.Escape(n)}", n)));
    }

    private static Verb List(Globals globals)
    {
        var network = Flags.One("--network", "NETWORK", "Only those of this network");
        var quiet = Flags.Switch("--quiet", "Only the ids", aliases: "-q");
        return new Verb("ls", "List this host's endpoints", "ipvlanctl endpoint ls --network db_net", "ipvlanctl endpoint rm $(ipvlanctl endpoint ls -q)")
            .Also("list")
            .With(network, quiet)
            .Does(globals, s => s.Get(quiet)
                ? s.Show(Query(s.Get(network)), c => c.IReadOnlyListEndpointSummary, (endpoints, to) => Listing.Ids(endpoints.Select(e => e.Id), to))
                : s.Show(Query(s.Get(network)), c => c.IReadOnlyListEndpointSummary, EndpointText.List));
    }

    private static Verb Inspect(Globals globals)
    {
        var names = Refs();
        return new Verb(
            "inspect",
            "Show endpoints in full, as JSON unless asked for a table",
            "ipvlanctl endpoint inspect web",
            "ipvlanctl endpoint inspect --format table web")
            .With(names)
            .Does(globals, s => Listing.Inspect(s, Path, s.Get(names), c => c.EndpointDetail, EndpointText.Detail));
    }

    private static Argument<string[]> Refs() => Flags.Refs("ENDPOINT", "Name, id, or a unique beginning of an id");

    private static string Query(string? network) => network is null ? Path : $"{Path}?network={Session.Escape(network)}";

    /// <summary>The node has another working directory, and another self, than the one who typed this.</summary>
    private static string Namespace(string typed)
    {
        if (!typed.Contains('/', StringComparison.Ordinal))
            return typed;
        var path = System.IO.Path.GetFullPath(typed);
        return path.StartsWith("/proc/self/", StringComparison.Ordinal) ? $"/proc/{Environment.ProcessId}/{path["/proc/self/".Length..]}" : path;
    }
}
