using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Networks;

/// <summary>
/// A network as it was asked for, read and found valid. Built by <see cref="NetworkSpecReader"/> from a
/// <see cref="NetworkRequest"/>, completed by the registry (a default subnet), and from then on never changed.
/// </summary>
/// <param name="Parents">Which link is the parent, per host.</param>
/// <param name="Subnets">In the order given, a default subnet first.</param>
/// <param name="WantsDefaultSubnet">No IPv4 subnet was given and IPv4 is on: the registry adds one from its pools.</param>
/// <param name="Settings">What else was said by options.</param>
/// <param name="Options">As typed, to be shown.</param>
public sealed record NetworkSpec(
    string Name,
    IpvlanMode Mode,
    IpvlanFlag Flag,
    bool Internal,
    ParentChoice Parents,
    ImmutableArray<SubnetSpec> Subnets,
    bool WantsDefaultSubnet,
    NetworkSettings Settings,
    ImmutableSortedDictionary<string, string> Options,
    ImmutableSortedDictionary<string, string> Labels)
{
    /// <summary>No parent, or --internal: on a dummy, without a default route, never routed to peers.</summary>
    public bool IsIsolated => Internal || Parents.IsNone;

    /// <summary>Each host's blocks are routed to its peers. Where a link inside a container leads, no host can say.</summary>
    public bool IsRouted => Mode != IpvlanMode.L2 && !IsIsolated && !Parents.InContainer;

    /// <summary>
    /// Containers get their default route by this network, unless another of theirs brings it. One that came with its parent
    /// has the default route from whoever gave it that, so there it must be asked for.
    /// </summary>
    public bool WantsDefaultRoute =>
        Options.GetValueOrDefault(NetworkOptions.DefaultRoute, Parents.InContainer ? NetworkOptions.No : NetworkOptions.Yes) != NetworkOptions.No;

    public IEnumerable<SubnetSpec> SubnetsOf(IpFamily family) => Subnets.Where(s => s.Prefix.Family == family);

    public SubnetSpec? SubnetOf(Ip address) => Subnets.FirstOrDefault(s => s.Prefix.Contains(address));

    public bool Equals(NetworkSpec? other) =>
        other is not null && Name == other.Name && Mode == other.Mode && Flag == other.Flag && Internal == other.Internal
        && Parents.Equals(other.Parents) && Subnets.SequenceEqual(other.Subnets)
        && WantsDefaultSubnet == other.WantsDefaultSubnet && Settings == other.Settings
        && Options.SequenceEqual(other.Options) && Labels.SequenceEqual(other.Labels);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}

/// <param name="Mtu">None: the parent's.</param>
/// <param name="BlockLength4">Prefix length of a host's blocks; none: chosen by the size of the subnet.</param>
/// <param name="OriginateAlways">A host's blocks are routed to its peers while it owns them, not only while it has an endpoint there.</param>
public sealed record NetworkSettings(
    int? Mtu = null, int? BlockLength4 = null, int? BlockLength6 = null, bool OriginateAlways = false)
{
    public static NetworkSettings Default { get; } = new();
}

/// <summary>One subnet of a network.</summary>
/// <param name="Gateway">Reserved always; a next hop in L2 only. None: <c>gateway=none</c>, or too small to have one.</param>
/// <param name="Range">Addresses are given out by themselves only from here; none: from all of it.</param>
/// <param name="Reserved">--aux-address: name to address.</param>
/// <param name="IsDefault">It came from a default pool.</param>
public sealed record SubnetSpec(
    Prefix Prefix, Ip? Gateway, Prefix? Range, ImmutableSortedDictionary<string, Ip> Reserved, bool IsDefault)
{
    /// <summary>The first address that an endpoint may have: not the network address, not the subnet-router anycast.</summary>
    public Ip FirstUsable => Prefix.HostBits <= 1 ? Prefix.First : Prefix.First.Offset(1);

    /// <summary>The last one: for IPv4 not the broadcast address.</summary>
    public Ip LastUsable => Prefix.Family == IpFamily.V6 || Prefix.HostBits <= 1
        ? Prefix.Last
        : Prefix.Last.Previous();

    public bool IsUsable(Ip address) => address >= FirstUsable && address <= LastUsable;

    /// <summary>What holds an address back from endpoints: its name, or null.</summary>
    public string? ReservedFor(Ip address)
    {
        if (address == Gateway)
            return "the gateway";
        foreach (var (name, reserved) in Reserved)
        {
            if (reserved == address)
                return $"auxiliary address '{name}'";
        }

        return null;
    }

    public bool Equals(SubnetSpec? other) =>
        other is not null && Prefix == other.Prefix && Gateway == other.Gateway && Range == other.Range
        && IsDefault == other.IsDefault && Reserved.SequenceEqual(other.Reserved);

    public override int GetHashCode() => Prefix.GetHashCode();
}
