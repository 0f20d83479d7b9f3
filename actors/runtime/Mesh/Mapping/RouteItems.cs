using System.Diagnostics.CodeAnalysis;
using System.Runtime.Serialization;
using Google.Protobuf;
using IpvlanActors.Domain.Feeds;
using IpvlanActors.Domain.Routes;
using static IpvlanActors.Runtime.Mesh.Mapping.ValuesMapping;

namespace IpvlanActors.Runtime.Mesh.Mapping;

/// <summary>The items of a host's feed of routes.</summary>
internal static class RouteItems
{
    private const int NetworkBytes = 16;
    private static readonly MessageParser<Wire.RouteItem> Parser = Wire.RouteItem.Parser.WithDiscardUnknownFields(true);

    public static FeedChange Put(RouteAd ad) => new(
        Key(ad.Key), new Wire.RouteItem { Epoch = Counter(ad.Epoch, "epoch"), NextHop = ad.NextHop.ToBytes() }.ToByteArray().ToOctets());

    public static FeedChange Drop(RouteKey key) => new(Key(key), null);

    /// <summary>One item that cannot be read says nothing of the others: a newer version may write some that this one does not know.</summary>
    public static bool TryRead(FeedChange change, out RouteKey key, out RouteAd? ad, [NotNullWhen(false)] out string? problem)
    {
        (key, ad, problem) = (default, null, null);
        try
        {
            var bytes = change.Key.ToBytes();
            if (bytes.Length < NetworkBytes)
                throw new SerializationException($"{bytes.Length} bytes are no key of a route");
            key = new(ByteString.CopyFrom(bytes.Span[..NetworkBytes]).ToNetworkId(), ByteString.CopyFrom(bytes.Span[NetworkBytes..]).ToPrefix());
            if (change.Value is not { } value)
                return true;
            var item = Parser.ParseFrom(value.Span);
            ad = new(key.Network, key.Prefix, Counter(item.Epoch, "epoch"), item.NextHop.ToIp());
            return true;
        }
        catch (Exception e) when (e is SerializationException or InvalidProtocolBufferException)
        {
            problem = e.Message;
            return false;
        }
    }

    private static Octets Key(RouteKey key)
    {
        Span<byte> bytes = stackalloc byte[NetworkBytes + 17];
        key.Network.ToBytes().Span.CopyTo(bytes);
        var prefix = key.Prefix.ToBytes();
        prefix.Span.CopyTo(bytes[NetworkBytes..]);
        return Octets.Of(bytes[..(NetworkBytes + prefix.Length)]);
    }

    private static Octets ToOctets(this byte[] bytes) => Octets.Of(bytes);
}
