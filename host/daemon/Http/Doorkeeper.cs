using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Security;
using IpvlanActors.Domain.Deciding;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace IpvlanActors.Daemon.Http;

/// <summary>
/// Whoever comes by the Unix socket is root, as its mode says. Everybody else shows a certificate, which the handshake has
/// judged by now, or a token.
/// </summary>
internal sealed class Doorkeeper(RequestDelegate next, ApiTcp tcp)
{
    private const string Bearer = "Bearer ";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<OnlyRoot>() is not null || context.Connection.ClientCertificate is not null)
            return next(context);
        if (Token(context) is not { } token)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Problems.From(RefusalCodes.Unauthorized, tcp.Tokens?.Problem is { Length: > 0 } problem
                ? $"this node's tokens cannot be read: {problem}"
                : "this node does not know you: show a token (Authorization: Bearer ...) that is in its ipvland.api.tcp.tokens, or a certificate of its client-ca.").ExecuteAsync(context);
        }

        return token.Role == TokenRole.Admin || HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            ? next(context)
            : Problems.From(RefusalCodes.Forbidden, $"the token of {token.Name} is for looking only: {context.Request.Method} takes one of role admin.").ExecuteAsync(context);
    }

    /// <summary>Marks those who come by a socket that only root may open.</summary>
    public static void LetIn(ListenOptions socket) => socket.Use(enter => connection =>
    {
        connection.Features.Set(OnlyRoot.Instance);
        return enter(connection);
    });

    public static void Secure(HttpsConnectionAdapterOptions https, ApiTcp tcp)
    {
        https.ServerCertificate = tcp.Certificate;
        if (tcp.Clients is not { } clients)
            return;
        https.ClientCertificateMode = tcp.Tokens is null ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.AllowCertificate;
        https.ClientCertificateValidation = (certificate, _, _) => clients.Signed(certificate);
    }

    private Token? Token(HttpContext context) => context.Request.Headers.Authorization.ToString() is var shown
        && shown.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? tcp.Tokens?.Find(shown[Bearer.Length..].Trim())
            : null;

    private sealed class OnlyRoot
    {
        public static readonly OnlyRoot Instance = new();
    }
}
