using System.Collections.Immutable;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Journal.Inspection;

/// <summary>
/// Events and states as JSON, to be read by people: addresses and ids as they are written, enums by name, and only what is
/// stored, not what follows from it.
/// </summary>
public static class JournalJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { OnlyWhatIsStored } },
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase),
            new AsText<Ip>(), new AsText<Prefix>(), new AsText<InterfaceAddress>(), new AsText<LinkName>(), new AsText<VlanId>(),
            new AsText<HostId>(), new AsText<NetworkId>(), new AsText<EndpointId>(),
            new InOrder(),
        },
    };

    private static readonly JsonSerializerOptions Indented = new(Options) { WriteIndented = true };

    public static string Write(object value) => JsonSerializer.Serialize(value, value.GetType(), Indented);

    /// <summary>In one line.</summary>
    public static string WriteLine(object value) => JsonSerializer.Serialize(value, value.GetType(), Options);

    private static void OnlyWhatIsStored(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.Assembly != typeof(Stamp).Assembly || type.Type == typeof(Stamp))
            return;
        foreach (var computed in type.Properties.Where(p => p is { PropertyType: not null, AttributeProvider: PropertyInfo { CanWrite: false } } && p.PropertyType != typeof(Stamp)).ToList())
            type.Properties.Remove(computed);
    }

    private sealed class AsText<T> : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(value.ToString()!);
    }

    /// <summary>A hash map has another order in every process; two replays are to be compared line by line.</summary>
    private sealed class InOrder : JsonConverter<ImmutableDictionary<EndpointId, AddressHolder>>
    {
        public override ImmutableDictionary<EndpointId, AddressHolder> Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(
            Utf8JsonWriter writer, ImmutableDictionary<EndpointId, AddressHolder> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.ToImmutableSortedDictionary(), options);
    }
}
