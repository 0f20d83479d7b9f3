using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace IpvlanActors.Daemon.Web;

/// <summary>
/// The page: the files of Web/Page as they are, out of this very program. A browser may keep them, and asks each time whether
/// they are still the same, since the node may be a newer one.
/// </summary>
internal static class PageFiles
{
    private const string ResourcePrefix = "page/";
    private const string First = "/page/index.html";

    /// <summary>Nothing from elsewhere, nothing inline, no markup out of text: what a network is called can be no script.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly Lazy<FrozenDictionary<string, PageFile>> Files = new(Load);

    /// <summary>On every answer of this door, so also on what is not of the page.</summary>
    public static Task Guard(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return next(context);
    }

    public static Task Serve(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path == "/" ? First : context.Request.Path.Value!;
        return Files.Value.TryGetValue(path, out var file) ? Send(context, file) : next(context);
    }

    private static Task Send(HttpContext context, PageFile file)
    {
        var response = context.Response;
        response.Headers.ETag = file.Tag;
        response.Headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch.Any(t => t is not null && t.Contains(file.Tag, StringComparison.Ordinal)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = file.Type;
        response.ContentLength = file.Bytes.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(file.Bytes).AsTask();
    }

    private static FrozenDictionary<string, PageFile> Load()
    {
        var program = Assembly.GetExecutingAssembly();
        return program.GetManifestResourceNames().Where(n => n.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .ToFrozenDictionary(n => "/" + n, n => Read(program, n), StringComparer.Ordinal);
    }

    private static PageFile Read(Assembly program, string name)
    {
        using var stream = program.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new(bytes, TypeOf(name), $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"the page has {name}, and nobody says what {other} is."),
    };

    /// <param name="Tag">The same as long as the bytes are.</param>
    private sealed record PageFile(ReadOnlyMemory<byte> Bytes, string Type, string Tag);
}
