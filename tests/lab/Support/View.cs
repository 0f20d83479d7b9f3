using System.Text.Json;

namespace IpvlanActors.Tests.Lab.Support;

/// <param name="Kind">Of <c>ip -d link</c>: dummy, vlan, ipvlan, veth, bridge; empty for lo.</param>
/// <param name="Mode">Of an ipvlan link: l2, l3 or l3s.</param>
/// <param name="Isolation">Of an ipvlan link: bridge, private or vepa.</param>
public sealed record Link(
    int Index, string Name, string Kind, int? Vlan, string Mode, string Isolation, int Mtu, IReadOnlySet<string> Flags, string Alias, IReadOnlyList<Address> Addresses)
{
    public bool IsUp => Flags.Contains("UP");

    /// <summary>By its marks: see Ownership in the domain.</summary>
    public bool IsOurs => Alias.StartsWith("ipvland:", StringComparison.Ordinal) || Name.StartsWith("di-", StringComparison.Ordinal) || Name.StartsWith("iv-", StringComparison.Ordinal);

    /// <summary>Addresses that a person gave it, with prefix length: IPv4 first, no link-local ones.</summary>
    public IReadOnlyList<string> Global => [.. Addresses.Where(a => a.Scope == "global").Select(a => a.Text)];

    public override string ToString() =>
        $"{Name}: {Kind} {(Vlan is { } id ? $"id {id} " : "")}{Mode} {Isolation} mtu {Mtu} <{string.Join(',', Flags.Order())}> alias '{Alias}'";
}

public sealed record Address(string Text, string Scope, string Broadcast, bool NoDad);

/// <param name="Text">In iproute2's words, as <c>ip route</c> prints it.</param>
public sealed record Route(string Text, string Destination, string Device, string Protocol, uint Metric, string Type)
{
    /// <summary>RTPROT of every route that we put into a host.</summary>
    public bool IsOurs => Protocol == "213";

    public override string ToString() => Text;
}

/// <summary>What one look with <c>ip</c> shows of a namespace: its links with their addresses, and its main routing table.</summary>
public sealed record View(IReadOnlyList<Link> Links, IReadOnlyList<Route> Routes)
{
    public Link Link(string name) => Find(name) ?? throw new LabException($"No link {name} among: {string.Join("; ", Links)}");

    public Link? Find(string name) => Links.FirstOrDefault(l => l.Name == name);

    public IEnumerable<Route> OurRoutes => Routes.Where(r => r.IsOurs);

    /// <summary>Routes without link-local ones, in order.</summary>
    public IReadOnlyList<string> RouteTexts => [.. Routes.Where(r => !r.Destination.StartsWith("fe80:", StringComparison.Ordinal)).Select(r => r.Text).Order(StringComparer.Ordinal)];

    /// <summary>Everything, one line each, to compare before with after.</summary>
    public IReadOnlyList<string> Everything => Describe(_ => true, _ => true);

    /// <summary>Everything that bears none of our marks. Must be the same before and after, whatever we did.</summary>
    public IReadOnlyList<string> OfOthers
    {
        get
        {
            var ours = Links.Where(l => l.IsOurs).Select(l => l.Name).ToHashSet();
            return Describe(l => !l.IsOurs, r => !r.IsOurs && !ours.Contains(r.Device));
        }
    }

    private List<string> Describe(Func<Link, bool> links, Func<Route, bool> routes) =>
    [
        .. Links.Where(links).SelectMany(l => l.Addresses.Where(a => a.Scope != "link").Select(a => $"{l.Name} {a}").Prepend(l.ToString())),
        .. Routes.Where(routes).Select(r => $"{r} [{r.Protocol} {r.Metric}]").Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads the two JSON arrays of <c>ip -j -d -batch</c> with <see cref="Netns.LookScript"/>.</summary>
    public static View Parse(string text)
    {
        var arrays = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var links = JsonDocument.Parse(arrays[0]);
        using var routes = JsonDocument.Parse(arrays[1]);
        return new(
            [.. links.RootElement.EnumerateArray().Where(l => l.TryGetProperty("ifname", out _)).Select(ReadLink)],
            [.. routes.RootElement.EnumerateArray().Where(r => Text(r, "table") == "main").Select(ReadRoute)]);
    }

    private static Link ReadLink(JsonElement link)
    {
        var info = link.TryGetProperty("linkinfo", out var i) ? i : default;
        var data = info.ValueKind == JsonValueKind.Object && info.TryGetProperty("info_data", out var d) ? d : default;
        return new(
            link.GetProperty("ifindex").GetInt32(),
            Text(link, "ifname"),
            Text(info, "info_kind"),
            Text(info, "info_kind") == "vlan" ? data.GetProperty("id").GetInt32() : null,
            Text(data, "mode"),
            Text(info, "info_kind") == "ipvlan" ? Isolation(data) : "",
            link.GetProperty("mtu").GetInt32(),
            link.GetProperty("flags").EnumerateArray().Select(f => f.GetString()!).ToHashSet(),
            Text(link, "ifalias"),
            [.. link.GetProperty("addr_info").EnumerateArray().Select(ReadAddress)]);
    }

    private static string Isolation(JsonElement data) =>
        new[] { "private", "vepa" }.FirstOrDefault(flag => data.TryGetProperty(flag, out var set) && set.GetBoolean()) ?? "bridge";

    private static Address ReadAddress(JsonElement address) => new(
        $"{Text(address, "local")}/{address.GetProperty("prefixlen").GetInt32()}",
        Text(address, "scope"),
        Text(address, "broadcast"),
        address.TryGetProperty("nodad", out var noDad) && noDad.GetBoolean());

    private static Route ReadRoute(JsonElement route)
    {
        var type = Text(route, "type");
        var metric = route.TryGetProperty("metric", out var m) ? m.GetUInt32() : 0;
        var (protocol, scope, device) = (Text(route, "protocol"), Text(route, "scope"), Text(route, "dev"));
        var via = route.TryGetProperty("via", out var v) ? $"via {Text(v, "family")} {Text(v, "host")}" : Words("via", Text(route, "gateway"));
        var text = string.Join(' ', new[]
        {
            type == "unicast" ? "" : type,
            Text(route, "dst"),
            via,
            type == "unicast" ? Words("dev", device) : "",
            protocol == "boot" ? "" : Words("proto", protocol),
            scope == "global" ? "" : Words("scope", scope),
            Words("src", Text(route, "prefsrc")),
            metric == 0 ? "" : $"metric {metric}",
        }.Where(word => word.Length > 0));
        return new(text, Text(route, "dst"), device, protocol, metric, type);
    }

    private static string Words(string word, string value) => value.Length == 0 ? "" : $"{word} {value}";

    private static string Text(JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out var value) ? value.ToString() : "";
}
