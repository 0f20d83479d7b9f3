using Akka.Actor;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime;

namespace IpvlanActors.Daemon.Cni;

/// <summary>
/// Attachments that a runtime deleted while no node was there: its plugin noted each by an empty file,
/// <c>SOCKET.removed/NETWORK@ENDPOINT</c>. Read before the doors open; and again after, since a plugin may have found them closed
/// in between. One that comes upon open doors removes its note itself.
/// </summary>
public sealed class LateRemovals(string socket, IActorRef gateway)
{
    private const string Suffix = ".removed";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <returns>How many endpoints went.</returns>
    public async Task<int> CarryOut()
    {
        var folder = socket + Suffix;
        if (!Directory.Exists(folder))
            return 0;
        var gone = 0;
        foreach (var file in Directory.GetFiles(folder))
        {
            if (Path.GetFileName(file).Split('@') is not [var network, var endpoint])
                continue;
            switch (await gateway.Ask<object>(new RemoveEndpointCommand(endpoint) { Network = network }, Patience))
            {
                case EndpointReply:
                    gone++;
                    File.Delete(file);
                    break;
                case Refused { Reasons: [{ Code: RefusalCodes.EndpointUnknown or RefusalCodes.NetworkUnknown }] }:
                    File.Delete(file);
                    break;
            }
        }

        return gone;
    }
}
