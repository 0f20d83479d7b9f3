namespace IpvlanActors.Daemon.Http.Contract;

/// <summary>POST /v1/endpoints: create, allocate and join in one. Asked again with the same name and namespace it changes nothing.</summary>
/// <param name="Network">Name, id or a unique beginning of an id.</param>
/// <param name="Netns">A path (<c>/run/netns/x</c>), a name under /run/netns, or <c>pid:N</c>.</param>
/// <param name="Name">Unique on this host within the network; none: the first 12 digits of the id.</param>
/// <param name="IfName">The link's name in the namespace; none: eth0.</param>
public sealed record JoinEndpointRequest(
    string Network, string Netns, string? Name = null, string? Ip = null, string? Ip6 = null, string? IfName = null)
{
    /// <summary>How the network is to be, and whether it is made if it is not there; none: it must be there, and may be anything.</summary>
    public WantedNetwork? Wish { get; init; }

    /// <summary>An endpoint that has the name already is refused; and if the asker is gone before the answer, the join is undone.</summary>
    public bool MustBeNew { get; init; }

    /// <summary>
    /// All addresses that it is to have, in the place of <see cref="Ip"/> and <see cref="Ip6"/>: each an address, a subnet of the
    /// network (any address of it), or 0.0.0.0/0 or ::/0 (any of the family). None: one of each family.
    /// </summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>Instead of the network's own: <c>10.0.0.0/8</c>, <c>10.0.0.0/8 via 10.1.0.1</c>; none: the network's own.</summary>
    public IReadOnlyList<string>? Routes { get; init; }
}

/// <param name="Like">What it does not say may be anything; its name is not looked at.</param>
/// <param name="Make">If there is no network of the name, it is made like this.</param>
public sealed record WantedNetwork(CreateNetworkRequest Like, bool Make);

/// <summary>
/// POST /v1/endpoints/{name}/check: whether it is joined, and the kernel has all of it. POST /v1/networks/{name}/check:
/// whether an endpoint could join now.
/// </summary>
/// <param name="Network">Of the endpoint; not looked at for a network.</param>
public sealed record CheckRequest(string Network)
{
    public WantedNetwork? Wish { get; init; }
}

public sealed record EndpointSummary(
    string Id, string Name, string Network, IReadOnlyList<string> Addresses, string State, string Sandbox)
{
    public string NetworkId { get; init; } = "";

    /// <summary>Why it failed or waits; empty otherwise.</summary>
    public string Reason { get; init; } = "";
}

/// <param name="Addresses">With prefix length, IPv4 first, else in the order in which they were asked for.</param>
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
    DateTimeOffset Created)
{
    /// <summary>Of the link; empty where it is not known.</summary>
    public string Mac { get; init; } = "";

    /// <summary>Of the link; 0 where it is not known.</summary>
    public int Mtu { get; init; }

    /// <summary>For each of the addresses the gateway of its subnet; empty where there is none, or it is no next hop.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];

    /// <summary>The same as <see cref="Routes"/>, in parts.</summary>
    public IReadOnlyList<EndpointRoute> Hops { get; init; } = [];
}

/// <param name="Via">Empty: straight to the link.</param>
public sealed record EndpointRoute(string Destination, string Via);
