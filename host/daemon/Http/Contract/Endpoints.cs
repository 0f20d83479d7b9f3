namespace IpvlanActors.Daemon.Http.Contract;

/// <summary>POST /v1/endpoints: create, allocate and join in one. Asked again with the same name and namespace it changes nothing.</summary>
/// <param name="Network">Name, id or a unique beginning of an id.</param>
/// <param name="Netns">A path (<c>/run/netns/x</c>), a name under /run/netns, or <c>pid:N</c>.</param>
/// <param name="Name">Unique on this host within the network; none: the first 12 digits of the id.</param>
/// <param name="IfName">The link's name in the namespace; none: eth0.</param>
public sealed record JoinEndpointRequest(
    string Network, string Netns, string? Name = null, string? Ip = null, string? Ip6 = null, string? IfName = null);

public sealed record EndpointSummary(
    string Id, string Name, string Network, IReadOnlyList<string> Addresses, string State, string Sandbox)
{
    public string NetworkId { get; init; } = "";

    /// <summary>Why it failed or waits; empty otherwise.</summary>
    public string Reason { get; init; } = "";
}

/// <param name="Addresses">With prefix length, IPv4 first.</param>
/// <param name="Routes">Default routes in the container, in iproute2's words.</param>
/// <param name="State"><c>created</c>, <c>joined</c>, <c>left</c>, <c>failed</c>.</param>
/// <param name="Reason">Why it failed or waits; empty otherwise.</param>
public sealed record EndpointDetail(
    string Id,
    string Name,
    string Network,
    string NetworkId,
    IReadOnlyList<string> Addresses,
    string IfName,
    string Sandbox,
    IReadOnlyList<string> Routes,
    string State,
    string Reason,
    DateTimeOffset Created);
