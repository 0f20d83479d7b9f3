using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>What can be asked of the cluster as a whole.</summary>
public abstract record RegistryCommand
{
    private protected RegistryCommand(Stamp stamp) => Stamp = stamp;

    public Stamp Stamp { get; }
}

/// <summary>Asked by a host for itself, each time it meets the registry.</summary>
/// <param name="Incarnation">Counts the host's starts; one below that on record changes nothing about it.</param>
public sealed record RegisterHost(Stamp Stamp, string Name, long Incarnation = 0) : RegistryCommand(Stamp);

/// <param name="Version">Of the catalogue, as far as this journal goes.</param>
public sealed record DoubtRegistry(Stamp Stamp, string Why, long Version) : RegistryCommand(Stamp);

/// <summary>What this host has seen up to that version is in the journals now.</summary>
public sealed record AdoptTestimony(Stamp Stamp, HostId From, long Version) : RegistryCommand(Stamp);

/// <summary>Every host has been heard.</summary>
/// <param name="Version">Of the catalogue now.</param>
public sealed record TrustRegistry(Stamp Stamp, long Version) : RegistryCommand(Stamp);

public sealed record ForgetHost(Stamp Stamp, HostId Id) : RegistryCommand(Stamp);

/// <param name="Network">A new id, chosen by the asker.</param>
/// <param name="Avoid">On-link prefixes and name servers of the asking host, which a default subnet must not overlap.</param>
public sealed record ReserveNetwork(Stamp Stamp, NetworkId Network, NetworkSpec Spec, ImmutableArray<Prefix> Avoid)
    : RegistryCommand(Stamp);

/// <summary>The network itself is gone; its name and subnets are to be had again.</summary>
public sealed record FreeNetworkName(Stamp Stamp, NetworkId Network, long Events) : RegistryCommand(Stamp);
