namespace IpvlanActors.Client;

public sealed record NetworkRef(string Id, string Name);

/// <summary>Everything about a network but its blocks and endpoints, which are lists of their own.</summary>
public sealed record NetworkDetail
{
    public NetworkInfo Network { get; init; } = new();

    public DateTimeOffset Created { get; init; }

    /// <summary><c>bridge</c>, <c>private</c> or <c>vepa</c>.</summary>
    public string Flag { get; init; } = "";

    public bool Internal { get; init; }

    /// <summary>Null: the parent's.</summary>
    public int? Mtu { get; init; }

    /// <summary><c>given</c>, <c>vlan</c>, <c>dummy</c>, or <c>container</c>: a link of each container.</summary>
    public string ParentKind { get; init; } = "";

    /// <summary>The link was made for networks, and is deleted with the last that uses it.</summary>
    public bool ParentMade { get; init; }

    public IReadOnlyList<SubnetInfo> Subnets { get; init; } = [];

    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

public sealed record SubnetInfo
{
    public string Prefix { get; init; } = "";

    /// <summary>Empty: none.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>Empty: all of it.</summary>
    public string IpRange { get; init; } = "";

    public IReadOnlyDictionary<string, string> AuxAddresses { get; init; } = new Dictionary<string, string>();

    /// <summary>It came from a default pool.</summary>
    public bool IsDefault { get; init; }
}

public sealed record ClusterInfo
{
    /// <summary>The host that answered.</summary>
    public NodeInfo Self { get; init; } = new();

    /// <summary>The address of the member that the registry runs on; empty: it is not known.</summary>
    public string Registry { get; init; } = "";

    public IReadOnlyList<HostInfo> Hosts { get; init; } = [];
}
