using Akka.Actor;
using Akka.Configuration;
using IpvlanActors.Client.Connections;
using IpvlanActors.Client.Messages;

namespace IpvlanActors.Client;

/// <summary>
/// Speaks to the hosts of a cluster: creates networks, joins endpoints on chosen hosts, lists, follows. It may be used from
/// any number of threads. When the host that it speaks to is gone it goes over to another by itself, within about five seconds.
/// <para>
/// Questions, and what creates or joins, are asked again until they are answered, and come about once. What removes or leaves is
/// said once, right after a host has shown that it is there: a <see cref="TimeoutException"/> means that nobody knows whether
/// it was carried out, so look, and repeat it if need be. A refusal (<see cref="IpvlanRefusedException"/>) means that nothing
/// was changed.
/// </para>
/// </summary>
public sealed partial class IpvlanClient : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly TimeSpan _timeout;
    private readonly string _host;
    private readonly bool _owns;

    private IpvlanClient(IConnection connection, TimeSpan timeout, string host, bool owns) =>
        (_connection, _timeout, _host, _owns) = (connection, timeout, host, owns);

    /// <summary>To be laid under the configuration of an actor system of one's own that is to speak to hosts.</summary>
    public static Config Config => ClientSystem.Config;

    /// <summary>With an actor system that the client brings, and ends when it is disposed of. No host needs to be up yet.</summary>
    /// <exception cref="ArgumentException">The options are not possible.</exception>
    public static IpvlanClient Connect(IpvlanClientOptions options)
    {
        var system = ClientSystem.Start(options);
        return new(ByReceptionist.Open(system, options.Contacts, options.Credentials is not null, owns: true), options.Timeout, "", owns: true);
    }

    /// <summary>From an actor system of any name with <see cref="Config"/> and remoting, which need not be a member of anything.</summary>
    /// <param name="contacts">Hosts of the cluster as <c>10.0.0.1:4053</c>.</param>
    /// <exception cref="InvalidOperationException">The system lacks <see cref="Config"/>.</exception>
    /// <exception cref="ArgumentException">A contact is none.</exception>
    public static IpvlanClient Connect(ActorSystem system, IEnumerable<string> contacts, TimeSpan? timeout = null)
    {
        CheckConfig(system);
        var tls = system.Settings.Config.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl");
        return new(ByReceptionist.Open(system, contacts, tls, owns: false), timeout ?? new IpvlanClientOptions().Timeout, "", owns: true);
    }

    /// <summary>
    /// From an actor system that is a member of the hosts' cluster: named <c>ipvland</c>, with the role <c>service</c> and
    /// <see cref="Config"/>. A member that dies stays in the cluster until an operator downs it, so prefer to be none.
    /// </summary>
    /// <exception cref="InvalidOperationException">The system is not like that.</exception>
    public static IpvlanClient OfMember(ActorSystem system, TimeSpan? timeout = null)
    {
        CheckConfig(system);
        if (system.Name != ClientProtocol.System || !Akka.Cluster.Cluster.Get(system).SelfRoles.Contains(ClientProtocol.ServiceRole))
            throw new InvalidOperationException($"an actor system that is a member must be named {ClientProtocol.System} and have akka.cluster.roles = [{ClientProtocol.ServiceRole}], by which hosts tell it from one of theirs.");
        return new(new ByMembership(system), timeout ?? new IpvlanClientOptions().Timeout, "", owns: true);
    }

    /// <summary>The same connection, for what one host is to do or to tell, whichever host it leads to.</summary>
    /// <param name="host">Its name or id; empty: whichever answers.</param>
    public IpvlanClient On(string host) => new(_connection, _timeout, host, owns: false);

    /// <summary>Of the one that was connected, not of those that <see cref="On"/> made of it.</summary>
    public ValueTask DisposeAsync() => _owns ? _connection.DisposeAsync() : ValueTask.CompletedTask;

    private static void CheckConfig(ActorSystem system)
    {
        if (system.Serialization.FindSerializerForType(typeof(Wire.Request)) is not ClientSerializer)
            throw new InvalidOperationException($"the actor system {system.Name} does not know how to speak to hosts: lay {nameof(IpvlanClient)}.{nameof(Config)} under its configuration (WithFallback).");
    }
}
