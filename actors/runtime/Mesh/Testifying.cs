using System.Collections.Immutable;
using System.Runtime.Serialization;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Feeds;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Mesh.Mapping;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>A host's testimony, cut for the wire as feeds are, and put together again.</summary>
internal static class Testifying
{
    public static ImmutableArray<Witness> Split(HostId host, Catalogue told)
    {
        var items = CatalogueItems.Changes(Catalogue.Empty, told);
        var digest = new FeedDigest(new(0, told.Version), items.Length, FeedContent.Empty.With(items).Hash);
        return [.. FeedPart.Split(FeedId.Catalogue, digest, new(0, 0, told.Version, items)).Select(part => new Witness(host, part))];
    }

    /// <exception cref="SerializationException">There is something in it that this version cannot read.</exception>
    public static Catalogue Whole(FeedDelta told) => CatalogueItems.Apply(Catalogue.Empty, told.To, told.Changes);
}
