using System.Text.Json;
using System.Text.Json.Nodes;
using IpvlanActors.Runtime;

namespace IpvlanActors.Daemon.Docker;

/// <summary>Puts a command to the node.</summary>
internal delegate Task<object> AskNode(INodeCommand command);

/// <summary>
/// Docker's words translated into the node's commands, and its answers back. It has no rules, and keeps nothing but the
/// pools that Docker asks for before it says of which network they are.
/// </summary>
internal sealed class DockerPlugin
{
    private static readonly string[] WithoutBody = ["Activate", "GetCapabilities", "GetDefaultAddressSpaces"];

    private readonly NetworkDriver _networks;
    private readonly IpamDriver _ipam;
    private readonly PendingPools _pools = new();

    /// <param name="doubt">Called when Docker gives back an address that an endpoint still holds: it may have lost that endpoint.</param>
    public DockerPlugin(AskNode ask, Boards boards, Action doubt)
    {
        _networks = new(ask, boards, _pools);
        _ipam = new(ask, boards, _pools, doubt);
    }

    /// <param name="method">As in the path: <c>NetworkDriver.Join</c>.</param>
    /// <param name="body">Empty where the method has no argument; and, since its words have been sent already, when dockerd repeats
    /// a call whose answer broke off. It then takes back what it has begun.</param>
    /// <returns>Null: there is no such method.</returns>
    public async Task<JsonObject?> Answer(string method, string body)
    {
        if (body.Length == 0 && !WithoutBody.Contains(method.Split('.')[^1]))
            return DockerJson.Failure($"ipvland was started anew while Docker waited for {method}, and Docker repeats it without saying what it is about: do it again.");
        try
        {
            return method.Split('.') switch
            {
                ["Plugin", "Activate"] => Activate(),
                ["NetworkDriver", var name] => await _networks.Answer(name, body),
                ["IpamDriver", var name] => await _ipam.Answer(name, body),
                _ => null,
            };
        }
        catch (JsonException e)
        {
            return DockerJson.Failure($"{method}: the request cannot be read: {e.Message}");
        }
        catch (RefusedException e)
        {
            return DockerJson.Failure(e.Refused.Reasons);
        }
    }

    private JsonObject Activate()
    {
        _pools.Clear();
        return new() { ["Implements"] = new JsonArray("NetworkDriver", "IpamDriver") };
    }
}

/// <summary>What the node refused, on its way to Docker.</summary>
internal sealed class RefusedException(Refused refused) : Exception(refused.Reasons[0].Text)
{
    public Refused Refused { get; } = refused;
}

internal static class Asking
{
    /// <exception cref="RefusedException">The node will not.</exception>
    public static async Task<T> Granted<T>(this AskNode ask, INodeCommand command) => await ask(command) switch
    {
        T granted => granted,
        Refused refused => throw new RefusedException(refused),
        var other => throw new InvalidOperationException($"unexpected answer {other.GetType().Name}"),
    };
}
