using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Networks;

/// <summary>
/// What every host knows of the registry: networks, who owns which block, and the hosts.
/// </summary>
/// <param name="Version">How many events the registry and all its networks have journaled; never goes back.</param>
public sealed record Catalogue(
    long Version,
    ImmutableSortedDictionary<HostId, KnownHost> Hosts,
    ImmutableSortedDictionary<NetworkId, CatalogueEntry> Networks)
{
    public static Catalogue Empty { get; } = new(
        0, ImmutableSortedDictionary<HostId, KnownHost>.Empty, ImmutableSortedDictionary<NetworkId, CatalogueEntry>.Empty);

    public string HostName(HostId host) => Hosts.GetValueOrDefault(host)?.Name ?? host.ToString();

    public bool Equals(Catalogue? other) =>
        other is not null && Version == other.Version && Hosts.SequenceEqual(other.Hosts) && Networks.SequenceEqual(other.Networks);

    public override int GetHashCode() => Version.GetHashCode();
}

/// <summary>A host as the registry knows it.</summary>
/// <param name="Incarnation">Its last start that the registry heard of; 0: it never said.</param>
public sealed record KnownHost(string Name, long Incarnation);

/// <param name="Blocks">A loan is a longer prefix inside the block that it was lent from.</param>
/// <param name="LastEpoch">The registry knew of every claim up to this one when it said so; 0: unknown.</param>
public sealed record CatalogueEntry(
    NetworkSpec Spec, DateTimeOffset Created, PrefixMap<BlockOwner> Blocks, long LastEpoch = 0)
{
    /// <summary>The owner of the smallest block that holds this prefix.</summary>
    public BlockOwner? OwnerOf(Prefix prefix) => Blocks.Around(prefix)?.Value;

    public bool Equals(CatalogueEntry? other) =>
        other is not null && Spec.Equals(other.Spec) && Created == other.Created && LastEpoch == other.LastEpoch
        && Blocks.SequenceEqual(other.Blocks);

    public override int GetHashCode() => Spec.GetHashCode();
}
