using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Networks;

/// <summary>The persistence ids of all journals. Permanent, like the events' names.</summary>
public static class PersistenceIds
{
    public const string Host = "host";
    public const string Registry = "registry";

    /// <summary>No events, only the newest catalogue that this host has seen.</summary>
    public const string Catalogue = "catalogue";

    private const string NetworkPrefix = "network-";
    private const string EndpointPrefix = "endpoint-";
    private const string HostPrefix = "host-";

    public static string Network(NetworkId network) => NetworkPrefix + network;

    public static string Endpoint(EndpointId endpoint) => EndpointPrefix + endpoint;

    public static string HostNetwork(HostId host, NetworkId network) => $"{HostPrefix}{host}-{NetworkPrefix}{network}";

    public static bool IsNetwork(string id, out NetworkId network)
    {
        network = default;
        return id.StartsWith(NetworkPrefix, StringComparison.Ordinal) && NetworkId.TryParse(id[NetworkPrefix.Length..], out network);
    }

    public static bool IsEndpoint(string id, out EndpointId endpoint)
    {
        endpoint = default;
        return id.StartsWith(EndpointPrefix, StringComparison.Ordinal) && EndpointId.TryParse(id[EndpointPrefix.Length..], out endpoint);
    }

    public static bool IsHostNetwork(string id, out NetworkId network)
    {
        network = default;
        var dash = id.IndexOf('-' + NetworkPrefix, StringComparison.Ordinal);
        return dash > 0 && id.StartsWith(HostPrefix, StringComparison.Ordinal) && IsNetwork(id[(dash + 1)..], out network);
    }
}
