using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CsCheck;
using IpvlanActors.Daemon.Http;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Http;

/// <summary>Whatever comes in at the door: what is wrong is a problem with a code, and changes nothing.</summary>
public sealed class ProblemTests : IAsyncLifetime
{
    private HttpNode _node = null!;

    public async Task InitializeAsync() => _node = await HttpNode.Start();

    public Task DisposeAsync() => _node.DisposeAsync().AsTask();

    [Theory]
    [InlineData("GET", "v1/nothing", null, 404, "request-unknown")]
    [InlineData("GET", "", null, 404, "request-unknown")]
    [InlineData("PUT", "v1/networks", "{}", 405, "request-unknown")]
    [InlineData("DELETE", "v1/routes", null, 405, "request-unknown")]
    [InlineData("POST", "v1/networks", "{", 400, "request-invalid")]
    [InlineData("POST", "v1/networks", "", 400, "request-invalid")]
    [InlineData("POST", "v1/networks", "null", 400, "request-invalid")]
    [InlineData("POST", "v1/networks", "[]", 400, "request-invalid")]
    [InlineData("POST", "v1/networks", """{"name":7}""", 400, "request-invalid")]
    [InlineData("POST", "v1/networks", """{"name":"n","subnets":[null]}""", 400, "request-invalid")]
    [InlineData("POST", "v1/networks", """{"name":"n","options":{"parent":null}}""", 400, "request-invalid")]
    [InlineData("POST", "v1/networks", """{"name":"n","subnets":"10.0.0.0/24"}""", 400, "request-invalid")]
    [InlineData("POST", "v1/networks", """{"name":"-"}""", 400, "name-invalid")]
    [InlineData("POST", "v1/endpoints", "{}", 404, "network-unknown")]
    [InlineData("POST", "v1/endpoints", """{"network":"n","netns":"c","routes":[null]}""", 400, "request-invalid")]
    [InlineData("GET", "v1/networks/none", null, 404, "network-unknown")]
    [InlineData("GET", "v1/endpoints/none", null, 404, "endpoint-unknown")]
    [InlineData("GET", "v1/endpoints?limit=0", null, 400, "request-invalid")]
    [InlineData("GET", "v1/endpoints?limit=many", null, 400, "request-invalid")]
    [InlineData("GET", "v1/endpoints?network=none", null, 404, "network-unknown")]
    [InlineData("GET", "v1/events?follow=perhaps", null, 400, "request-invalid")]
    [InlineData("GET", "v1/journal/endpoint-none", null, 404, "journal-unknown")]
    [InlineData("GET", "v1/journal/none/state", null, 404, "journal-unknown")]
    [InlineData("GET", "v1/journal/host?limit=5000", null, 400, "request-invalid")]
    [InlineData("GET", "v1/journal/host/state?at=x", null, 400, "request-invalid")]
    public async Task What_is_wrong_is_told_with_its_code(string method, string path, string? body, int status, string code)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        await IsRefused(request, status, code);
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_or_too_large_is_told()
    {
        using var text = new HttpRequestMessage(HttpMethod.Post, "v1/networks") { Content = new StringContent("name=n", Encoding.UTF8, "text/plain") };
        await IsRefused(text, 415, "request-invalid");
        using var none = new HttpRequestMessage(HttpMethod.Post, "v1/networks");
        await IsRefused(none, 400, "request-invalid");
        using var large = new HttpRequestMessage(HttpMethod.Post, "v1/networks") { Content = new StringContent(new string(' ', (int)ApiServer.MaxBody + 1), Encoding.UTF8, "application/json") };
        large.Headers.ExpectContinue = true;
        await IsRefused(large, 413, "request-invalid");
    }

    /// <summary>Bytes, JSON of any shape, and good requests with something broken in them.</summary>
    [Fact]
    public async Task Any_body_is_a_problem_or_a_wish_and_never_a_fault()
    {
        string[] good =
        [
            """{"name":"net","subnets":["10.9.0.0/24"],"gateways":["10.9.0.1"],"ipRanges":[],"auxAddresses":{"a":"10.9.0.5"},"internal":false,"ipv4":true,"options":{"parent":"eth9"},"labels":{"k":"v"}}""",
            """{"network":"none","netns":"c1","name":"web","ip":"10.9.0.7","ip6":null,"ifName":"eth0"}""",
        ];
        string[] atoms = ["null", "true", "-1", "1e999", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "{}", "[]", "[[[[]]]]", "{\"name\":\"n\"}", "\"10.0.0.0/33\"", "99999999999999999999", ",", "\"", "}"];
        var broken = Gen.Select(Gen.Int[0, 1], Gen.Int[0, 400], Gen.Int[0, 40], Gen.Int[0, atoms.Length - 1]).Select((which, at, length, atom) =>
        {
            var text = good[which];
            var from = at % text.Length;
            return Encoding.UTF8.GetBytes(text.Remove(from, Math.Min(length, text.Length - from)).Insert(from, atoms[atom]));
        });
        var bodies = Gen.OneOf(Gen.Byte.Array[0, 60], Gen.String[0, 60].Select(Encoding.UTF8.GetBytes), broken).Array[120].Single();
        foreach (var body in bodies)
        {
            await MayBeAnything("v1/networks", body);
            await MayBeAnything("v1/endpoints", body);
        }
    }

    private async Task MayBeAnything(string path, byte[] body)
    {
        var (events, kernel) = (_node.Node.View.Events, _node.Host.Kernel.ToString());
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await _node.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.Created)
        {
            await _node.Node.Granted<NetworkReply>(new RemoveNetworkCommand(JsonSerializer.Deserialize(text, ContractJson.Default.NetworkCreatedReply)!.Id));
            return;
        }

        Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{(int)answer.StatusCode} to {Encoding.UTF8.GetString(body)}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(JsonSerializer.Deserialize(text, ContractJson.Default.Problem)!.Reasons);
        Assert.Equal((events, kernel), (_node.Node.View.Events, _node.Host.Kernel.ToString()));
    }

    private async Task IsRefused(HttpRequestMessage request, int status, string code)
    {
        using var answer = await _node.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(((HttpStatusCode)status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = JsonSerializer.Deserialize(text, ContractJson.Default.Problem)!;
        Assert.Equal((status, code), (problem.Status, problem.Reasons[0].Code));
        Assert.Equal($"urn:ipvland:refusal:{code}", problem.Type);
        Assert.NotEqual("", problem.Detail);
    }
}
