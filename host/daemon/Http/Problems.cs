using System.Text.Json;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime;

namespace IpvlanActors.Daemon.Http;

/// <summary>Refusals as RFC 9457 problems.</summary>
internal static class Problems
{
    private const string ContentType = "application/problem+json";
    private const string TypePrefix = "urn:ipvland:refusal:";

    public static IResult From(Refused refused, int? status = null)
    {
        var code = status ?? Status(refused.Reasons[0].Code);
        return Results.Json(
            new Problem(Title(code), code, [.. refused.Reasons.Select(r => new ProblemReason(r.Code, r.Text))])
            {
                Type = TypePrefix + refused.Reasons[0].Code,
                Detail = string.Join(' ', refused.Reasons.Select(r => r.Text)),
            },
            ContractJson.Default.Problem, ContentType, code);
    }

    public static IResult From(string code, string text, int? status = null) => From(new Refused(new Refusal(code, text)), status);

    private static int Status(string code) => code switch
    {
        RefusalCodes.NetworkUnknown or RefusalCodes.EndpointUnknown or RefusalCodes.HostUnknown or RefusalCodes.RequestUnknown or RefusalCodes.JournalUnknown
            => StatusCodes.Status404NotFound,
        RefusalCodes.NetworkExists or RefusalCodes.SubnetTaken or RefusalCodes.ParentInUse or RefusalCodes.NetworkInUse
            or RefusalCodes.EndpointExists or RefusalCodes.NetworkDiffers or RefusalCodes.AddressInUse or RefusalCodes.AddressReserved or RefusalCodes.AddressElsewhere
            or RefusalCodes.AddressesExhausted or RefusalCodes.PoolsExhausted or RefusalCodes.InterfaceExists
            or RefusalCodes.ReferenceAmbiguous or RefusalCodes.HostAlive or RefusalCodes.RegistryHere or RefusalCodes.KeyReused => StatusCodes.Status409Conflict,
        RefusalCodes.RegistryUnreachable or RefusalCodes.HostUnreachable or RefusalCodes.JournalFailed or RefusalCodes.NotReady
            or RefusalCodes.NetworkRemoving or RefusalCodes.Fenced => StatusCodes.Status503ServiceUnavailable,
        RefusalCodes.Unauthorized => StatusCodes.Status401Unauthorized,
        RefusalCodes.Forbidden => StatusCodes.Status403Forbidden,
        _ => StatusCodes.Status400BadRequest,
    };

    private static string Title(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "Who are you?",
        StatusCodes.Status403Forbidden => "Not allowed",
        StatusCodes.Status404NotFound => "Not found",
        StatusCodes.Status405MethodNotAllowed => "Not in this way",
        StatusCodes.Status409Conflict => "In the way of something else",
        StatusCodes.Status413PayloadTooLarge => "Too large",
        StatusCodes.Status415UnsupportedMediaType => "Not JSON",
        StatusCodes.Status503ServiceUnavailable => "Not now",
        _ => "Refused",
    };
}

/// <summary>A request that cannot be read is the asker's mistake and is told as one; anything else is ours.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= StatusCodes.Status400BadRequest, ContentType: null })
                await Bare(context).ExecuteAsync(context);
        }
        catch (Exception e) when (!context.Response.HasStarted && e is BadHttpRequestException or JsonException)
        {
            await Unreadable(e).ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // nobody is there to hear what became of it
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await Problems.From(RefusalCodes.NotReady, $"the node failed to answer: {e.Message}").ExecuteAsync(context);
        }
    }

    /// <summary>What the server itself has refused, without a word.</summary>
    private static IResult Bare(HttpContext context)
    {
        var (request, status) = (context.Request, context.Response.StatusCode);
        return status switch
        {
            StatusCodes.Status404NotFound => Problems.From(
                RefusalCodes.RequestUnknown, $"this node has no {request.Method} {request.Path}: ipvlanctl version shows whether it is older than the tool; GET /v1/openapi.json has all that there is."),
            StatusCodes.Status405MethodNotAllowed => Problems.From(
                RefusalCodes.RequestUnknown, $"{request.Path} takes no {request.Method}, only {context.Response.Headers.Allow}.", status),
            StatusCodes.Status415UnsupportedMediaType => Problems.From(
                RefusalCodes.RequestInvalid, $"Content-Type {request.ContentType ?? "(none)"} is not application/json, which {request.Path} takes.", status),
            StatusCodes.Status413PayloadTooLarge => TooLarge(),
            _ => Problems.From(RefusalCodes.RequestInvalid, $"{request.Method} {request.Path} was refused with status {status}.", status),
        };
    }

    private static IResult Unreadable(Exception e)
    {
        if (e is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
            return TooLarge();
        var text = (e.InnerException ?? e).Message;
        return Problems.From(
            RefusalCodes.RequestInvalid, $"the request cannot be read: {text}",
            e is BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } bad ? bad.StatusCode : null);
    }

    private static IResult TooLarge() => Problems.From(
        RefusalCodes.RequestInvalid, $"the body is larger than {ApiServer.MaxBody} bytes, more than any request needs.", StatusCodes.Status413PayloadTooLarge);
}
