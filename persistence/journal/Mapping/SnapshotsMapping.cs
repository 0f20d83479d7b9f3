using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Journal.Mapping;

internal static class SnapshotsMapping
{
    public static Schema.Catalogue ToProto(this Catalogue catalogue) => new()
    {
        Version = catalogue.Version,
        Hosts = { catalogue.Hosts.Select(h => new Schema.KnownHost { Id = h.Key.ToBytes(), Name = h.Value.Name, Incarnation = h.Value.Incarnation }) },
        Networks =
        {
            catalogue.Networks.Select(n => new Schema.CatalogueEntry
            {
                Network = n.Key.ToBytes(),
                Spec = n.Value.Spec.ToProto(),
                CreatedUnixMs = n.Value.Created.ToUnixTimeMilliseconds(),
                LastEpoch = n.Value.LastEpoch,
                Blocks = { n.Value.Blocks.Select(b => new Schema.OwnedBlock { Block = b.Key.ToProto(), Owner = b.Value.Host.ToBytes(), Epoch = b.Value.Epoch }) },
            })
        },
    };

    public static Catalogue ToDomain(this Schema.Catalogue proto) => new(
        proto.Version,
        proto.Hosts.ToImmutableSortedDictionary(h => h.Id.ToHostId(), h => new KnownHost(h.Name, h.Incarnation)),
        proto.Networks.ToImmutableSortedDictionary(n => n.Network.ToNetworkId(), n => new CatalogueEntry(
            n.Spec.ToDomain(),
            DateTimeOffset.FromUnixTimeMilliseconds(n.CreatedUnixMs),
            n.Blocks.ToPrefixMap(b => b.Block.ToDomain("block"), b => new BlockOwner(b.Owner.ToHostId(), b.Epoch)),
            n.LastEpoch)));
}
