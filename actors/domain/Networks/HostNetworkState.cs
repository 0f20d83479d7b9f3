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
    ImmutableSortedDictionary<Prefix, OwnBlock> Blocks,
    ImmutableDictionary<EndpointId, AddressHolder> Holders)
{
    public bool IsAttached => Spec is not null;

    public EndpointId? HolderNamed(string name)
    {
        foreach (var (endpoint, holder) in Holders)
        {
            if (holder.Name == name)
                return endpoint;
        }

        return null;
    }

    public KeyValuePair<Prefix, OwnBlock>? BlockOf(Ip address)
    {
        foreach (var block in Blocks)
        {
            if (block.Key.Contains(address))
                return block;
        }

        return null;
    }

    /// <summary>An endpoint's addresses with the length of their subnets, IPv4 first.</summary>
    public ImmutableArray<InterfaceAddress> AddressesOf(EndpointId endpoint) =>
        Holders.TryGetValue(endpoint, out var holder)
            ? [.. holder.Addresses.Order().Select(a => new InterfaceAddress(a, Spec!.SubnetOf(a)?.Prefix.Length ?? a.BitWidth))]
            : [];
}

/// <summary>A block of ours.</summary>
/// <param name="Used">Address to holder.</param>
/// <param name="Resting">Released addresses, and when.</param>
public sealed record OwnBlock(
    long Epoch, ImmutableSortedDictionary<Ip, EndpointId> Used, ImmutableSortedDictionary<Ip, DateTimeOffset> Resting)
{
    public static OwnBlock Received(long epoch) =>
        new(epoch, ImmutableSortedDictionary<Ip, EndpointId>.Empty, ImmutableSortedDictionary<Ip, DateTimeOffset>.Empty);
}

/// <summary>An endpoint that holds addresses of a network on this host.</summary>
public sealed record AddressHolder(string Name, ImmutableArray<Ip> Addresses);
