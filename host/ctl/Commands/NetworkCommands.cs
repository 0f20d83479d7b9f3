using IpvlanActors.Ctl.Line;

namespace IpvlanActors.Ctl.Commands;

/// <summary>`network`: Docker's words, order and flags.</summary>
internal static class NetworkCommands
{
    private const string Path = "v1/networks";

    public static Verb Build(Globals globals) =>
        new Verb("network", "Create, list, show and remove networks", "ipvlanctl network ls")
            .With(NetworkCreate.Build(globals), List(globals), Inspect(globals), Remove(globals));

    private static Verb List(Globals globals)
    {
        var quiet = Flags.Switch("--quiet", "Only the ids", aliases: "-q");
        return new Verb("ls", "List the networks", "ipvlanctl network ls", "ipvlanctl network rm $(ipvlanctl network ls -q)")
            .Also("list")
            .With(quiet)
            .Does(globals, s => s.Get(quiet)
                ? s.Show(Path, c => c.IReadOnlyListNetworkSummary, (networks, to) => Listing.Ids(networks.Select(n => n.Id), to))
                : s.Show(Path, c => c.IReadOnlyListNetworkSummary, NetworkText.List));
    }

    private static Verb Inspect(Globals globals)
    {
        var names = Flags.Refs("NETWORK", "Name, id, or a unique beginning of an id");
        return new Verb(
            "inspect",
            "Show networks in full, as JSON unless asked for a table",
            "ipvlanctl network inspect db_net",
            "ipvlanctl network inspect --format table db_net isolated1")
            .With(names)
            .Does(globals, s => Listing.Inspect(s, Path, s.Get(names), c => c.NetworkDetail, NetworkText.Detail));
    }

    private static Verb Remove(Globals globals)
    {
        var names = Flags.Refs("NETWORK", "Name, id, or a unique beginning of an id");
        return new Verb("rm", "Remove networks that have no endpoints", "ipvlanctl network rm db_net isolated1")
            .Also("remove")
            .With(names)
            .Does(globals, s => Session.Each(s.Get(names), n => s.Do(HttpMethod.Delete, $"{Path}/{Session.Escape(n)}", n)));
    }
}
