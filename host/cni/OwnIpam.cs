using System.Net;
using System.Text.Json;

namespace IpvlanActors.Cni;

/// <summary>
/// The section <c>ipam</c> where the addresses are the cluster's: host-local's keys as far as they mean something for more than one
/// host, so that a configuration changes its types only; and lists, in which several subnets are shorter to write.
/// </summary>
internal sealed record OwnIpam(
    IReadOnlyList<string> Subnets, IReadOnlyList<string> Gateways, IReadOnlyList<string> Ranges, IReadOnlyList<GivenRoute>? Routes)
{
    /// <summary>Where there are several sets of ranges of a family: the subnet of each, of which an interface is to have one address. Else none.</summary>
    public IReadOnlyList<string> Sets { get; private init; } = [];

    private static readonly string[] Known =
        ["type", "subnets", "subnet", "gateway", "rangeStart", "rangeEnd", "ipRange", "ranges", "routes", "dataDir", "resolvConf"];

    public static OwnIpam Read(JsonElement ipam)
    {
        if (ipam.ValueKind == JsonValueKind.Undefined)
            return new([], [], [], null);
        if (ipam.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => !Known.Contains(n)) is { } unknown)
            throw new CniException(CniCode.Unsupported, $"ipam: '{unknown}' is not known here; there are {string.Join(", ", Known)}");

        // host-local: a list of sets, each a list of ranges, and a range beside them is a set of its own
        var sets = ipam.List("ranges").Select(s => s.ValueKind == JsonValueKind.Array ? s.EnumerateArray().ToList() : [s]).Prepend([ipam])
            .Select(set => set.Select(Part).Where(p => p.Subnet.Length > 0).ToList()).Where(set => set.Count > 0).ToList();
        var parts = sets.SelectMany(s => s).ToList();
        var subnets = ipam.Texts("subnets").ToList();
        return new(
            [.. subnets, .. parts.Select(p => p.Subnet)],
            [.. parts.Select(p => p.Gateway).Where(g => g.Length > 0)],
            [.. parts.Select(p => p.Range).Where(r => r.Length > 0)],
            ipam.Get("routes") is null ? null : GivenAddresses.RoutesOf(ipam))
        {
            Sets = SetsOf([.. sets.Select(set => set.ConvertAll(p => p.Subnet))], subnets),
        };
    }

    private static IReadOnlyList<string> SetsOf(List<List<string>> sets, List<string> beside)
    {
        if (!sets.GroupBy(s => s[0].Contains(':', StringComparison.Ordinal)).Any(family => family.Skip(1).Any()))
            return [];
        if ((beside.Count > 0 ? beside : sets.Find(s => s.Count > 1)) is { } several)
            throw new CniException(CniCode.Unsupported, $"ipam: one address of any of {string.Join(", ", several)} cannot be asked for beside one of each set of ranges; make each of them a set, or all of them one");
        return [.. sets.Select(s => s[0])];
    }

    private static (string Subnet, string Gateway, string Range) Part(JsonElement part)
    {
        var (start, end, range) = (part.Text("rangeStart"), part.Text("rangeEnd"), part.Text("ipRange"));
        if (start.Length + end.Length > 0)
            range = RangeOf(start, end);
        var (subnet, gateway) = (part.Text("subnet"), part.Text("gateway"));
        return subnet.Length > 0 || gateway.Length + range.Length == 0
            ? (subnet, gateway, range)
            : throw new CniException(CniCode.InvalidConfiguration, $"ipam: {gateway}{(gateway.Length * range.Length > 0 ? ", " : "")}{range} without the subnet that it lies in; say subnet too");
    }

    /// <summary>Ranges are shared out among hosts by prefixes, so a range must be one.</summary>
    private static string RangeOf(string start, string end)
    {
        if (!IPAddress.TryParse(start, out var first) || !IPAddress.TryParse(end, out var last) || first.AddressFamily != last.AddressFamily)
            throw new CniException(CniCode.InvalidConfiguration, $"ipam: rangeStart '{start}' and rangeEnd '{end}' must be two addresses of one family");
        var (from, to) = (Bits(first), Bits(last));
        var hosts = to - from; // all ones, if it is a prefix
        return to >= from && (hosts & (hosts + 1)) == 0 && (from & hosts) == 0
            ? $"{start}/{first.GetAddressBytes().Length * 8 - (int)UInt128.PopCount(hosts)}"
            : throw new CniException(CniCode.Unsupported, $"ipam: {start} to {end} is no prefix, by which the cluster shares addresses out; say \"ipRange\" with one that is, or leave it out");
    }

    private static UInt128 Bits(IPAddress address) =>
        address.GetAddressBytes().Aggregate(UInt128.Zero, (bits, b) => (bits << 8) | b);
}
