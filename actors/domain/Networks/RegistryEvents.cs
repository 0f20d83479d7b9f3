using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>What has happened to the cluster as a whole. Stored for ever: cases are added, never changed.</summary>
public abstract record RegistryEvent
{
    private protected RegistryEvent(Stamp stamp) => Stamp = stamp;

    public Stamp Stamp { get; }
}

/// <summary>A host said for the first time that it exists, or that it has a new name, or that it has started again.</summary>
/// <param name="Incarnation">Counts the host's starts; 0: not told, as by older versions.</param>
public sealed record HostRegistered(Stamp Stamp, HostId Id, string Name, long Incarnation = 0) : RegistryEvent(Stamp);

/// <summary>An operator gave a host up, or it left. Written before the networks take its blocks from it.</summary>
public sealed record HostForgotten(Stamp Stamp, HostId Id) : RegistryEvent(Stamp);

/// <summary>
/// The registry's journal may lack what has happened since: it was restored from a copy. It grants nothing until every host
/// that it knows has told it what it has seen.
/// </summary>
/// <param name="Version">Of the catalogue, as far as this journal goes.</param>
public sealed record RegistryDoubted(Stamp Stamp, string Why, long Version) : RegistryEvent(Stamp);

/// <summary>All that this host has seen of the catalogue, and that the registry lacked, is journaled.</summary>
/// <param name="Version">Of the catalogue that the host had seen.</param>
public sealed record TestimonyAdopted(Stamp Stamp, HostId From, long Version) : RegistryEvent(Stamp);

/// <summary>Every host has been heard; the registry grants again.</summary>
/// <param name="Lost">How many events are lost for good, so that the catalogue's version goes on above what anybody has seen.</param>
public sealed record RegistryTrusted(Stamp Stamp, long Lost) : RegistryEvent(Stamp);

/// <summary>A name and its subnets belong to a network from now on, default subnet included.</summary>
public sealed record NetworkNameReserved(Stamp Stamp, NetworkId Network, NetworkSpec Spec) : RegistryEvent(Stamp);

/// <param name="Events">How many events the network's own journal ended with, so that the catalogue's version never goes back.</param>
public sealed record NetworkNameFreed(Stamp Stamp, NetworkId Network, long Events) : RegistryEvent(Stamp);
