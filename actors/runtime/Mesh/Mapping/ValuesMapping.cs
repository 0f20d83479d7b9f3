using System.Collections.Immutable;
using System.Runtime.Serialization;
using Google.Protobuf;
using Google.Protobuf.Collections;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Runtime.Mesh.Mapping;

/// <summary>
/// Ids, addresses, prefixes, times and numbers. Reading is strict, for the bytes are another host's: what no version of
/// ours writes is refused, never mended. Writing refuses what reading would.
/// </summary>
internal static class ValuesMapping
{
    private const int IdBytes = 16;

    public static Wire.Stamp ToProto(this Stamp stamp) => new() { UnixMs = stamp.At.ToMilliseconds(), Host = stamp.Host.ToBytes() };

    public static Stamp ToDomain(this Wire.Stamp? proto)
    {
        var stamp = Present(proto, "stamp");
        return new(stamp.UnixMs.ToTime(), stamp.Host.ToHostId());
    }

    public static Wire.Refusal ToProto(this Refusal refusal) => new() { Code = refusal.Code, Text = refusal.Text };

    public static Refusal ToDomain(this Wire.Refusal? proto)
    {
        var refusal = Present(proto, "refusal");
        return new(NotEmpty(refusal.Code, "refusal code"), refusal.Text);
    }

    public static ByteString ToBytes(this HostId host)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        host.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return ByteString.CopyFrom(bytes);
    }

    public static HostId ToHostId(this ByteString bytes) => new(new Guid(Id(bytes, "host"), bigEndian: true));

    /// <summary>Which start of a node speaks; none of it is no bytes.</summary>
    public static ByteString ToBytes(this Guid life) => life == default ? ByteString.Empty : new HostId(life).ToBytes();

    public static Guid ToLife(this ByteString bytes) => bytes.IsEmpty ? default : new Guid(Id(bytes, "life"), bigEndian: true);

    public static ByteString ToBytes(this NetworkId network) => network == default
        ? throw new SerializationException("there is no network id")
        : ByteString.CopyFrom(Convert.FromHexString(network.Value));

    public static NetworkId ToNetworkId(this ByteString bytes) =>
        NetworkId.Parse(Convert.ToHexStringLower(Id(bytes, "network")));

    public static ByteString ToBytes(this Ip address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return ByteString.CopyFrom(bytes[..Write(address, bytes)]);
    }

    public static ByteString ToBytes(this Ip? address) => address is { } some ? some.ToBytes() : ByteString.Empty;

    public static Ip ToIp(this ByteString bytes) => ReadAddress(bytes.Span);

    public static Ip? ToIpOrNone(this ByteString bytes) => bytes.IsEmpty ? null : bytes.ToIp();

    public static ByteString ToBytes(this Prefix prefix)
    {
        Span<byte> bytes = stackalloc byte[17];
        return ByteString.CopyFrom(bytes[..Write(prefix, bytes)]);
    }

    /// <returns>How many bytes it took: 5 or 17.</returns>
    public static int Write(Prefix prefix, Span<byte> bytes)
    {
        var length = Write(prefix.First, bytes);
        bytes[length] = (byte)prefix.Length;
        return length + 1;
    }

    public static ByteString ToBytes(this Prefix? prefix) => prefix is { } some ? some.ToBytes() : ByteString.Empty;

    public static Prefix ToPrefix(this ByteString bytes) => bytes.Span.ToPrefix();

    public static Prefix ToPrefix(this ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is not (5 or 17))
            throw new SerializationException($"a prefix has 5 or 17 bytes, not {bytes.Length}");
        var (first, length) = (ReadAddress(bytes[..^1]), bytes[^1]);
        if (length > first.BitWidth)
            throw new SerializationException($"{first}/{length} is longer than {first.BitWidth}");
        var prefix = Prefix.Of(first, length);
        return prefix.First == first ? prefix : throw new SerializationException($"{first}/{length} has host bits set");
    }

    public static Prefix? ToPrefixOrNone(this ByteString bytes) => bytes.IsEmpty ? null : bytes.ToPrefix();

    public static ImmutableArray<Prefix> ToPrefixes(this IEnumerable<ByteString> prefixes) => [.. prefixes.Select(ToPrefix)];

    public static long ToMilliseconds(this DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static DateTimeOffset ToTime(this long milliseconds)
    {
        var inRange = milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        return inRange
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new SerializationException($"{milliseconds} ms is no time");
    }

    /// <summary>Versions, epochs and incarnations.</summary>
    public static long Counter(long number, string what) =>
        number >= 0 ? number : throw new SerializationException($"{what} is {number}, which is below 0");

    public static T Present<T>(T? proto, string what)
        where T : class =>
        proto ?? throw new SerializationException($"there is no {what}");

    public static string NotEmpty(string text, string what) =>
        text.Length > 0 ? text : throw new SerializationException($"there is no {what}");

    public static RepeatedField<T> NotEmpty<T>(RepeatedField<T> items, string what) =>
        items.Count > 0 ? items : throw new SerializationException($"there are no {what}");

    /// <summary>An enum's number, which is the domain's own; the domain's enums are bytes.</summary>
    public static T Known<T>(int number)
        where T : struct, Enum
    {
        var value = (T)Enum.ToObject(typeof(T), number);
        return number is >= 0 and <= byte.MaxValue && Enum.IsDefined(value)
            ? value
            : throw new SerializationException($"{number} is no {typeof(T).Name} that this version knows");
    }

    /// <summary>Sorted, so that equal values are equal bytes and nothing comes twice.</summary>
    public static ImmutableSortedDictionary<TKey, TValue> Sorted<TKey, TValue>(
        this IEnumerable<KeyValuePair<TKey, TValue>> pairs, IComparer<TKey> order, string what)
        where TKey : notnull
    {
        var result = ImmutableSortedDictionary.CreateBuilder<TKey, TValue>(order);
        KeyValuePair<TKey, TValue>? last = null;
        foreach (var pair in pairs)
        {
            if (last is { } before && order.Compare(before.Key, pair.Key) >= 0)
                throw new SerializationException($"{what} are out of order: '{pair.Key}' comes after '{before.Key}'");
            result.Add(pair);
            last = pair;
        }

        return result.ToImmutable();
    }

    private static int Write(Ip address, Span<byte> bytes) => address.Family == default
        ? throw new SerializationException("there is no address")
        : address.WriteNetworkBytes(bytes);

    private static Ip ReadAddress(ReadOnlySpan<byte> bytes) => bytes.Length is 4 or 16
        ? Ip.FromNetworkBytes(bytes)
        : throw new SerializationException($"an address has 4 or 16 bytes, not {bytes.Length}");

    private static ReadOnlySpan<byte> Id(ByteString bytes, string what) => bytes.Length == IdBytes
        ? bytes.Span
        : throw new SerializationException($"a {what} id has {IdBytes} bytes, not {bytes.Length}");
}
