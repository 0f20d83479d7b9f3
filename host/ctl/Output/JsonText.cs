using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IpvlanActors.Ctl.Output;

/// <summary>The node's JSON as it came, laid out for reading: properties we do not know of included.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A reply without a body has no text.</summary>
    public static string Of(byte[] reply) => reply.Length == 0 ? "" : Text(json => Copy(reply, json));

    /// <summary>As `docker inspect` has it: an array, however many.</summary>
    public static string Array(IEnumerable<byte[]> replies) => Text(json =>
    {
        json.WriteStartArray();
        foreach (var reply in replies)
            Copy(reply, json);
        json.WriteEndArray();
    });

    public static string Text(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
            write(json);
        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)) + "\n";
    }

    public static void Copy(byte[] reply, Utf8JsonWriter json)
    {
        using var document = JsonDocument.Parse(reply);
        document.RootElement.WriteTo(json);
    }
}
