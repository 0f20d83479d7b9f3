using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using IpvlanActors.Daemon.Http.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace IpvlanActors.Tests.Unit.Ctl;

/// <summary>A node's HTTP face on a Unix socket: remembers what it was asked, answers what the test told it to.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly WebApplication _http;
    private readonly ConcurrentQueue<(string Request, string Body)> _asked = new();
    private readonly Dictionary<string, RequestDelegate> _answers = [];

    private FakeNode(WebApplication http) => _http = http;

    public string Socket { get; private init; } = "";

    /// <summary>Method, target as it was on the wire, and body.</summary>
    public IReadOnlyList<(string Request, string Body)> Asked => [.. _asked];

    public static async Task<FakeNode> Start()
    {
        var socket = Path.Combine(Path.GetTempPath(), $"ctl-{Guid.NewGuid():N}.sock");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket, l => l.Protocols = HttpProtocols.Http1));
        var node = new FakeNode(builder.Build()) { Socket = socket };
        node._http.Run(node.Answer);
        await node._http.StartAsync();
        return node;
    }

    public FakeNode On(string request, RequestDelegate answer)
    {
        _answers[request] = answer;
        return this;
    }

    public FakeNode On(string request, string body, int status = 200, string type = "application/json") => On(request, context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(body);
    });

    public FakeNode On<T>(string request, T body, Func<ContractJson, JsonTypeInfo<T>> type) =>
        On(request, JsonSerializer.Serialize(body, type(ContractJson.Default)));

    public FakeNode Empty(string request) => On(request, context =>
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    });

    public FakeNode Refuse(string request, int status, params ProblemReason[] reasons) => On(
        request,
        JsonSerializer.Serialize(new Problem("Refused", status, reasons), ContractJson.Default.Problem),
        status,
        "application/problem+json");

    public async ValueTask DisposeAsync() => await _http.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = $"{context.Request.Method} {context.Features.Get<IHttpRequestFeature>()!.RawTarget}";
        _asked.Enqueue((request, await reader.ReadToEndAsync()));
        if (_answers.TryGetValue(request, out var answer))
            await answer(context);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
