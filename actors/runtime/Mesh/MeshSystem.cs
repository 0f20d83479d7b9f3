using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Pattern;
using IpvlanActors.Client.Messages;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime.Clients;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>One life of the mesh: the actor system that is a member of the cluster, and its two actors that the host speaks to.</summary>
internal sealed record MeshSystem(ActorSystem System, IActorRef Node, IActorRef Feeds)
{
    /// <summary>The same on every host: nodes of clusters with other names refuse each other.</summary>
    private const string Name = "ipvland";
    private const string RegistryManager = "registry";

    /// <summary>Where the registry is on the host where it runs, and nothing is on the others.</summary>
    public const string RegistryPath = "/user/" + RegistryManager + "/singleton";

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastBackOff = TimeSpan.FromSeconds(10);

    /// <param name="host">In the host system: where everything that comes in goes.</param>
    /// <param name="gateway">Likewise: answers services that come by the mesh; null: none may.</param>
    public static MeshSystem Start(Config config, ActorSystemSetup setup, NodeContext node, IActorRef host, IActorRef? gateway)
    {
        var system = ActorSystem.Create(Name, setup.And(BootstrapSetup.Create().WithConfig(config)));
        var proxy = system.ActorOf(
            ClusterSingletonProxy.Props("/user/" + RegistryManager, ClusterSingletonProxySettings.Create(system).WithRole(MemberRoles.Registry)),
            "registry-proxy");
        var feeds = system.ActorOf(Props.Create<FeedsActor>(node.Host, host), FeedsActor.Name);
        var meshNode = system.ActorOf(Props.Create<MeshNodeActor>(node, host, proxy, feeds), MeshNodeActor.Name);
        if (Cluster.Get(system).SelfRoles.Contains(MemberRoles.Registry))
            StartRegistry(system, node, meshNode);
        else
            system.ActorOf(Props.Create<RegistryFinderActor>(host), "registry-finder");
        if (gateway is not null)
            ClusterClientReceptionist.Get(system).RegisterService(system.ActorOf(Props.Create<ClientDoorActor>(node, gateway), ClientProtocol.ActorName));
        return new(system, meshNode, feeds);
    }

    /// <summary>This host fits among the members: now it may take part. Said twice it is no matter.</summary>
    public void Admit()
    {
        Node.Tell(Admitted.Instance);
        Feeds.Tell(Admitted.Instance);
    }

    /// <summary>
    /// Supervised, because a registry stops when its journal fails, be it a full disk or a database out of reach, and the
    /// singleton's manager would leave it at that.
    /// </summary>
    private static void StartRegistry(ActorSystem system, NodeContext node, IActorRef meshNode)
    {
        var registry = Props.Create<RegistryActor>(node, new ClusterDirectory(system), meshNode);
        var restarting = new RegistryRefused(new(RefusalCodes.RegistryUnreachable,
            "the registry starts again, because its journal failed: see the log of the host that it runs on (ipvlanctl cluster status), then ask again."));
        var supervisor = BackoffSupervisor.Props(Backoff.OnStop(registry, "live", FirstBackOff, LastBackOff, randomFactor: 0.1, maxNrOfRetries: -1)
            .WithAutoReset(LastBackOff)
            .WithReplyWhileStopped(restarting)
            .WithFinalStopMessage(static m => m is RegistryActor.Stop));
        var settings = ClusterSingletonManagerSettings.Create(system).WithRole(MemberRoles.Registry);
        system.ActorOf(ClusterSingletonManager.Props(supervisor, RegistryActor.Stop.Instance, settings), RegistryManager);
    }
}

/// <summary>
/// To whatever takes part in the mesh: this host is a member, and fits among the others. Before it is known that it does,
/// nothing that they tell is taken, nothing is told, and the registry hears nothing of it.
/// </summary>
internal sealed class Admitted : INoSerializationVerificationNeeded
{
    private Admitted()
    {
    }

    public static Admitted Instance { get; } = new();
}
