using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>
/// Reads subnets and finds for each gateway, range and auxiliary address the subnet that it belongs to, as Docker's
/// command line does: by containment, not by position.
/// </summary>
internal static class SubnetReader
{
    private static readonly Prefix[] NotForHosts =
    [
        Prefix.Parse("0.0.0.0/8"), Prefix.Parse("127.0.0.0/8"), Prefix.Parse("169.254.0.0/16"), Prefix.Parse("224.0.0.0/3"),
        Prefix.Parse("::/8"), Prefix.Parse("fe80::/10"), Prefix.Parse("ff00::/8"),
    ];

    public static ImmutableArray<SubnetSpec> Read(NetworkRequest request, bool noGateway, List<Refusal> refusals)
    {
        var prefixes = ReadPrefixes(request.Subnets, refusals);
        var gateways = Assign(request.Gateways, "--gateway", RefusalCodes.GatewayInvalid, prefixes, ReadAddress, refusals);
        var ranges = Assign(request.Ranges, "--ip-range", RefusalCodes.RangeInvalid, prefixes, ReadRange, refusals);
        var reserved = ReadReserved(request.AuxAddresses, prefixes, refusals);
        if (noGateway && !request.Gateways.IsEmpty)
        {
            refusals.Add(new(RefusalCodes.GatewayInvalid,
                $"gateway=none and --gateway {string.Join(", ", request.Gateways)} exclude each other: leave one of them out."));
        }

        var subnets = prefixes.Select(p => Complete(
            p,
            gateways.TryGetValue(p, out var gateway) ? gateway : null,
            ranges.TryGetValue(p, out var range) ? range : null,
            reserved.GetValueOrDefault(p, ImmutableSortedDictionary<string, Ip>.Empty),
            noGateway)).ToImmutableArray();
        foreach (var subnet in subnets)
            CheckUsable(subnet, gateways.ContainsKey(subnet.Prefix), refusals);
        return subnets;
    }

    /// <summary>A subnet out of a default pool.</summary>
    public static SubnetSpec Default(Prefix pool, bool noGateway) =>
        Complete(pool, null, null, ImmutableSortedDictionary<string, Ip>.Empty, noGateway) with { IsDefault = true };

    private static SubnetSpec Complete(
        Prefix prefix, Ip? gateway, Prefix? range, ImmutableSortedDictionary<string, Ip> reserved, bool noGateway)
    {
        var subnet = new SubnetSpec(prefix, gateway, range, reserved, IsDefault: false);
        // A point-to-point subnet (/31, /127) and a single address have none to spare (RFC 3021, RFC 6164).
        if (gateway is not null || noGateway || prefix.HostBits < 2)
            return subnet;
        var first = subnet.FirstUsable;
        while (reserved.ContainsValue(first))
            first = first.Offset(1);
        return subnet.IsUsable(first) ? subnet with { Gateway = first } : subnet;
    }

    private static List<Prefix> ReadPrefixes(ImmutableArray<string> texts, List<Refusal> refusals)
    {
        var prefixes = new List<Prefix>();
        foreach (var text in texts)
        {
            if (!Prefix.TryParse(text, out var prefix))
            {
                refusals.Add(new(RefusalCodes.SubnetInvalid,
                    $"--subnet {text} is not a prefix: write it like 192.168.1.0/24 or 2001:db8::/64."));
            }
            else if (prefix.IsDefault || NotForHosts.FirstOrDefault(prefix.Overlaps) is { Length: > 0 })
            {
                refusals.Add(new(RefusalCodes.SubnetInvalid,
                    $"--subnet {text} holds addresses that no container can have (unspecified, loopback, link-local or multicast): take a unicast prefix."));
            }
            else if (prefixes.FindIndex(prefix.Overlaps) is var other and >= 0)
            {
                refusals.Add(new(RefusalCodes.SubnetsOverlap,
                    $"--subnet {text} overlaps {prefixes[other]} of the same network: multiple overlapping subnet configuration is not supported, take prefixes apart from each other."));
            }
            else
            {
                prefixes.Add(prefix);
            }
        }

        return prefixes;
    }

    private delegate (T Value, Ip Anchor, string? Problem) Reader<T>(string text, List<Prefix> prefixes);

    /// <summary>Gives each text to the subnet that contains it; one per subnet.</summary>
    private static Dictionary<Prefix, T> Assign<T>(
        ImmutableArray<string> texts, string flag, string code, List<Prefix> prefixes, Reader<T> read, List<Refusal> refusals)
    {
        var assigned = new Dictionary<Prefix, T>();
        foreach (var text in texts)
        {
            var (value, anchor, problem) = read(text, prefixes);
            var subnet = prefixes.FindIndex(p => p.Contains(anchor));
            if (problem is not null)
                refusals.Add(new(code, $"{flag} {text}: {problem}."));
            else if (subnet < 0)
                refusals.Add(new(code, $"{flag} {text}: no matching subnet; every {flag} must lie in a --subnet, so give that subnet too."));
            else if (!assigned.TryAdd(prefixes[subnet], value))
                refusals.Add(new(code, $"{flag} {text}: the subnet {prefixes[subnet]} has one already ({assigned[prefixes[subnet]]}); give one per subnet."));
        }

        return assigned;
    }

    private static (Ip Value, Ip Anchor, string? Problem) ReadAddress(string text, List<Prefix> prefixes) =>
        Ip.TryParse(text, out var ip) ? (ip, ip, null) : (default, default, "not an IP address, like 192.168.1.1 or 2001:db8::1");

    private static (Prefix Value, Ip Anchor, string? Problem) ReadRange(string text, List<Prefix> prefixes)
    {
        if (!Prefix.TryParse(text, out var range))
            return (default, default, "not a prefix, like 192.168.1.128/25");
        if (!Prefix.TryParseExact(text, out _))
            return (default, default, $"it has host bits set; it should be {range}");
        var larger = prefixes.FindIndex(p => range.Contains(p) && range != p);
        return larger < 0
            ? (range, range.First, null)
            : (default, default, $"CIDR block is bigger than its parent subnet {prefixes[larger]}");
    }

    private static Dictionary<Prefix, ImmutableSortedDictionary<string, Ip>> ReadReserved(
        ImmutableArray<KeyValuePair<string, string>> texts, List<Prefix> prefixes, List<Refusal> refusals)
    {
        var reserved = new Dictionary<Prefix, ImmutableSortedDictionary<string, Ip>>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, text) in texts)
        {
            var written = $"--aux-address {name}={text}";
            if (name.Length == 0 || !names.Add(name))
                refusals.Add(new(RefusalCodes.AuxAddressInvalid, $"{written}: every auxiliary address has a name of its own; give another."));
            else if (!Ip.TryParse(text, out var ip))
                refusals.Add(new(RefusalCodes.AuxAddressInvalid, $"{written}: '{text}' is not an IP address."));
            else if (prefixes.FindIndex(p => p.Contains(ip)) is var subnet && subnet < 0)
                refusals.Add(new(RefusalCodes.AuxAddressInvalid, $"{written}: no matching subnet; it must lie in a --subnet."));
            else if (reserved.GetValueOrDefault(prefixes[subnet])?.ContainsValue(ip) == true)
                refusals.Add(new(RefusalCodes.AuxAddressInvalid, $"{written}: {ip} is reserved under another name already."));
            else
                reserved[prefixes[subnet]] = reserved.GetValueOrDefault(prefixes[subnet], ImmutableSortedDictionary<string, Ip>.Empty).Add(name, ip);
        }

        return reserved;
    }

    private static void CheckUsable(SubnetSpec subnet, bool gatewayGiven, List<Refusal> refusals)
    {
        if (gatewayGiven && subnet.Gateway is { } gateway && !subnet.IsUsable(gateway))
        {
            refusals.Add(new(RefusalCodes.GatewayInvalid,
                $"--gateway {gateway} is the {(gateway == subnet.Prefix.First ? "network" : "broadcast")} address of {subnet.Prefix}: take one from {subnet.FirstUsable} to {subnet.LastUsable}."));
        }

        foreach (var (name, address) in subnet.Reserved.Where(r => r.Value == subnet.Gateway || !subnet.IsUsable(r.Value)))
        {
            refusals.Add(new(RefusalCodes.AuxAddressInvalid,
                $"--aux-address {name}={address} is the gateway, network or broadcast address of {subnet.Prefix}, which is reserved anyway: leave it out."));
        }
    }
}
