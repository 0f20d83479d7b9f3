using System.Text.Json;
using IpvlanActors.Client;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Daemon.Http;

/// <summary>Refusals as RFC 9457 problems.</summary>
internal static class Problems
{
    private const string ContentType = "application/problem+json";

    public static IResult From(Refused refused)
    {
        var status = Status(refused.Reasons[0].Code);
        return Results.Json(
            new Problem(Title(status), status, [.. refused.Reasons.Select(r => new ProblemReason(r.Code, r.Text))]),
            ContractJson.Default.Problem, ContentType, status);
    }

    public static IResult From(string code, string text) => From(new Refused(new Refusal(code, text)));

    private static int Status(string code) => code switch
    {
        RefusalCodes.NetworkUnknown or RefusalCodes.EndpointUnknown or RefusalCodes.HostUnknown => StatusCodes.Status404NotFound,
        RefusalCodes.NetworkExists or RefusalCodes.SubnetTaken or RefusalCodes.ParentInUse or RefusalCodes.NetworkInUse
            or RefusalCodes.EndpointExists or RefusalCodes.NetworkDiffers or RefusalCodes.AddressInUse or RefusalCodes.AddressReserved or RefusalCodes.AddressElsewhere
            or RefusalCodes.AddressesExhausted or RefusalCodes.PoolsExhausted or RefusalCodes.InterfaceExists
            or RefusalCodes.ReferenceAmbiguous or RefusalCodes.HostAlive or RefusalCodes.RegistryHere => StatusCodes.Status409Conflict,
        RefusalCodes.RegistryUnreachable or RefusalCodes.HostUnreachable or RefusalCodes.JournalFailed or RefusalCodes.NotReady
            or RefusalCodes.NetworkRemoving or RefusalCodes.Fenced => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    private static string Title(int status) => status switch
    {
        StatusCodes.Status404NotFound => "Not found",
        StatusCodes.Status409Conflict => "In the way of something else",
        StatusCodes.Status503ServiceUnavailable => "Not now",
        _ => "Refused",
    };
}

/// <summary>A body that cannot be read is the asker's mistake and is told as one; anything else is ours.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (e is BadHttpRequestException or JsonException)
        {
            await Problems.From(RefusalCodes.RequestInvalid, $"the request cannot be read: {(e.InnerException ?? e).Message}").ExecuteAsync(context);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await Problems.From(RefusalCodes.NotReady, $"the node failed to answer: {e.Message}").ExecuteAsync(context);
        }
    }
}
