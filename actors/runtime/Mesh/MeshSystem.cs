using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>One life of the mesh: the actor system that is a member of the cluster, and its two actors that the host speaks to.</summary>
internal sealed record MeshSystem(ActorSystem System, IActorRef Node, IActorRef Speaker)
{
    /// <summary>The same on every host: nodes of clusters with other names refuse each other.</summary>
    private const string Name = "ipvland";
    private const string RegistryManager = "registry";

    /// <summary>Where the registry is on the host where it runs, and nothing is on the others.</summary>
    public const string RegistryPath = "/user/" + RegistryManager + "/singleton";

    /// <param name="host">In the host system: where everything that comes in goes.</param>
    public static MeshSystem Start(Config config, NodeContext node, IActorRef host)
    {
        var system = ActorSystem.Create(Name, config);
        var proxy = system.ActorOf(
            ClusterSingletonProxy.Props("/user/" + RegistryManager, ClusterSingletonProxySettings.Create(system).WithRole(MemberRoles.Registry)),
            "registry-proxy");
        var meshNode = system.ActorOf(Props.Create<MeshNodeActor>(node, host, proxy), MeshNodeActor.Name);
        var speaker = system.ActorOf(Props.Create<RouteSpeakerActor>(node.Host, host), RouteSpeakerActor.Name);
        if (Cluster.Get(system).SelfRoles.Contains(MemberRoles.Registry))
            StartRegistry(system, node, meshNode);
        else
            system.ActorOf(Props.Create<RegistryFinderActor>(host), "registry-finder");
        return new(system, meshNode, speaker);
    }

    private static void StartRegistry(ActorSystem system, NodeContext node, IActorRef meshNode)
    {
        var registry = Props.Create<RegistryActor>(node, new ClusterDirectory(system), meshNode);
        var settings = ClusterSingletonManagerSettings.Create(system).WithRole(MemberRoles.Registry);
        system.ActorOf(ClusterSingletonManager.Props(registry, RegistryActor.Stop.Instance, settings), RegistryManager);
    }
}
