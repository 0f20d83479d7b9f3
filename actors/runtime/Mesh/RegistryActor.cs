using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.EventSourcing;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>
/// The cluster's one registry: names, subnets and hosts; parent of the networks. A singleton; a twin would be stopped by
/// the journal's unique key at its first write. Nothing is granted before every network has been recovered, nor while the
/// journal is in doubt, which is the other half of this class.
/// </summary>
internal sealed partial class RegistryActor(NodeContext node, IHostDirectory hosts, IActorRef publisher)
    : DeciderActor<RegistryDecider, RegistryCommand, RegistryEvent, RegistryState>(PersistenceIds.Registry)
{
    private readonly Dictionary<NetworkId, NetworkChanged> _networks = [];
    private readonly HashSet<NetworkId> _recovering = [];
    private readonly Dictionary<HostId, (Guid Life, long Incarnation)> _lives = [];
    private long _published = -1;
    private bool _ready;

    protected override void OnRecover(object message)
    {
        base.OnRecover(message);
        if (message is not RecoveryCompleted)
            return;
        _recovering.UnionWith(State.Networks.Keys);
        foreach (var network in State.Networks.Keys)
            Network(network);
        ReadyIfRecovered();
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case NetworkChanged changed:
                Changed(changed);
                break;
            case Stop:
                Context.Stop(Self);
                break;
            case IMeshMessage when !_ready:
                Stash.Stash();
                break;
            case RegisterHostRequest register:
                Register(register, Sender);
                break;
            case ForgetHostRequest forget:
                Forget(forget, Sender);
                break;
            case LeaveClusterRequest leave:
                GiveUp(leave.Stamp, leave.Stamp.Host, Sender);
                break;
            case HostTaken taken:
                taken.Asker.Tell(taken.Answer);
                break;
            case Witness witness:
                Hear(witness);
                break;
            case NetworkAdopted adopted:
                Adopted(adopted.Network);
                break;
            case CatalogueRequest or IRegistryRequest when Decided.IsDoubted:
                RefuseInDoubt(message, Sender);
                break;
            case CreateNetworkRequest or ClaimBlockRequest when NotRegistered((IRegistryRequest)message) is { } stranger:
                Sender.Tell(new RegistryRefused(stranger));
                break;
            case CatalogueRequest:
                Sender.Tell(new CatalogueUpdate(Catalogue()));
                break;
            case CreateNetworkRequest create:
                Create(create, Sender);
                break;
            case ClaimBlockRequest claim:
                Forward(claim.Network, claim);
                break;
            case ReleaseBlocksRequest release:
                Forward(release.Network, release);
                break;
            case RemoveNetworkRequest remove:
                Forward(remove.Network, remove);
                break;
            case NetworkStands stands:
                var stood = _networks[stands.Network].State;
                stands.Asker.Tell(new NetworkGranted(stands.Network, stood.Spec!, stood.Created.At, Version));
                break;
            case NetworkFell fell:
                Free(fell.Network, fell.Events, () => fell.Asker.Tell(new NetworkGone(fell.Network)));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>The events of a network that is being freed are counted once, among those retired.</summary>
    private long Version => LastSequenceNr + State.RetiredEvents + _networks.Values.Where(n => State.Networks.ContainsKey(n.Network)).Sum(n => n.Events);

    protected override void Happened(RegistryEvent @event)
    {
        if (@event is HostForgotten)
            TrustIfAllAreHeard();
    }

    private void Register(RegisterHostRequest request, IActorRef asker)
    {
        var host = request.Stamp.Host;
        if (hosts.OtherOf(host, asker.Path.Address, request.MustConfirm) is { } other)
        {
            asker.Tell(new RegistryRefused(Copied(request, other)));
            return;
        }

        var recorded = Decided.IncarnationOf(host);
        var life = (request.Life, request.Incarnation);
        var later = recorded > request.Incarnation || (recorded == request.Incarnation && _lives.GetValueOrDefault(host) != life) ? recorded : 0;
        if (later == 0)
            _lives[host] = life;
        DoubtIfBehind(request);
        Decide(new RegisterHost(request.Stamp, request.Name, request.Incarnation), _ =>
        {
            if (State.IsDoubted)
            {
                AskForTestimony(host);
                RefuseInDoubt(request, asker);
                return;
            }

            Publish();
            asker.Tell(new HostKnown(host, Version, later, node.Clock.GetUtcNow()));
        });
    }

    private static Refusal Copied(RegisterHostRequest request, Address other) => new(RefusalCodes.Fenced,
        $"no new address is given out on {request.Name}: its data directory is a copy of that of the host at {other.HostPort()}, whose id {request.Stamp.Host} it bears. " +
        "Stop one of the two; a copy that is to be a host of its own must start with an empty data directory. If the other one is dead, ipvlanctl cluster forget it.");

    private void Create(CreateNetworkRequest request, IActorRef asker) =>
        Decide(new ReserveNetwork(request.Stamp, request.Network, request.Spec, request.Avoid), refusal =>
        {
            node.CrashPoint("network-create.reserved");
            if (refusal is null)
                Network(request.Network).Tell(request with { Spec = State.Networks[request.Network] }, asker);
            else
                asker.Tell(new RegistryRefused(refusal));
        });

    private void Forward(NetworkId network, IRegistryRequest request)
    {
        if (State.Networks.ContainsKey(network))
            Network(network).Forward(request);
        else if (request is RemoveNetworkRequest)
            Sender.Tell(new NetworkGone(network));
        else
            Sender.Tell(new RegistryRefused(new(RefusalCodes.NetworkUnknown, $"the registry knows no network {network}: it has been removed.")));
    }

    private void Changed(NetworkChanged changed)
    {
        _networks[changed.Network] = changed;
        if (_recovering.Remove(changed.Network))
        {
            FinishHalfDone(changed);
            ReadyIfRecovered();
        }

        if (_ready)
            Publish();
    }

    /// <summary>A crash fell between the registry's journal and the network's: nobody was told yet, so the name goes back.</summary>
    private void FinishHalfDone(NetworkChanged recovered)
    {
        if (!recovered.State.Exists)
            Free(recovered.Network, recovered.Events, () => { });
    }

    private void Free(NetworkId network, long events, Action then) =>
        Decide(new FreeNetworkName(node.Now(), network, events), _ =>
        {
            _networks.Remove(network);
            Context.Stop(Context.Child(network.Value));
            node.CrashPoint("network-rm.freed");
            Publish();
            then();
            Adopted(network);
        });

    private void ReadyIfRecovered()
    {
        if (_ready || _recovering.Count > 0)
            return;
        _ready = true;
        Log.Info("registry ready: {Networks} networks, {Hosts} hosts, version {Version}", State.Networks.Count, State.Hosts.Count, Version);
        FinishForgetting();
        DoubtIfRestored();
        Publish();
        Stash.UnstashAll();
    }

    /// <summary>To everybody, when there is something new.</summary>
    private void Publish()
    {
        if (_published == Version || State.IsDoubted)
            return;
        _published = Version;
        publisher.Tell(new PublishCatalogue(Catalogue()));
    }

    private Catalogue Catalogue() => new(
        Version, State.Hosts,
        _networks.Where(n => n.Value.State.Exists).ToImmutableSortedDictionary(
            n => n.Key, n => new CatalogueEntry(n.Value.State.Spec!, n.Value.State.Created.At, n.Value.State.Owners, n.Value.State.LastEpoch)));

    private IActorRef Network(NetworkId network)
    {
        var child = Context.Child(network.Value);
        return child.IsNobody()
            ? Context.ActorOf(Props.Create<NetworkActor>(node, network, hosts), network.Value)
            : child;
    }

    /// <summary>The singleton is to move. Not a PoisonPill, which would overtake a write that is under way.</summary>
    internal sealed class Stop : INoSerializationVerificationNeeded
    {
        public static readonly Stop Instance = new();
    }
}
