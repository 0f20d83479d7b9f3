using Akka.Actor;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Networks;
using IpvlanActors.Runtime.Routes;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>In the mesh's place on a host by itself: the real registry, without a cluster around it.</summary>
/// <param name="isAlone">The registry is on a host that is down.</param>
internal sealed class LocalMesh(NodeContext node, bool isAlone) : UntypedActor, IWithTimers
{
    private MeshListeners? _listeners;
    private IActorRef _registry = ActorRefs.Nobody;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MeshListeners listeners when isAlone:
                _listeners = listeners;
                break;
            case IRegistryRequest when isAlone:
                Sender.Tell(new RegistryRefused(new(RefusalCodes.RegistryUnreachable, "the registry is down.")));
                break;
            case MeshListeners listeners:
                _listeners = listeners;
                _registry = Context.ActorOf(Props.Create<RegistryActor>(node, new Directory(node.Host, Self), Self), "registry");
                Register();
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
                    Sender, success: answer => new BlocksSurrendered(surrender.Network, node.Host, answer as Refusal)
                    {
                        Claims = answer is BlocksGivenUp given ? given.Claims : [],
                    });
                break;
            case HostKnown:
                _listeners!.Host.Tell(message);
                break;
            case RegistryRefused:
                _listeners!.Host.Tell(message);
                Timers.StartSingleTimer("again", Done.Instance, TimeSpan.FromMilliseconds(50));
                break;
            case Done:
                Register();
                break;
            case WitnessRequest request:
                Sender.Tell(Testifying.Split(node.Host, Testimony.Of(node.View.Current, node.Boards.Catalogue.Current))[request.Part]);
                break;
            case OwnRoutes or DownHost or LeaveMesh or BlocksReleased:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Register()
    {
        var self = node.View.Current.Host;
        _registry.Tell(new RegisterHostRequest(
            node.Now(), node.HostName, self.Incarnation, node.Boards.Catalogue.Current.Version, self.MustConfirm, node.Life));
    }

    private sealed class Directory(HostId self, IActorRef mesh) : IHostDirectory
    {
        public ICanTell? Find(HostId host) => host == self ? mesh : null;

        public Address? OtherOf(HostId host, Address asker, bool mustConfirm) => null;
    }
}
