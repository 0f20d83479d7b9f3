using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Runtime.Serialization;
using Google.Protobuf;
using IpvlanActors.Domain.Feeds;
using static IpvlanActors.Runtime.Mesh.Mapping.ValuesMapping;

namespace IpvlanActors.Runtime.Mesh.Mapping;

/// <summary>What writers and readers of feeds say to each other.</summary>
internal static class FeedMapping
{
    private const int HashBytes = 32;
    private const int MaxName = 100;

    public static Wire.FeedPart ToProto(FeedTold m)
    {
        var proto = new Wire.FeedPart
        {
            Feed = Name(m.Part.Feed.Name),
            Digest = ToProto(m.Part.Digest),
            From = Counter(m.Part.From, "from"),
            Number = checked((uint)m.Part.Number),
            Count = checked((uint)m.Part.Count),
        };
        foreach (var change in m.Part.Changes)
        {
            if (change.Value is { } value)
                proto.Puts.Add(new Wire.FeedItem { Key = Wrap(change.Key), Value = Wrap(value) });
            else
                proto.Drops.Add(Wrap(change.Key));
        }

        return proto;
    }

    public static FeedTold ToDomain(Wire.FeedPart p)
    {
        if (p.Count is 0 or > int.MaxValue || p.Number >= p.Count)
            throw new SerializationException($"{p.Number} of {p.Count} is no part");
        var changes = ImmutableArray.CreateBuilder<FeedChange>(p.Puts.Count + p.Drops.Count);
        foreach (var item in p.Puts)
            changes.Add(new(item.Key.ToOctets(), item.Value.ToOctets()));
        foreach (var key in p.Drops)
            changes.Add(new(key.ToOctets(), null));
        return new(new FeedPart(
            new(Name(p.Feed)), ToDomain(p.Digest), Counter(p.From, "from"), (int)p.Number, (int)p.Count, changes.MoveToImmutable()));
    }

    public static Wire.FeedRequest ToProto(FeedRequest m)
    {
        var (incarnation, version) = (Incarnation(m.Have.Incarnation), Counter(m.Have.Version, "version"));
        var proto = new Wire.FeedRequest { Feed = Name(m.Feed.Name), Incarnation = incarnation, Version = version };
        if (m.Seen is { } seen)
            (proto.SeenIncarnation, proto.SeenVersion) = (Incarnation(seen.Incarnation), Counter(seen.Version, "version"));
        return proto;
    }

    public static FeedRequest ToDomain(Wire.FeedRequest p) => new(
        new(Name(p.Feed)), new(Incarnation(p.Incarnation), Counter(p.Version, "version")),
        p is { HasSeenIncarnation: true, HasSeenVersion: true } ? new(Incarnation(p.SeenIncarnation), Counter(p.SeenVersion, "version")) : null);

    public static Wire.FeedDigest ToProto(GossipedDigest m) => ToProto(m.Digest);

    public static GossipedDigest ToGossip(Wire.FeedDigest p) => new(ToDomain(p));

    public static Wire.FeedDigestKey ToProto(GossipedDigestKey m) => new() { Feed = Name(m.Feed.Name) };

    public static GossipedDigestKey ToDomain(Wire.FeedDigestKey p) => new(Name(p.Feed));

    /// <summary>A message that was read has an array for each of its fields, which nobody else has.</summary>
    public static Octets ToOctets(this ByteString bytes) =>
        MemoryMarshal.TryGetArray(bytes.Memory, out var owned) && owned.Array is { } array && array.Length == owned.Count ? Octets.Owning(array) : Octets.Of(bytes.Span);

    public static ByteString ToBytes(this Octets octets) => ByteString.CopyFrom(octets.Span);

    private static ByteString Wrap(Octets octets) => UnsafeByteOperations.UnsafeWrap(octets.Memory);

    private static Wire.FeedDigest ToProto(FeedDigest digest) => new()
    {
        Incarnation = Incarnation(digest.Mark.Incarnation),
        Version = Counter(digest.Mark.Version, "version"),
        Count = checked((uint)digest.Count),
        Hash = Hash(digest.Hash.ToBytes()),
    };

    private static FeedDigest ToDomain(Wire.FeedDigest? proto)
    {
        var digest = Present(proto, "digest");
        if (digest.Count > int.MaxValue)
            throw new SerializationException($"{digest.Count} items are more than {int.MaxValue}");
        return new(
            new(Incarnation(digest.Incarnation), Counter(digest.Version, "version")), (int)digest.Count, Hash(digest.Hash).ToOctets());
    }

    private static long Incarnation(long number) =>
        number >= -1 ? number : throw new SerializationException($"incarnation is {number}, which is below -1");

    private static ByteString Hash(ByteString bytes) => bytes.Length == HashBytes
        ? bytes
        : throw new SerializationException($"a hash has {HashBytes} bytes, not {bytes.Length}");

    private static string Name(string feed) => feed.Length is > 0 and <= MaxName
        ? feed
        : throw new SerializationException($"the name of a feed has 1 to {MaxName} characters, not {feed.Length}");
}
