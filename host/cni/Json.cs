using System.Text.Json;

namespace IpvlanActors.Cni;

/// <summary>Reading what others wrote: each thing may be missing, and a wrong kind of it is told by its name.</summary>
internal static class Json
{
    public static JsonElement? Get(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;

    public static string Text(this JsonElement parent, string name) => parent.Get(name) switch
    {
        null => "",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        _ => throw Wrong(name, "a text"),
    };

    public static bool Flag(this JsonElement parent, string name) => parent.Get(name) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True or JsonValueKind.False } flag => flag.GetBoolean(),
        _ => throw Wrong(name, "true or false"),
    };

    public static int Number(this JsonElement parent, string name) => parent.Get(name) switch
    {
        null => 0,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) => value,
        _ => throw Wrong(name, "a whole number"),
    };

    public static IEnumerable<JsonElement> List(this JsonElement parent, string name) => parent.Get(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
        _ => throw Wrong(name, "a list"),
    };

    public static IEnumerable<string> Texts(this JsonElement parent, string name) => parent.List(name)
        .Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : throw Wrong(name, "a list of texts"));

    private static CniException Wrong(string name, string kind) =>
        new(CniCode.InvalidConfiguration, $"{name}: must be {kind}");
}
