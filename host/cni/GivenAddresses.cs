using System.Globalization;
using System.Net;
using System.Text.Json;

namespace IpvlanActors.Cni;

/// <summary>Addresses and routes that somebody else chose: a delegated IPAM plugin, or an earlier plugin of the chain.</summary>
/// <param name="Dns">As it came; default: none.</param>
internal sealed record GivenAddresses(IReadOnlyList<GivenAddress> Ips, IReadOnlyList<GivenRoute> Routes, JsonElement Dns)
{
    private static readonly string[] Untold = ["mtu", "advmss", "priority", "table", "scope"];

    public static GivenAddresses Read(JsonElement result, string who)
    {
        var ips = result.List("ips").Select(i => new GivenAddress(i.Text("address"), i.Text("gateway"))).ToList();
        if (ips.Count == 0)
            throw new CniException(CniCode.InvalidConfiguration, $"{who} gave no address, and an interface of ipvland needs one");
        if (ips.Find(i => !i.Address.Contains('/', StringComparison.Ordinal)) is { } bare)
            throw new CniException(CniCode.InvalidConfiguration, $"{who} gave {bare.Address} without a prefix length");
        return new(ips, RoutesOf(result), result.Get("dns") ?? default);
    }

    public static IReadOnlyList<GivenRoute> RoutesOf(JsonElement parent)
    {
        var routes = new List<GivenRoute>();
        foreach (var route in parent.List("routes"))
        {
            if (Untold.FirstOrDefault(k => route.Get(k) is not null) is { } untold)
                throw new CniException(CniCode.Unsupported, $"routes: {untold} of {route.Text("dst")} is not supported; leave it out");
            routes.Add(new(route.Text("dst"), route.Text("gw")));
        }

        return routes;
    }

    /// <summary>A route without a gateway goes by that of its family's address, if there is one.</summary>
    public IReadOnlyList<string> RouteTexts() =>
        [.. Routes.Select(r => (r.Gateway.Length > 0 ? r : r with { Gateway = GatewayFor(r) }).ToString())];

    public string GatewayOf(string address) => Ips.FirstOrDefault(i => i.Address == address)?.Gateway ?? "";

    private string GatewayFor(GivenRoute route) => Ips.FirstOrDefault(i => i.IsV6 == route.IsV6 && i.Gateway.Length > 0)?.Gateway ?? "";
}

/// <param name="Address">With its prefix length.</param>
/// <param name="Gateway">Empty: none.</param>
internal sealed record GivenAddress(string Address, string Gateway)
{
    public bool IsV6 => Address.Contains(':', StringComparison.Ordinal);

    /// <summary>The subnet around it; what cannot be read stays as it came, for the node to refuse.</summary>
    public string Subnet
    {
        get
        {
            const int Byte = 8;
            var parts = Address.Split('/');
            if (!IPAddress.TryParse(parts[0], out var ip) || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
                return Address;
            var bytes = ip.GetAddressBytes();
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] &= (byte)(byte.MaxValue << (Byte - Math.Clamp(length - (i * Byte), 0, Byte)));
            return $"{new IPAddress(bytes)}/{length}";
        }
    }
}

/// <param name="Gateway">Empty: by the subnet's own.</param>
internal sealed record GivenRoute(string Destination, string Gateway)
{
    public bool IsV6 => Destination.Contains(':', StringComparison.Ordinal);

    /// <summary>In iproute2's words, as the node reads them.</summary>
    public override string ToString() => Gateway.Length > 0 ? $"{Destination} via {Gateway}" : Destination;
}
