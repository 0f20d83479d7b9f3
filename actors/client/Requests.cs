namespace IpvlanActors.Client;

/// <summary>A network as a person would type it for <c>ipvlanctl network create</c>; judged by the node, for every door alike.</summary>
/// <param name="Name">Unique in the cluster.</param>
public sealed record CreateNetwork(string Name)
{
    /// <summary>In order: addresses come from the first that has one. None: a default pool.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>Each belongs to the subnet that contains it.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];

    /// <summary>Each limits what its subnet gives out by itself.</summary>
    public IReadOnlyList<string> IpRanges { get; init; } = [];

    /// <summary>Reserved: name to address.</summary>
    public IReadOnlyDictionary<string, string> AuxAddresses { get; init; } = new Dictionary<string, string>();

    /// <summary>On a link of its own, without a way out.</summary>
    public bool Internal { get; init; }

    /// <summary>False: no IPv4, not even from a default pool.</summary>
    public bool Ipv4 { get; init; } = true;

    /// <summary><c>parent</c>, <c>parent_in</c>, <c>ipvlan_mode</c>, <c>ipvlan_flag</c>, <c>mtu</c>, ...</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Asked again with the same key in the same words, it is done once; in other words, it is refused. Empty: the client takes a
    /// new one each time. To repeat over a restart of the service, give one of your own.
    /// </summary>
    public string Key { get; init; } = "";
}

/// <summary>Create, allocate and join in one. Asked again with the same name and namespace, or the same key, it changes nothing.</summary>
/// <param name="Network">A name, an id, or a beginning of an id that fits one network only.</param>
/// <param name="Netns">A path, a name under /run/netns, or <c>pid:N</c>; of the host that is to join it.</param>
public sealed record JoinEndpoint(string Network, string Netns)
{
    /// <summary>Unique on the host within the network. Empty: the first 12 digits of the new id.</summary>
    public string Name { get; init; } = "";

    /// <summary>Empty: one that is free.</summary>
    public string Ip { get; init; } = "";

    /// <summary>Empty: one that is free.</summary>
    public string Ip6 { get; init; } = "";

    /// <summary>
    /// All addresses that it is to have, in the place of <see cref="Ip"/> and <see cref="Ip6"/>: each an address, a subnet of the
    /// network (any address of it), or <c>0.0.0.0/0</c> or <c>::/0</c> (any of the family). Empty: one of each family.
    /// </summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>What the container is to call its link.</summary>
    public string Interface { get; init; } = "eth0";

    /// <summary>
    /// Asked again with the same key in the same words, it is done once; in other words, it is refused. Empty: the client takes a
    /// new one each time. To repeat over a restart of the service, give one of your own.
    /// </summary>
    public string Key { get; init; } = "";
}
