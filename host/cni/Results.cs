using System.Text.Encodings.Web;
using System.Text.Json;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Cni;

/// <summary>What goes to stdout: results in the form of each version, and errors.</summary>
internal static class Results
{
    /// <summary>No web page holds this, so a quotation mark may stay one.</summary>
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Stream output, Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        output.Write(buffer.GetBuffer(), 0, (int)buffer.Length);
        output.Flush();
    }

    public static void Error(Stream output, string version, CniException error) => Write(output, json =>
    {
        json.WriteString("cniVersion", version);
        json.WriteNumber("code", error.Code);
        json.WriteString("msg", error.Message);
        if (error.Details.Length > 0)
            json.WriteString("details", error.Details);
    });

    public static void Versions(Stream output) => Write(output, json =>
    {
        json.WriteString("cniVersion", Configuration.Newest);
        json.WriteStartArray("supportedVersions");
        foreach (var version in Configuration.Versions)
            json.WriteStringValue(version);
        json.WriteEndArray();
    });

    /// <summary>Our interface behind those of earlier plugins, whose results stay; unless their addresses became ours.</summary>
    public static void Added(Stream output, Configuration configuration, EndpointDetail endpoint, GivenAddresses? given) => Write(output, json =>
    {
        var before = configuration is { TakesPreviousAddresses: false, Previous: { } previous } ? previous : default;
        json.WriteString("cniVersion", configuration.Version);
        var others = Interfaces(json, before, endpoint, configuration);
        Ips(json, before, others, endpoint, given, configuration);
        Routes(json, before, endpoint.Hops);
        Dns(json, configuration, given, before);
    });

    /// <returns>How many come before ours.</returns>
    private static int Interfaces(Utf8JsonWriter json, JsonElement before, EndpointDetail endpoint, Configuration configuration)
    {
        json.WriteStartArray("interfaces");
        var others = Copy(json, before, "interfaces");
        json.WriteStartObject();
        json.WriteString("name", endpoint.IfName);
        if (endpoint.Mac.Length > 0)
            json.WriteString("mac", endpoint.Mac);
        if (endpoint.Mtu > 0 && configuration.IsSince(Configuration.Newest))
            json.WriteNumber("mtu", endpoint.Mtu);
        json.WriteString("sandbox", endpoint.Sandbox);
        json.WriteEndObject();
        json.WriteEndArray();
        return others;
    }

    private static void Ips(
        Utf8JsonWriter json, JsonElement before, int @interface, EndpointDetail endpoint, GivenAddresses? given, Configuration configuration)
    {
        json.WriteStartArray("ips");
        Copy(json, before, "ips");
        foreach (var (n, address) in endpoint.Addresses.Index())
        {
            json.WriteStartObject();
            if (!configuration.IsSince("1.0.0"))
                json.WriteString("version", address.Contains(':', StringComparison.Ordinal) ? "6" : "4");
            json.WriteNumber("interface", @interface);
            json.WriteString("address", address);
            if ((given?.GatewayOf(address) ?? endpoint.Gateways.ElementAtOrDefault(n)) is { Length: > 0 } gateway)
                json.WriteString("gateway", gateway);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Routes(Utf8JsonWriter json, JsonElement before, IReadOnlyList<EndpointRoute> routes)
    {
        json.WriteStartArray("routes");
        Copy(json, before, "routes");
        foreach (var route in routes)
        {
            json.WriteStartObject();
            json.WriteString("dst", route.Destination);
            if (route.Via.Length > 0)
                json.WriteString("gw", route.Via);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Dns(Utf8JsonWriter json, Configuration configuration, GivenAddresses? given, JsonElement before)
    {
        var dns = configuration.Root.Get("dns") ?? (given is { Dns.ValueKind: JsonValueKind.Object } ? given.Dns : before.Get("dns"));
        json.WritePropertyName("dns");
        if (dns is { ValueKind: JsonValueKind.Object } some)
        {
            some.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        json.WriteEndObject();
    }

    private static int Copy(Utf8JsonWriter json, JsonElement before, string list)
    {
        var copied = 0;
        foreach (var element in before.List(list))
        {
            element.WriteTo(json);
            copied++;
        }

        return copied;
    }
}
