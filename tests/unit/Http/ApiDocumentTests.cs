using System.Runtime.CompilerServices;
using IpvlanActors.Daemon.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using Xunit;

namespace IpvlanActors.Tests.Unit.Http;

/// <summary>The document that the node serves is that of the routes it has.</summary>
public sealed class ApiDocumentTests : IAsyncLifetime
{
    private HttpNode _node = null!;

    public async Task InitializeAsync() => _node = await HttpNode.Start();

    public Task DisposeAsync() => _node.DisposeAsync().AsTask();

    /// <summary>If it is not: run this test with IPVLAND_WRITE=1, look at what has changed (only additions may), and commit it.</summary>
    [Fact]
    public async Task The_document_says_what_the_routes_say()
    {
        var document = ApiDocument.Of(_node.App);
        var file = Path.Combine(Root(), "host/daemon/Http/openapi.json");
        if (Environment.GetEnvironmentVariable("IPVLAND_WRITE") == "1")
            await File.WriteAllTextAsync(file, document);
        Assert.Equal(await File.ReadAllTextAsync(file), document);
        Assert.Equal(document, await _node.Http.GetStringAsync("v1/openapi.json"));
    }

    [Fact]
    public void Every_route_says_what_it_is_and_what_it_takes() => Assert.All(ApiDocument.Routes(_node.App), route =>
    {
        var operation = route.Metadata.GetMetadata<Operation>();
        Assert.True(operation?.Summary.Length > 10, $"{route.DisplayName} says nothing of itself");
        var said = operation.Parameters.Select(p => p.Name).Concat(route.RoutePattern.Parameters.Select(p => p.Name)).ToHashSet();
        var taken = route.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
            .Where(p => p.ParameterInfo.ParameterType is { IsPrimitive: true } or { IsGenericType: true } || p.ParameterInfo.ParameterType == typeof(string)).Select(p => p.Name);
        Assert.All(taken, name => Assert.Contains(name, said));
        Assert.Equal(operation.Request is not null, route.Metadata.GetMetadata<IAcceptsMetadata>() is not null);
    });

    [Fact]
    public void The_document_is_a_valid_one_of_OpenAPI()
    {
        var read = OpenApiDocument.Parse(ApiDocument.Of(_node.App), "json");
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.Equal(ApiDocument.Routes(_node.App).Select(r => r.RoutePattern.RawText).Distinct().Order(), read.Document!.Paths.Keys.Order());
        Assert.Empty(read.Document.Validate(ValidationRuleSet.GetDefaultRuleSet()));
    }

    private static string Root([CallerFilePath] string here = "")
    {
        var folder = here.StartsWith("/_/", StringComparison.Ordinal) ? AppContext.BaseDirectory : Path.GetDirectoryName(here)!;
        while (!File.Exists(Path.Combine(folder, "IpvlanActors.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No IpvlanActors.sln above the tests.");
        return folder;
    }
}
