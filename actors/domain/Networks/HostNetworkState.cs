using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Networks;

/// <summary>This host's part of one network: the parent link, the blocks that are its own, and who holds which address.</summary>
/// <param name="Spec">None: not attached.</param>
/// <param name="OwnsParent">We made the parent link, and delete it with the last network that uses it.</param>
public sealed record HostNetworkState(
    NetworkId Network,
    NetworkSpec? Spec,
    DateTimeOffset Created,
    ParentLink? Parent,
    bool OwnsParent,
    PrefixMap<OwnBlock> Blocks,
    ImmutableDictionary<EndpointId, AddressHolder> Holders)
{
    /// <summary>The names of <see cref="Holders"/>, to be found without looking at each.</summary>
    private ImmutableDictionary<string, EndpointId> Names { get; init; } = [];

    public bool IsAttached => Spec is not null;

    /// <summary>What a container runtime on this host calls the network; null: none knows it.</summary>
    public RuntimeBinding? Binding { get; init; }

    /// <summary>The highest epoch of any block that this host ever held: an answer at or below it is one of the past.</summary>
    public long LastEpoch { get; init; }

    /// <summary>Blocks that were taken from this host while endpoints held addresses of them, and the epochs of the claims that ended so.</summary>
    public ImmutableSortedDictionary<Prefix, long> Lost { get; init; } = ImmutableSortedDictionary<Prefix, long>.Empty;

    /// <summary>Whether all these addresses are this host's own: an endpoint with another has no link.</summary>
    public bool Owns(ImmutableArray<InterfaceAddress> addresses)
    {
        foreach (var address in addresses)
        {
            if (BlockOf(address.Address) is null)
                return false;
        }

        return true;
    }

    /// <summary>Names of endpoints that hold an address of it.</summary>
    public IEnumerable<string> HoldersIn(Prefix block) =>
        Holders.Values.Where(h => h.Addresses.Any(block.Contains)).Select(h => h.Name).Order(StringComparer.Ordinal);

    /// <summary>Who keeps an address for an endpoint that is still to come; null: nobody.</summary>
    public EndpointId? ReservationOf(Ip address) =>
        BlockOf(address)?.Value.Used.TryGetValue(address, out var holder) == true && Holders.GetValueOrDefault(holder)?.IsReservation == true
            ? holder
            : null;

    public EndpointId? HolderNamed(string name) => Names.TryGetValue(name, out var endpoint) ? endpoint : null;

    internal HostNetworkState WithHolder(EndpointId endpoint, AddressHolder holder) => this with
    {
        Holders = Holders.SetItem(endpoint, holder),
        Names = Names.SetItem(holder.Name, endpoint),
    };

    internal HostNetworkState WithoutHolder(EndpointId endpoint) => !Holders.TryGetValue(endpoint, out var holder)
        ? this
        : this with { Holders = Holders.Remove(endpoint), Names = Names.Remove(holder.Name) };

    /// <summary>The smallest that holds it: an address that was lent to this host before the block that it comes from.</summary>
    public KeyValuePair<Prefix, OwnBlock>? BlockOf(Ip address) => Blocks.Around(Prefix.Single(address));

    /// <summary>An endpoint's addresses with the length of their subnets, IPv4 first, else in the order in which they were asked for.</summary>
    public ImmutableArray<InterfaceAddress> AddressesOf(EndpointId endpoint) =>
        Holders.TryGetValue(endpoint, out var holder)
            ? [.. holder.Addresses.OrderBy(a => a.Family).Select(a => new InterfaceAddress(a, Spec!.SubnetOf(a)?.Prefix.Length ?? a.BitWidth))]
            : [];
}

/// <summary>A block of ours, or a single address that another host lent us.</summary>
/// <param name="Used">Address to holder.</param>
/// <param name="Resting">Released addresses, and when.</param>
public sealed record OwnBlock(
    long Epoch, ImmutableSortedDictionary<Ip, EndpointId> Used, ImmutableSortedDictionary<Ip, DateTimeOffset> Resting)
{
    /// <summary>Addresses in the hands of other hosts.</summary>
    public ImmutableSortedDictionary<Ip, LentAddress> Lent { get; init; } = ImmutableSortedDictionary<Ip, LentAddress>.Empty;

    public static OwnBlock Received(long epoch) =>
        new(epoch, ImmutableSortedDictionary<Ip, EndpointId>.Empty, ImmutableSortedDictionary<Ip, DateTimeOffset>.Empty);
}

/// <param name="Epoch">Of the loan.</param>
public sealed record LentAddress(HostId To, long Epoch);

/// <summary>An endpoint that holds addresses of a network on this host.</summary>
public sealed record AddressHolder(string Name, ImmutableArray<Ip> Addresses)
{
    /// <summary>There is no such endpoint yet, and never will be: another takes its address over.</summary>
    public bool IsReservation { get; init; }
}

/// <param name="IsMaker">The runtime made the network, and removes it from the cluster when it removes its own.</param>
public sealed record RuntimeBinding(string Key, bool IsMaker);
