using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Tools.Client;
using IpvlanActors.Client.Messages;

namespace IpvlanActors.Client.Connections;

/// <summary>
/// Without being a member: by the receptionist of one host, and when that falls silent by another's. What is said while there
/// is none is lost at once and not kept: a command that waited for a connection would be carried out long after its sender
/// gave it up.
/// </summary>
/// <param name="owns">The actor system ends with the connection.</param>
internal sealed class ByReceptionist(ActorSystem system, IActorRef client, bool owns) : IConnection
{
    /// <param name="contacts">As <c>10.0.0.1:4053</c>; at least one.</param>
    /// <exception cref="ArgumentException">One of them is not.</exception>
    public static ByReceptionist Open(ActorSystem system, IEnumerable<string> contacts, bool tls, bool owns)
    {
        var scheme = tls ? "akka.ssl.tcp" : "akka.tcp";
        var paths = contacts.Select(c => ActorPath.TryParse($"{scheme}://{ClientProtocol.System}@{c}/system/receptionist", out var path) && path.Address.Port > 0
            ? path
            : throw new ArgumentException($"the contact '{c}' is not ADDRESS:PORT (10.0.0.1:4053, [fd00::1]:4053).", nameof(contacts))).ToImmutableHashSet();
        if (paths.IsEmpty)
            throw new ArgumentException("no contact is given: name at least one host of the cluster, better three (10.0.0.1:4053).", nameof(contacts));
        var settings = ClusterClientSettings.Create(system).WithInitialContacts(paths).WithBufferSize(0);
        return new(system, system.ActorOf(ClusterClient.Props(settings), $"ipvland-client-{Guid.NewGuid():N}"), owns);
    }

    public Task<object> Ask(Wire.Request request, TimeSpan patience, CancellationToken cancel) =>
        client.Ask<object>(new ClusterClient.Send(ClientProtocol.Path, request, localAffinity: true), patience, cancel);

    public async ValueTask DisposeAsync()
    {
        if (owns)
            await system.Terminate();
        else
            system.Stop(client);
    }
}
