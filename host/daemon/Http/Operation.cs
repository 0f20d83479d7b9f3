namespace IpvlanActors.Daemon.Http;

/// <summary>What the API's document says of a route, beside what the route itself says.</summary>
/// <param name="Summary">One sentence.</param>
/// <param name="Reply">Of the contract; null: no body.</param>
/// <param name="Status">If it succeeds.</param>
internal sealed record Operation(string Summary, Type? Reply, int Status)
{
    public Type? Request { get; init; }

    /// <summary>Of the reply.</summary>
    public string MediaType { get; init; } = "application/json";

    /// <summary>What a reply that is no JSON has in it.</summary>
    public IReadOnlyList<Type> Messages { get; init; } = [];

    public IReadOnlyList<OperationParameter> Parameters { get; init; } = [];
}

/// <param name="In">query or header.</param>
internal sealed record OperationParameter(string Name, string In, string Description, string Type = "string");

internal static class OperationMetadata
{
    public static readonly OperationParameter[] Paged =
    [
        new("limit", "query", $"A part of the list, in the order of keys: so many at most, 1 to {Paging.MaxLimit}. The Link header leads to the next part.", "integer"),
        new("after", "query", "The part behind this key."),
    ];

    public static readonly OperationParameter[] Keyed =
    [
        new("Idempotency-Key", "header", "Asked again with the same key and body it is not done again and answered as before; with another body it is refused. Known as long as what it brought about."),
    ];

    /// <summary>Every route says what it is; a test holds them to it.</summary>
    public static RouteHandlerBuilder Is(this RouteHandlerBuilder route, Operation operation) => route.WithMetadata(operation);

    public static RouteHandlerBuilder Is(this RouteHandlerBuilder route, string summary, Type? reply, params OperationParameter[] parameters) =>
        route.Is(new Operation(summary, reply, reply is null ? StatusCodes.Status204NoContent : StatusCodes.Status200OK) { Parameters = parameters });
}
