using System.Net;
using System.Text;
using System.Text.Json;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Http;

/// <summary>What is asked for again with the same key comes about once.</summary>
public sealed class OnceTests : IAsyncLifetime
{
    private const string Web = """{"name":"web","subnets":["10.1.0.0/24"],"options":{"parent":"eth0","ipvlan_mode":"l3"}}""";
    private HttpNode _node = null!;

    public async Task InitializeAsync() => _node = await HttpNode.Start();

    public Task DisposeAsync() => _node.DisposeAsync().AsTask();

    [Fact]
    public async Task A_network_comes_about_once_over_a_restart()
    {
        var first = await Post("v1/networks", Web, "k1");
        Assert.Equal((HttpStatusCode.Created, first), (first.Status, await Post("v1/networks", Web, "k1")));
        await _node.Restart();
        var events = _node.Node.View.Events;
        Assert.Equal(first, await Post("v1/networks", Web, "k1"));
        Assert.Equal(first, await Post("v1/networks", """{ "options": {"ipvlan_mode":"l3","parent":"eth0"}, "name": "web", "subnets": ["10.1.0.0/24"], "ipv4": true }""", "k1"));
        Assert.Equal(events, _node.Node.View.Events);

        Assert.Equal("idempotency-key-reused", Code(await Post("v1/networks", Web.Replace("10.1", "10.2", StringComparison.Ordinal), "k1")));
        Assert.Equal("network-exists", Code(await Post("v1/networks", Web, "k2")));
        Assert.Equal("network-exists", Code(await Post("v1/networks", Web, null)));
    }

    [Fact]
    public async Task An_endpoint_without_a_name_comes_about_once_over_a_restart()
    {
        await Post("v1/networks", Web, null);
        var body = $$"""{"network":"web","netns":"{{_node.Host.Container("c1")}}"}""";
        var first = await Post("v1/endpoints", body, "e1");
        Assert.Equal((HttpStatusCode.OK, first), (first.Status, await Post("v1/endpoints", body, "e1")));
        // the hashes of the key and of what was asked, as the first version that had keys made them
        Assert.StartsWith("8b5cc4df7eec0dbd4e56", Assert.Single(_node.Node.View.Endpoints).Key.Value, StringComparison.Ordinal);
        await _node.Restart();
        Assert.Equal(first, await Post("v1/endpoints", body, "e1"));
        Assert.Equal("idempotency-key-reused", Code(await Post("v1/endpoints", body.Replace("}", ",\"addresses\":[\"10.1.0.0/24\"]}", StringComparison.Ordinal), "e1")));
        Assert.Single(_node.Node.View.Endpoints);
        Assert.Equal("idempotency-key-reused", Code(await Post("v1/endpoints", body.Replace("c1", _node.Host.Container("c2"), StringComparison.Ordinal), "e1")));
        await _node.Node.Agrees();

        // what it brought about is gone, and the key with it; an id never returns
        await _node.Node.Granted<EndpointReply>(new RemoveEndpointCommand(JsonSerializer.Deserialize(first.Body, ContractJson.Default.EndpointDetail)!.Id));
        var second = await Post("v1/endpoints", body, "e1");
        Assert.Equal(HttpStatusCode.OK, second.Status);
        Assert.NotEqual(JsonSerializer.Deserialize(first.Body, ContractJson.Default.EndpointDetail)!.Id, JsonSerializer.Deserialize(second.Body, ContractJson.Default.EndpointDetail)!.Id);
        await _node.Node.Agrees();
    }

    [Fact]
    public async Task Of_many_at_once_with_one_key_one_is_done()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Post("v1/networks", Web, "k")));
        Assert.Contains(answers, a => a.Status == HttpStatusCode.Created);
        Assert.All(answers, a => Assert.True(a.Status == HttpStatusCode.Created || Code(a) == "not-ready", a.Body));
        Assert.Single(answers.Where(a => a.Status == HttpStatusCode.Created).Distinct());
        await _node.Node.Agrees();
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused()
    {
        Assert.Equal("idempotency-key-invalid", Code(await Post("v1/networks", Web, "")));
        Assert.Equal("idempotency-key-invalid", Code(await Post("v1/networks", Web, new string('k', 256))));
    }

    [Fact]
    public async Task A_refusal_leaves_the_key_free()
    {
        Assert.Equal("parent-missing", Code(await Post("v1/networks", Web.Replace("eth0", "eth7", StringComparison.Ordinal), "k1")));
        Assert.Equal(HttpStatusCode.Created, (await Post("v1/networks", Web, "k1")).Status);
    }

    private static string Code((HttpStatusCode Status, string Body) answer) => JsonSerializer.Deserialize(answer.Body, ContractJson.Default.Problem)!.Reasons[0].Code;

    private async Task<(HttpStatusCode Status, string Body)> Post(string path, string body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var answer = await _node.Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
