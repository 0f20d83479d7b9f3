namespace IpvlanActors.Client.Messages;

/// <summary>What a service asks, as it is sent.</summary>
internal static class ToWire
{
    public static Wire.Request Of(CreateNetwork network) => new()
    {
        CreateNetwork = new()
        {
            Name = network.Name,
            Subnets = { network.Subnets },
            Gateways = { network.Gateways },
            IpRanges = { network.IpRanges },
            AuxAddresses = { Pairs(network.AuxAddresses) },
            Internal = network.Internal,
            NoIpv4 = !network.Ipv4,
            Options = { Pairs(network.Options) },
            Labels = { Pairs(network.Labels) },
            Key = network.Key,
        },
    };

    public static Wire.Request Of(JoinEndpoint endpoint) => new()
    {
        JoinEndpoint = new()
        {
            Network = endpoint.Network,
            Netns = endpoint.Netns,
            Name = endpoint.Name,
            Ip = endpoint.Ip,
            Ip6 = endpoint.Ip6,
            Interface = endpoint.Interface,
            Key = endpoint.Key,
            Addresses = { endpoint.Addresses },
        },
        Needs = endpoint.Addresses.Count > 0 ? ClientProtocol.AddressesLevel : 0,
    };

    public static Wire.Request Of(FollowFrom from, TimeSpan wait)
    {
        var follow = new Wire.Follow
        {
            Network = from.Network,
            Endpoint = from.Endpoint,
            Kinds = { from.Kinds.Select(k => (uint)k) },
            WaitMs = (uint)wait.TotalMilliseconds,
        };
        if (from.Events is not null)
            follow.Events = from.Events;
        if (from.State is not null)
            follow.State = from.State;
        return new() { Follow = follow };
    }

    private static IEnumerable<Wire.Pair> Pairs(IReadOnlyDictionary<string, string> pairs) =>
        pairs.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new Wire.Pair { Key = p.Key, Value = p.Value });
}
