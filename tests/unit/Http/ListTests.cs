using System.Net;
using System.Text.Json;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Http;

/// <summary>Lists in parts, and what was.</summary>
public sealed class ListTests : IAsyncLifetime
{
    private HttpNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await HttpNode.Start();
        await _node.Node.Create("web", "10.1.0.0/24", ("parent", "eth0"), ("ipvlan_mode", "l3"));
        await _node.Node.Create("db", "10.2.0.0/24", ("parent", "eth0"), ("ipvlan_mode", "l3"));
        for (var n = 0; n < 7; n++)
            await _node.Node.Join(n == 6 ? "db" : "web", _node.Host.Container($"c{n}"));
    }

    public Task DisposeAsync() => _node.DisposeAsync().AsTask();

    [Fact]
    public async Task Whoever_follows_the_links_sees_everything_once()
    {
        var (seen, parts, next) = (new List<string>(), 0, "/v1/endpoints?network=web&limit=2");
        while (next is not null)
        {
            using var answer = await _node.Http.GetAsync(next);
            seen.AddRange(JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ContractJson.Default.IReadOnlyListEndpointSummary)!.Select(e => e.Name));
            next = answer.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
            parts++;
            if (parts == 1)
                await _node.Node.Granted<EndpointReply>(new RemoveEndpointCommand(seen[^1]));
        }

        Assert.Equal(["c0", "c1", "c2", "c3", "c4", "c5"], seen.Order());
        Assert.Equal(4, parts);
    }

    [Fact]
    public async Task Lists_as_a_whole_are_in_the_order_of_people()
    {
        Assert.Equal(["db", "web"], (await Get("v1/networks", ContractJson.Default.IReadOnlyListNetworkSummary)).Select(n => n.Name));
        Assert.Equal(["c0", "c1", "c2", "c3", "c4", "c5", "c6"], (await Get("v1/endpoints", ContractJson.Default.IReadOnlyListEndpointSummary)).Select(e => e.Name));
        var routes = await Get("v1/routes", ContractJson.Default.IReadOnlyListRouteDetail);
        Assert.Equal(routes.Select(r => r.Prefix).Order(), (await Get("v1/routes?limit=1000", ContractJson.Default.IReadOnlyListRouteDetail)).Select(r => r.Prefix).Order());
        Assert.All(await Get("v1/routes?network=db", ContractJson.Default.IReadOnlyListRouteDetail), r => Assert.Equal("10.2.0", r.Prefix[..6]));
    }

    [Fact]
    public async Task What_happened_to_one_thing_and_what_it_was_then()
    {
        var endpoint = _node.Node.View.Endpoints.Values.Single(e => e.Name == "c1");
        var id = $"endpoint-{endpoint.Endpoint}";
        await _node.Node.Granted<EndpointReply>(new LeaveEndpointCommand("c1"));

        Assert.Contains(await Get("v1/journal", ContractJson.Default.IReadOnlyListJournalSummary), i => i == new JournalSummary(id, 3, 3));
        var events = await Get($"v1/journal/{id}", ContractJson.Default.IReadOnlyListJournalMessage);
        Assert.Equal(["EndpointCreated", "EndpointJoined", "EndpointLeft"], events.Select(e => e.Name));
        Assert.Equal(["EndpointJoined"], (await Get($"v1/journal/{id}?from=2&limit=1", ContractJson.Default.IReadOnlyListJournalMessage)).Select(e => e.Name));
        Assert.Empty(await Get($"v1/journal/{id}?from=9", ContractJson.Default.IReadOnlyListJournalMessage));

        Assert.Equal(("joined", 2, 3), Stage(await Get($"v1/journal/{id}/state?at=2", ContractJson.Default.JournalState)));
        Assert.Equal(("left", 3, 3), Stage(await Get($"v1/journal/{id}/state", ContractJson.Default.JournalState)));
        Assert.Equal(("none", 0, 3), Stage(await Get($"v1/journal/{id}/state?at=0", ContractJson.Default.JournalState)));
    }

    private static (string?, long, long) Stage(JournalState s) => (s.State.GetProperty("stage").GetString(), s.SequenceNr, s.Last);

    private async Task<T> Get<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        using var answer = await _node.Http.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonSerializer.Deserialize(text, type)!;
    }
}
