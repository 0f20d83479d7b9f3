using System.Collections.Immutable;
using System.Runtime.Serialization;
using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Feeds;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Mesh.Mapping;
using Xunit;

namespace IpvlanActors.Tests.Unit.Mesh;

public class CatalogueItemsTests
{
    private static readonly Prefix Subnet = Prefix.Parse("10.0.0.0/8");

    [Fact]
    public void A_catalogue_comes_whole_out_of_its_items() =>
        Assert.Equal(MeshSamples.FullCatalogue, Apply(Catalogue.Empty, 42, CatalogueItems.Changes(Catalogue.Empty, MeshSamples.FullCatalogue)));

    [Fact]
    public void Any_catalogue_leads_to_any_other()
    {
        var host = Gen.Int[0, 3].Select(n => new HostId(new Guid(n, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8])));
        var blocks = Gen.Dictionary(Gen.Int[0, 20], Gen.Select(host, Gen.Long[0, 3]).Select((h, e) => new BlockOwner(h, e)))[0, 8];
        var networks = Gen.Dictionary(Gen.Int[0, 3], Gen.Select(Gen.Bool, blocks))[0, 4];
        var catalogue = Gen.Select(Gen.Long[0, 99], Gen.Dictionary(host, Gen.String)[0, 4], networks).Select(Build);
        Gen.Select(catalogue, catalogue).Sample((from, to) =>
        {
            var changes = CatalogueItems.Changes(from, to);
            var next = Apply(from, to.Version, changes);
            Assert.Equal(to, next);
            Assert.Empty(CatalogueItems.Changes(to, next));
        }, iter: 2_000);
    }

    [Fact]
    public void A_claim_costs_its_own_bytes_and_leaves_the_rest_as_it_is()
    {
        var before = MeshSamples.FullCatalogue;
        var entry = before.Networks[MeshSamples.Network];
        var claimed = entry with { Blocks = entry.Blocks.SetItem(Prefix.Parse("10.1.9.0/26"), new(MeshSamples.Host, 9)) };
        var after = before with { Version = 43, Networks = before.Networks.SetItem(MeshSamples.Network, claimed) };
        var change = Assert.Single(CatalogueItems.Changes(before, after));
        Assert.InRange(change.Bytes, 1, 45);
        var next = Apply(before, 43, [change]);
        Assert.Same(before.Networks[MeshSamples.OtherNetwork], next.Networks[MeshSamples.OtherNetwork]);
        Assert.Same(entry.Spec, next.Networks[MeshSamples.Network].Spec);
    }

    [Fact]
    public void What_cannot_be_read_is_not_half_a_catalogue()
    {
        var changes = CatalogueItems.Changes(Catalogue.Empty, MeshSamples.FullCatalogue);
        foreach (var broken in changes)
        {
            FeedChange[] altered = [.. changes.Where(c => c != broken), broken with { Value = Octets.Of([0x0A, 0xFF, 0x01]) }];
            Assert.Throws<SerializationException>(() => { Apply(Catalogue.Empty, 1, altered); });
        }

        Assert.Throws<SerializationException>(() => { Apply(Catalogue.Empty, 1, changes.Where(c => c.Key.Span[0] == (byte)'b')); });
        Assert.Equal(MeshSamples.FullCatalogue, Apply(Catalogue.Empty, 42, changes.Add(new(Octets.Of("x what a newer version says"u8), Octets.Of([1])))));
    }

    private static Catalogue Apply(Catalogue from, long version, IEnumerable<FeedChange> changes) => CatalogueItems.Apply(from, version, changes);

    private static Catalogue Build(long version, Dictionary<HostId, string> hosts, Dictionary<int, (bool, Dictionary<int, BlockOwner>)> networks) => new(
        version, hosts.ToImmutableSortedDictionary(h => h.Key, h => new KnownHost(h.Value, 1)),
        networks.ToImmutableSortedDictionary(
            n => NetworkId.From(new Guid(n.Key, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8])),
            n => new CatalogueEntry(
                MeshSamples.LeastSpec with { Internal = n.Value.Item1 }, MeshSamples.Time,
                n.Value.Item2.ToPrefixMap(b => Subnet.Nth(26, (ulong)b.Key), b => b.Value))));
}
