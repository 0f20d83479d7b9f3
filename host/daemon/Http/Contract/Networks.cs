namespace IpvlanActors.Daemon.Http.Contract;

/// <summary>POST /v1/networks. Texts as a person typed them; the node's domain reads and judges them, for every door alike.</summary>
/// <param name="Subnets">In order: addresses come from the first that has one. Empty: a default pool.</param>
/// <param name="Gateways">Each belongs to the subnet that contains it.</param>
/// <param name="IpRanges">Each limits what its subnet gives out by itself.</param>
/// <param name="AuxAddresses">Reserved: name to address.</param>
/// <param name="Ipv4">False: no IPv4, not even from a default pool.</param>
/// <param name="Options">Driver options: <c>parent</c>, <c>parent_in</c>, <c>ipvlan_mode</c>, <c>ipvlan_flag</c>, <c>mtu</c>, ...</param>
public sealed record CreateNetworkRequest(
    string Name,
    IReadOnlyList<string>? Subnets = null,
    IReadOnlyList<string>? Gateways = null,
    IReadOnlyList<string>? IpRanges = null,
    IReadOnlyDictionary<string, string>? AuxAddresses = null,
    bool Internal = false,
    bool Ipv4 = true,
    IReadOnlyDictionary<string, string>? Options = null,
    IReadOnlyDictionary<string, string>? Labels = null);

public sealed record NetworkCreatedReply(string Id, string Name);

/// <summary>One line of GET /v1/networks.</summary>
/// <param name="State"><c>ready</c>, <c>degraded</c> or <c>attaching</c> on this host.</param>
public sealed record NetworkSummary(
    string Id, string Name, string Mode, string Parent, IReadOnlyList<string> Subnets, int Endpoints, string State)
{
    /// <summary>Why it is degraded; empty otherwise.</summary>
    public string Reason { get; init; } = "";

    /// <summary><c>given</c>, <c>vlan</c>, <c>dummy</c>, or <c>container</c>: the parent is a link of each container.</summary>
    public string ParentKind { get; init; } = "";
}

/// <summary>GET /v1/networks/{name or id}.</summary>
/// <param name="Reason">Why it is degraded; empty otherwise.</param>
public sealed record NetworkDetail(
    string Id,
    string Name,
    DateTimeOffset Created,
    string Mode,
    string Flag,
    bool Internal,
    int? Mtu,
    ParentDetail Parent,
    IReadOnlyList<SubnetDetail> Subnets,
    IReadOnlyList<BlockDetail> Blocks,
    IReadOnlyList<EndpointSummary> Endpoints,
    string State,
    string Reason,
    IReadOnlyDictionary<string, string> Options,
    IReadOnlyDictionary<string, string> Labels);

/// <param name="Kind"><c>given</c>, <c>vlan</c>, <c>dummy</c>, or <c>container</c>: a link of each container.</param>
/// <param name="Created">True: we made it, and delete it with the last network that uses it.</param>
public sealed record ParentDetail(string Link, string Kind, bool Created);

public sealed record SubnetDetail(
    string Subnet, string? Gateway, string? IpRange, IReadOnlyDictionary<string, string> AuxAddresses, bool Default);

/// <summary>A part of a subnet that one host gives addresses out of.</summary>
/// <param name="Host">The owner's name.</param>
/// <param name="Used">Addresses in use, if this host is the owner.</param>
public sealed record BlockDetail(string Block, string Host, string HostId, long Epoch, int? Used)
{
    /// <summary>The network's name.</summary>
    public string Network { get; init; } = "";

    public string NetworkId { get; init; } = "";
}
