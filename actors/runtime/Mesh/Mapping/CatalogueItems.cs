using System.Collections.Immutable;
using System.Runtime.Serialization;
using Google.Protobuf;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Feeds;
using IpvlanActors.Domain.Networks;
using static IpvlanActors.Runtime.Mesh.Mapping.ValuesMapping;

namespace IpvlanActors.Runtime.Mesh.Mapping;

/// <summary>
/// The items of the catalogue's feed: each host, network and block one of its own, so that a claim costs its own bytes and
/// not the catalogue's.
/// </summary>
internal static class CatalogueItems
{
    private const byte Host = (byte)'h';
    private const byte Network = (byte)'n';
    private const byte Block = (byte)'b';
    private const int IdBytes = 16;

    /// <summary>What leads from one catalogue to the next. Costs no more than the networks that differ have blocks.</summary>
    public static ImmutableArray<FeedChange> Changes(Catalogue from, Catalogue to)
    {
        var changes = ImmutableArray.CreateBuilder<FeedChange>();
        Compare(from.Hosts, to.Hosts, h => Key(Host, h.ToBytes()), (h, known) => StateMapping.ToProto(h, known), changes);
        foreach (var (id, entry) in to.Networks)
        {
            var old = from.Networks.GetValueOrDefault(id);
            Compare(id, old?.Blocks ?? None, entry.Blocks, changes);
            if (old is null || (old with { Blocks = None }) != (entry with { Blocks = None }))
                changes.Add(new(Key(Network, id.ToBytes()), StateMapping.ToProto(id, entry with { Blocks = None }).ToOctets()));
        }

        foreach (var (id, entry) in from.Networks.Where(n => !to.Networks.ContainsKey(n.Key)))
        {
            changes.Add(new(Key(Network, id.ToBytes()), null));
            Compare(id, entry.Blocks, None, changes);
        }

        return changes.ToImmutable();
    }

    /// <summary>
    /// The catalogue after these changes; what they do not touch is the very same object. All or nothing: half a catalogue
    /// would say that networks are gone which this version just cannot read.
    /// </summary>
    /// <exception cref="SerializationException">A value cannot be read, or a block is of a network that is not there.</exception>
    public static Catalogue Apply(Catalogue catalogue, long version, IEnumerable<FeedChange> changes)
    {
        var hosts = catalogue.Hosts.ToBuilder();
        var networks = catalogue.Networks.ToBuilder();
        var blocks = new Dictionary<NetworkId, PrefixMap<BlockOwner>>();
        foreach (var change in changes.OrderByDescending(c => Kind(c.Key))) // networks before their blocks
        {
            var id = change.Key.Length > IdBytes ? ByteString.CopyFrom(change.Key.Span[1..(1 + IdBytes)]) : ByteString.Empty;
            var rest = change.Key.Length > IdBytes ? ByteString.CopyFrom(change.Key.Span[(1 + IdBytes)..]) : ByteString.Empty;
            switch (Kind(change.Key))
            {
                case Host when change.Value is { } value:
                    hosts[id.ToHostId()] = StateMapping.ToDomain(Parse(Wire.Host.Parser, value));
                    break;
                case Host:
                    hosts.Remove(id.ToHostId());
                    break;
                case Network when change.Value is { } value:
                    var entry = StateMapping.ToDomain(Parse(Wire.Network.Parser, value));
                    networks[id.ToNetworkId()] = entry with { Blocks = networks.GetValueOrDefault(id.ToNetworkId())?.Blocks ?? None };
                    break;
                case Network:
                    networks.Remove(id.ToNetworkId());
                    break;
                case Block when change.Value is { } value:
                    blocks[id.ToNetworkId()] = BlocksOf(id.ToNetworkId()).SetItem(rest.ToPrefix(), ToDomain(Parse(Wire.BlockItem.Parser, value)));
                    break;
                case Block:
                    blocks[id.ToNetworkId()] = BlocksOf(id.ToNetworkId()).Remove(rest.ToPrefix());
                    break;
            }
        }

        foreach (var (id, owners) in blocks)
        {
            if (networks.TryGetValue(id, out var network))
                networks[id] = network with { Blocks = owners };
            else if (owners.Count > 0)
                throw new SerializationException($"blocks of network {id} without the network");
        }

        return new(version, hosts.ToImmutable(), networks.ToImmutable());

        PrefixMap<BlockOwner> BlocksOf(NetworkId id) => blocks.TryGetValue(id, out var changed)
            ? changed
            : (networks.GetValueOrDefault(id) ?? catalogue.Networks.GetValueOrDefault(id))?.Blocks ?? None;
    }

    private static PrefixMap<BlockOwner> None => PrefixMap<BlockOwner>.Empty;

    private static void Compare(NetworkId network, PrefixMap<BlockOwner> from, PrefixMap<BlockOwner> to, ImmutableArray<FeedChange>.Builder changes)
    {
        foreach (var block in to.ChangedSince(from))
            changes.Add(new(Key(Block, network.ToBytes(), block.ToBytes()), to.TryGetValue(block, out var by) ? ToProto(by).ToOctets() : null));
    }

    private static void Compare<TKey, TValue>(
        ImmutableSortedDictionary<TKey, TValue> from, ImmutableSortedDictionary<TKey, TValue> to,
        Func<TKey, Octets> key, Func<TKey, TValue, IMessage> write, ImmutableArray<FeedChange>.Builder changes)
        where TKey : notnull
    {
        if (ReferenceEquals(from, to))
            return;
        foreach (var (id, value) in to)
        {
            if (!from.TryGetValue(id, out var old) || !EqualityComparer<TValue>.Default.Equals(old, value))
                changes.Add(new(key(id), write(id, value).ToOctets()));
        }

        foreach (var id in from.Keys.Where(id => !to.ContainsKey(id)))
            changes.Add(new(key(id), null));
    }

    private static Wire.BlockItem ToProto(BlockOwner owner) =>
        new() { Host = owner.Host.ToBytes(), Epoch = Counter(owner.Epoch, "epoch") };

    private static BlockOwner ToDomain(Wire.BlockItem item) => new(item.Host.ToHostId(), Counter(item.Epoch, "epoch"));

    private static byte Kind(Octets key) => key.Length > 0 ? key.Span[0] : (byte)0;

    private static Octets Key(byte kind, ByteString id, ByteString? rest = null) => Octets.Of([kind, .. id.Span, .. rest is null ? [] : rest.Span]);

    private static Octets ToOctets(this IMessage message) => Octets.Of(message.ToByteArray());

    private static T Parse<T>(MessageParser<T> parser, Octets value)
        where T : IMessage<T>
    {
        try
        {
            return parser.WithDiscardUnknownFields(true).ParseFrom(value.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new SerializationException(e.Message, e);
        }
    }
}
