using Akka.Actor;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Networks;
using IpvlanActors.Runtime.Routes;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>In the mesh's place on a host by itself: the real registry, without a cluster around it.</summary>
internal sealed class LocalMesh(NodeContext node) : UntypedActor
{
    private MeshListeners? _listeners;
    private IActorRef _registry = ActorRefs.Nobody;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MeshListeners listeners:
                _listeners = listeners;
                _registry = Context.ActorOf(Props.Create<RegistryActor>(node, new Directory(node.Host, Self), Self), "registry");
                _registry.Tell(new RegisterHostRequest(node.Now(), node.HostName));
                break;
            case PublishCatalogue publish:
                _listeners!.Networks.Tell(new CatalogueUpdate(publish.Catalogue));
                _listeners.Routes.Tell(new CatalogueUpdate(publish.Catalogue));
                break;
            case IRegistryRequest or CatalogueRequest:
                _registry.Forward(message);
                break;
            case SurrenderRequest surrender:
                _ = _listeners!.Networks.Ask<object>(new Surrender(surrender.Network)).PipeTo(
                    Sender, success: answer => new BlocksSurrendered(surrender.Network, node.Host, answer as Refusal));
                break;
            case HostKnown or OwnRoutes:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private sealed class Directory(HostId self, IActorRef mesh) : IHostDirectory
    {
        public ICanTell? Find(HostId host) => host == self ? mesh : null;
    }
}
