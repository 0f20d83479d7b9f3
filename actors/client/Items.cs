namespace IpvlanActors.Client;

/// <summary>Kinds of things that a host shows. Numbers are permanent; more may come.</summary>
public enum ItemKind
{
    /// <summary>The host that was asked, itself; one.</summary>
    Node = 1,

    Host = 2,
    Network = 3,
    Block = 4,
    Endpoint = 5,
    Route = 6,
}

/// <summary>
/// A thing as a host shows it. Properties and not parameters, as later versions add some: a host that is older than this
/// package leaves those empty.
/// </summary>
public abstract record ItemInfo
{
    private protected ItemInfo(ItemKind kind) => Kind = kind;

    public ItemKind Kind { get; }

    /// <summary>Unique among its kind, and the same as long as the thing is.</summary>
    public string Key { get; init; } = "";
}

/// <summary>A host as it sees itself.</summary>
public sealed record NodeInfo() : ItemInfo(ItemKind.Node)
{
    public string Name { get; init; } = "";

    public string Id { get; init; } = "";

    /// <summary>How often it was started.</summary>
    public long Incarnation { get; init; }

    /// <summary><c>ready</c>, <c>degraded</c>, or <c>fenced</c>: no new address is given out there.</summary>
    public string State { get; init; } = "";

    /// <summary>One sentence each, with the way out.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}

/// <summary>A member of the cluster.</summary>
public sealed record HostInfo() : ItemInfo(ItemKind.Host)
{
    public string Name { get; init; } = "";

    public string Id { get; init; } = "";

    /// <summary>Where it is reached: <c>10.0.0.1:4053</c>.</summary>
    public string Address { get; init; } = "";

    /// <summary>Akka's word: <c>Joining</c>, <c>WeaklyUp</c>, <c>Up</c>, ...</summary>
    public string Status { get; init; } = "";

    public bool Reachable { get; init; }

    /// <summary>It may run the registry.</summary>
    public bool Registry { get; init; }

    public int Blocks { get; init; }

    public int Routes { get; init; }

    /// <summary>The address of the member whose data directory it has a copy of, and which counts instead; empty: none.</summary>
    public string CopyOf { get; init; } = "";

    /// <summary>What the asked host thinks of its routes: <c>live</c>, <c>suspect</c>, <c>stale</c> or <c>withdrawn</c>; empty for that host itself.</summary>
    public string State { get; init; } = "";

    /// <summary>Why it is not live; empty otherwise.</summary>
    public string Why { get; init; } = "";
}

public sealed record NetworkInfo() : ItemInfo(ItemKind.Network)
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary><c>l2</c>, <c>l3</c> or <c>l3s</c>.</summary>
    public string Mode { get; init; } = "";

    /// <summary>The link on the host that was asked.</summary>
    public string Parent { get; init; } = "";

    /// <summary>As <c>192.168.1.0/24</c>.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>How many are on the host that was asked.</summary>
    public int Endpoints { get; init; }

    /// <summary><c>ready</c>, <c>degraded</c> or <c>attaching</c> there.</summary>
    public string State { get; init; } = "";

    /// <summary>Why it is degraded; empty otherwise.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>A part of a subnet that one host gives addresses out of, or a single address that it borrowed.</summary>
public sealed record BlockInfo() : ItemInfo(ItemKind.Block)
{
    public string NetworkId { get; init; } = "";

    public string Network { get; init; } = "";

    public string Block { get; init; } = "";

    public string HostId { get; init; } = "";

    public string Host { get; init; } = "";

    /// <summary>Of the claim: it never comes again for this block.</summary>
    public long Epoch { get; init; }

    /// <summary>Addresses in use, if the owner was asked.</summary>
    public int? Used { get; init; }
}

/// <summary>An endpoint of the host that was asked.</summary>
public sealed record EndpointInfo() : ItemInfo(ItemKind.Endpoint)
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string NetworkId { get; init; } = "";

    public string Network { get; init; } = "";

    /// <summary>With prefix length, IPv4 first.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>What the container calls its link.</summary>
    public string Interface { get; init; } = "";

    /// <summary>Where it is, or last was.</summary>
    public string Netns { get; init; } = "";

    /// <summary><c>created</c>, <c>joined</c>, <c>left</c>, <c>failed</c>, <c>removed</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>Why it failed or waits; empty otherwise.</summary>
    public string Reason { get; init; } = "";

    public DateTimeOffset Created { get; init; }

    /// <summary>In the container, beside the connected ones, in iproute2's words.</summary>
    public IReadOnlyList<string> Routes { get; init; } = [];
}

/// <summary>A route that the host that was asked tells others of, or was told of.</summary>
public sealed record RouteInfo() : ItemInfo(ItemKind.Route)
{
    public string Prefix { get; init; } = "";

    public string NetworkId { get; init; } = "";

    public string Network { get; init; } = "";

    /// <summary>Whose it is.</summary>
    public string HostId { get; init; } = "";

    public string Host { get; init; } = "";

    /// <summary>Empty: unknown.</summary>
    public string NextHop { get; init; } = "";

    public string Device { get; init; } = "";

    /// <summary>
    /// <c>own</c>; <c>accepted</c>, and if its host cannot be reached <c>suspect</c>, if that is no member or not heard of for
    /// long <c>stale</c>; <c>withdrawn</c> if its next hop is dead; <c>rejected</c>.
    /// </summary>
    public string State { get; init; } = "";

    /// <summary><c>installed</c>, <c>missing</c>, <c>conflict</c> or <c>-</c>.</summary>
    public string Kernel { get; init; } = "";

    /// <summary>Why it was rejected, or what it conflicts with; empty otherwise.</summary>
    public string Reason { get; init; } = "";
}
