using System.Diagnostics.CodeAnalysis;
using System.Runtime.Serialization;
using Google.Protobuf;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Feeds;
using IpvlanActors.Domain.Routes;
using static IpvlanActors.Runtime.Mesh.Mapping.ValuesMapping;

namespace IpvlanActors.Runtime.Mesh.Mapping;

/// <summary>The items of a host's feed of routes.</summary>
internal static class RouteItems
{
    private const int NetworkBytes = 16;

    /// <summary>Of the network read last, which mostly is that of the next.</summary>
    [ThreadStatic]
    private static NetworkId _last;

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
            var bytes = change.Key.Span;
            if (bytes.Length < NetworkBytes)
                throw new SerializationException($"{bytes.Length} bytes are no key of a route");
            key = new(NetworkOf(bytes[..NetworkBytes]), bytes[NetworkBytes..].ToPrefix());
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

    private static NetworkId NetworkOf(ReadOnlySpan<byte> bytes)
    {
        Span<char> digits = stackalloc char[2 * NetworkBytes];
        Convert.TryToHexStringLower(bytes, digits, out _);
        if (!digits.SequenceEqual(_last.Value))
            _last = NetworkId.Parse(digits.ToString());
        return _last;
    }

    private static Octets Key(RouteKey key)
    {
        Span<byte> bytes = stackalloc byte[NetworkBytes + 17];
        key.Network.ToBytes().Span.CopyTo(bytes);
        var length = Write(key.Prefix, bytes[NetworkBytes..]);
        return Octets.Of(bytes[..(NetworkBytes + length)]);
    }

    private static Octets ToOctets(this byte[] bytes) => Octets.Owning(bytes);
}
