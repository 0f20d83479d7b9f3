using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Runtime.Watching;

namespace IpvlanActors.Daemon.Http;

/// <summary>One response that goes on: replies of the node in the form of text/event-stream.</summary>
internal sealed class EventStream(HttpResponse response)
{
    /// <summary>A node that was restarted is back within a second; browsers would wait for three.</summary>
    private const string ComeBack = "retry: 1000\n\n";

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private bool _isLive;

    public void Begin()
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // a proxy that collects an answer before it passes it on would pass on nothing
        Text(ComeBack);
    }

    /// <summary>Goes out as a whole, before the node is asked for more: who reads slowly is asked for slowly.</summary>
    public async Task Write(WatchReply reply, CancellationToken end)
    {
        if (reply.EventsReset || reply.StateReset)
            Message(EventNames.Reset, reply.EventsMark, new StreamMessage(reply.EventsMark, reply.EventsReset, reply.StateReset), ContractJson.Default.StreamMessage);
        foreach (var change in reply.State)
            Message(EventNames.State, null, ContractForm.Of(change), ContractJson.Default.StateMessage);
        foreach (var change in reply.Events)
            Message(EventNames.Journal, change.Cursor, ContractForm.Of(change), ContractJson.Default.JournalMessage);
        if (!_isLive && !reply.More)
        {
            _isLive = true;
            Message(EventNames.Live, reply.EventsMark, new StreamMessage(reply.EventsMark, false, false), ContractJson.Default.StreamMessage);
        }

        if (_buffer.WrittenCount == 0)
            Text(": still here\n\n");
        await response.BodyWriter.WriteAsync(_buffer.WrittenMemory, end);
        await response.BodyWriter.FlushAsync(end);
        _buffer.ResetWrittenCount();
    }

    /// <summary>JSON has no line breaks of its own, so data is one line.</summary>
    private void Message<T>(string name, string? id, T data, JsonTypeInfo<T> type)
    {
        Text($"event: {name}\n");
        if (id is not null)
            Text($"id: {id}\n");
        Text("data: ");
        using (var json = new Utf8JsonWriter(_buffer))
            JsonSerializer.Serialize(json, data, type);
        Text("\n\n");
    }

    private void Text(string text) => Encoding.UTF8.GetBytes(text, _buffer);
}
