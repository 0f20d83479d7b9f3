namespace IpvlanActors.Daemon.Http;

/// <summary>The Idempotency-Key header. The node judges it.</summary>
internal static class Keys
{
    public const string Header = "Idempotency-Key";

    public static string? Of(HttpContext http) => http.Request.Headers.TryGetValue(Header, out var value) ? value.ToString() : null;
}
