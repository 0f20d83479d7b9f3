using Google.Protobuf;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Journal.Mapping;

/// <summary>
/// Addresses, ids, stamps and numbers of enums. Reading is strict: bytes that no version of ours writes are told, not
/// guessed at, since what is read here decides what the kernel is to hold.
/// </summary>
internal static class ValuesMapping
{
    private const int IdBytes = 16;

    public static Schema.Stamp ToProto(this Stamp stamp) =>
        new() { UnixMs = stamp.At.ToUnixTimeMilliseconds(), Host = stamp.Host.ToBytes() };

    public static Stamp ToDomain(this Schema.Stamp? proto)
    {
        var stamp = Present(proto, "stamp");
        return new(DateTimeOffset.FromUnixTimeMilliseconds(stamp.UnixMs), stamp.Host.ToHostId());
    }

    public static ByteString ToBytes(this Ip ip)
    {
        Span<byte> buffer = stackalloc byte[16];
        return ByteString.CopyFrom(buffer[..ip.WriteNetworkBytes(buffer)]);
    }

    public static ByteString ToBytes(this Ip? ip) => ip is { } address ? address.ToBytes() : ByteString.Empty;

    public static Ip ToIp(this ByteString bytes) => bytes.Length is 4 or 16
        ? Ip.FromNetworkBytes(bytes.Span)
        : throw new InvalidDataException($"an address has 4 or 16 bytes, not {bytes.Length}");

    public static Ip? ToIpOrNone(this ByteString bytes) => bytes.IsEmpty ? null : bytes.ToIp();

    public static Schema.Prefix ToProto(this Prefix prefix) =>
        new() { First = prefix.First.ToBytes(), Length = (uint)prefix.Length };

    public static Prefix ToDomain(this Schema.Prefix? proto, string what)
    {
        var (first, length) = (Present(proto, what).First.ToIp(), CheckedLength(proto!.First, proto.Length));
        var prefix = Prefix.Of(first, length);
        return prefix.First == first ? prefix : throw new InvalidDataException($"{first}/{length} has host bits set");
    }

    public static Schema.InterfaceAddress ToProto(this InterfaceAddress address) =>
        new() { Address = address.Address.ToBytes(), Length = (uint)address.PrefixLength };

    public static InterfaceAddress ToDomain(this Schema.InterfaceAddress proto) =>
        new(proto.Address.ToIp(), CheckedLength(proto.Address, proto.Length));

    public static ByteString ToBytes(this HostId id)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        id.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return ByteString.CopyFrom(bytes);
    }

    public static ByteString ToBytes(this NetworkId id) => HexToBytes(id.Value);

    public static ByteString ToBytes(this EndpointId id) => HexToBytes(id.Value);

    public static HostId ToHostId(this ByteString bytes) => new(ToGuid(bytes, "a host id"));

    public static NetworkId ToNetworkId(this ByteString bytes) => NetworkId.From(ToGuid(bytes, "a network id"));

    public static EndpointId ToEndpointId(this ByteString bytes) => EndpointId.From(ToGuid(bytes, "an endpoint id"));

    /// <summary>An enum by its number, if this version knows it.</summary>
    public static TEnum Known<TEnum>(int number)
        where TEnum : struct, Enum
    {
        var value = number is > 0 and <= byte.MaxValue ? (TEnum)Enum.ToObject(typeof(TEnum), (byte)number) : default;
        return Enum.IsDefined(value) && number != 0
            ? value
            : throw new InvalidDataException($"{number} is no {typeof(TEnum).Name} that this version knows");
    }

    public static T Present<T>(T? value, string what)
        where T : class =>
        value ?? throw new InvalidDataException($"it has no {what}");

    private static int CheckedLength(ByteString address, uint length) => length <= address.Length * 8
        ? (int)length
        : throw new InvalidDataException($"{length} is longer than an address of {address.Length} bytes");

    private static ByteString HexToBytes(string hex) => ByteString.CopyFrom(Convert.FromHexString(hex));

    private static Guid ToGuid(ByteString bytes, string what) => bytes.Length == IdBytes
        ? new Guid(bytes.Span, bigEndian: true)
        : throw new InvalidDataException($"{what} has {IdBytes} bytes, not {bytes.Length}");
}
