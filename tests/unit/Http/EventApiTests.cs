using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Sqlite;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Http;

/// <summary>Server-sent events, read by the base library's own parser.</summary>
public sealed class EventApiTests : IAsyncLifetime
{
    private static readonly (string, string)[] L3 = [("parent", "eth0"), ("ipvlan_mode", "l3")];
    private HttpNode _node = null!;

    public async Task InitializeAsync() => _node = await HttpNode.Start();

    public Task DisposeAsync() => _node.DisposeAsync().AsTask();

    [Fact]
    public async Task Everything_comes_once_over_restarts_of_the_node_by_the_last_id()
    {
        await _node.Node.Create("web", "10.1.0.0/24", L3);
        var (events, last) = (new List<JournalMessage>(), "0");
        for (var life = 0; life < 3; life++)
        {
            await _node.Node.Join("web", _node.Host.Container($"c{life}"));
            var reading = Read("v1/events?only=journal", last, item =>
            {
                if (item.EventType == EventNames.Journal)
                    events.Add(Journal(item));
                last = item.EventId ?? last;
                return false;
            });
            await Eventually.True(() => events.Exists(e => e.Name == "EndpointJoined" && e.PersistenceId.EndsWith(EndpointOf($"c{life}"), StringComparison.Ordinal)), "the join");
            await _node.Restart();
            await reading;
        }

        var file = SqliteJournalFile.Read(_node.Host.Journal).ToList();
        await Read("v1/events?only=journal&follow=false", last, item =>
        {
            if (item.EventType == EventNames.Journal)
                events.Add(Journal(item));
            return false;
        });
        Assert.Equal(
            file.Select(r => (r.PersistenceId, r.SequenceNr)), events.Select(e => (e.PersistenceId, e.SequenceNr)).Take(file.Count));
    }

    [Fact]
    public async Task A_follower_that_is_there_does_not_keep_the_node_from_stopping()
    {
        var live = new TaskCompletionSource();
        var reading = Read("v1/events", null, item =>
        {
            if (item.EventType == EventNames.Live)
                live.SetResult();
            return false;
        });
        await live.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await _node.Stop().WaitAsync(TimeSpan.FromSeconds(15));
        await reading.WaitAsync(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task State_begins_with_a_reset_and_has_the_words_of_the_lists()
    {
        await _node.Node.Create("web", "10.1.0.0/24", L3);
        await _node.Node.Join("web", _node.Host.Container("c1"));
        var items = new List<SseItem<string>>();
        await Read("v1/events?only=state&follow=false", null, item =>
        {
            items.Add(item);
            return false;
        });

        Assert.Equal(EventNames.Reset, items[0].EventType);
        Assert.Equal(EventNames.Live, items[^1].EventType);
        var state = items.Where(i => i.EventType == EventNames.State).Select(i => JsonSerializer.Deserialize(i.Data, ContractJson.Default.StateMessage)!).ToList();
        Assert.Equal(["block", "endpoint", "network", "node"], state.Select(s => s.Kind).Distinct().Order().Where(k => k is not ("host" or "route")));
        var listed = JsonSerializer.Deserialize(await _node.Http.GetStringAsync("v1/endpoints"), ContractJson.Default.IReadOnlyListEndpointSummary)!;
        Assert.Equal(
            JsonSerializer.Serialize(Assert.Single(listed), ContractJson.Default.EndpointSummary),
            JsonSerializer.Serialize(state.Single(s => s.Kind == "endpoint").Endpoint!, ContractJson.Default.EndpointSummary));
    }

    [Fact]
    public async Task What_cannot_be_followed_is_refused_before_the_stream_begins()
    {
        foreach (var (query, status, code) in new[]
        {
            ("from=yesterday", HttpStatusCode.BadRequest, "cursor-invalid"),
            ("only=some", HttpStatusCode.BadRequest, "request-invalid"),
            ("network=none", HttpStatusCode.NotFound, "network-unknown"),
            ("endpoint=none", HttpStatusCode.NotFound, "endpoint-unknown"),
        })
        {
            using var answer = await _node.Http.GetAsync($"v1/events?{query}");
            Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            Assert.Equal(code, JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ContractJson.Default.Problem)!.Reasons[0].Code);
        }
    }

    private static JournalMessage Journal(SseItem<string> item)
    {
        var message = JsonSerializer.Deserialize(item.Data, ContractJson.Default.JournalMessage)!;
        Assert.Equal(item.EventId, message.Cursor);
        return message;
    }

    private string EndpointOf(string name) => _node.Node.View.Endpoints.Values.Single(e => e.Name == name).Endpoint.Value;

    /// <summary>Until the stream ends, or <paramref name="seen"/> says so.</summary>
    private async Task Read(string path, string? last, Func<SseItem<string>, bool> seen)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (last is not null)
            request.Headers.Add("Last-Event-ID", last);
        using var response = await _node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        try
        {
            await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
            {
                if (seen(item))
                    return;
            }
        }
        catch (Exception e) when (e is HttpIOException or IOException)
        {
            // the node stopped
        }
    }
}
