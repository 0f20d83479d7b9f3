using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Daemon.Http;

/// <summary>
/// A part of a list: <c>?limit=</c> and, for the next part, <c>?after=</c> the last one's key, which the Link header has
/// ready. Parts are in the order of keys, and what comes or goes meanwhile moves nothing: who walks through all parts has seen
/// everything that was there all the while, once.
/// </summary>
/// <param name="After">Null: from the first.</param>
/// <param name="Limit">Null: all.</param>
internal sealed record Paging(string? After, int? Limit)
{
    public const int MaxLimit = 1000;

    /// <summary>Nobody asked for a part.</summary>
    public bool IsWhole => After is null && Limit is null;

    public static (Paging? Paging, IResult? Refusal) Read(HttpRequest request)
    {
        var (after, limit) = (request.Query["after"].FirstOrDefault(), request.Query["limit"].FirstOrDefault());
        if (string.IsNullOrEmpty(limit))
            return (new(after, null), null);
        return int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MaxLimit
            ? (new(after, number), null)
            : (null, Problems.From(RefusalCodes.RequestInvalid, $"limit={limit} is not a number from 1 to {MaxLimit}."));
    }

    /// <param name="keyed">In any order.</param>
    /// <param name="whole">How all of them are sorted if nobody asks for a part.</param>
    public static IResult List<T>(
        HttpContext http, IEnumerable<T> keyed, Func<T, string> key, Func<IEnumerable<T>, IEnumerable<T>> whole, JsonTypeInfo<IReadOnlyList<T>> type)
    {
        var (paging, refusal) = Read(http.Request);
        if (paging is null)
            return refusal!;
        IReadOnlyList<T> part = paging.IsWhole ? [.. whole(keyed)] : paging.Part(keyed, key);
        if (part.Count == paging.Limit)
            http.Response.Headers.Link = $"<{http.Request.Path}{Next(http.Request, key(part[^1]))}>; rel=\"next\"";
        return Results.Json(part, type);
    }

    private IReadOnlyList<T> Part<T>(IEnumerable<T> keyed, Func<T, string> key)
    {
        var behind = keyed.Where(k => After is null || string.CompareOrdinal(key(k), After) > 0).OrderBy(key, StringComparer.Ordinal);
        return [.. Limit is { } limit ? behind.Take(limit) : behind];
    }

    private static string Next(HttpRequest request, string last) => QueryString.Create(
        request.Query.Where(q => q.Key != "after").SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v)))
            .Append(KeyValuePair.Create("after", (string?)last))).ToString();
}
