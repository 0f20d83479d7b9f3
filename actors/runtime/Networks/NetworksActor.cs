using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Mesh;

namespace IpvlanActors.Runtime.Networks;

/// <summary>
/// All networks on this host: attaches those that the registry's catalogue has, detaches those that it has no more,
/// and tries again when a parent link may have come back. Parent of one <see cref="HostNetworkActor"/> per network.
/// </summary>
internal sealed partial class NetworksActor(NodeContext node, NetworkNeighbours neighbours) : UntypedActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<NetworkId, Attach> _waiting = [];
    private readonly HashSet<NetworkId> _removed = [];
    private readonly Dictionary<NetworkId, long> _since = [];
    private readonly Dictionary<NetworkId, List<IActorRef>> _detaching = [];
    private readonly HashSet<NetworkId> _ending = [];

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(KernelReport));
        foreach (var network in node.View.Current.Networks.Keys)
            Network(network);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CatalogueUpdate when _leaving:
                break;
            case CatalogueUpdate update:
                Follow(update.Catalogue);
                break;
            case LeaveAll:
                Leave(Sender);
                break;
            case Departed departed:
                Departures(departed);
                break;
            case NetworkGranted or Join or Create or Reserve or Bind when _leaving:
                Sender.Tell(message is not NetworkGranted ? Leaving : new AttachResult(((NetworkGranted)message).Network, Leaving));
                break;
            case NetworkGranted granted:
                _since[granted.Network] = granted.Version;
                Network(granted.Network).Forward(new Attach(granted.Network, granted.Spec, granted.Created));
                break;
            case Detach detach:
                DetachFrom(detach, Sender);
                break;
            case DetachResult result:
                Detached(result);
                break;
            case NetworkEnded ended:
                _ending.Remove(ended.Network);
                break;
            case AttachResult result:
                Attached(result);
                break;
            case KernelReport report:
                Look(report);
                break;
            case Surrender surrender when !node.View.Current.Networks.ContainsKey(surrender.Network):
                Sender.Tell(new BlocksGivenUp([]));
                break;
            case IToNetwork to when node.View.Current.Networks.ContainsKey(to.Network):
                Network(to.Network).Forward(to);
                break;
            case IToNetwork to:
                Sender.Tell(NotHere(to.Network));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Follow(Catalogue catalogue)
    {
        if (catalogue.Version < node.Boards.Catalogue.Current.Version)
            return;
        node.Boards.Catalogue.Current = catalogue;
        var attached = node.View.Current.Networks;
        foreach (var (id, entry) in catalogue.Networks)
        {
            if (!attached.ContainsKey(id) && !_removed.Contains(id) && !_waiting.ContainsKey(id))
                TryAttach(new(id, entry.Spec, entry.Created));
        }

        foreach (var id in attached.Keys.Where(catalogue.Networks.ContainsKey))
            Network(id).Tell(new CompareBlocks(id));

        foreach (var id in attached.Keys.Concat(_waiting.Keys).Distinct().ToList())
        {
            if (!catalogue.Networks.ContainsKey(id) && _since.GetValueOrDefault(id) <= catalogue.Version)
                Self.Tell(new Detach(id));
        }

        Context.System.EventStream.Publish(new CatalogueCompared(catalogue.Version));
    }

    private void TryAttach(Attach attach)
    {
        _waiting[attach.Network] = attach;
        Network(attach.Network).Tell(attach);
    }

    private void Attached(AttachResult result)
    {
        if (!_waiting.TryGetValue(result.Network, out var attach))
            return;
        if (node.View.Current.Networks.ContainsKey(result.Network))
        {
            NoLongerWaits(result.Network);
        }
        else if (result.Refusal is { } refusal && node.Boards.Waiting.Current.GetValueOrDefault(result.Network) != refusal)
        {
            _log.Warning("network {Name} waits: {Refusal}", attach.Spec.Name, refusal.Text);
            node.Boards.Waiting.Current = node.Boards.Waiting.Current.SetItem(result.Network, refusal);
        }
    }

    private void NoLongerWaits(NetworkId network)
    {
        _waiting.Remove(network);
        node.Boards.Waiting.Current = node.Boards.Waiting.Current.Remove(network);
    }

    /// <summary>Asked by whoever removed the network, and again by the catalogue that lacks it: done once, answered to all.</summary>
    private void DetachFrom(Detach detach, IActorRef asker)
    {
        _removed.Add(detach.Network);
        NoLongerWaits(detach.Network);
        if (_ending.Contains(detach.Network))
        {
            asker.Tell(new DetachResult(detach.Network)); // its actor is still to be found, but hears nothing any more
        }
        else if (_detaching.TryGetValue(detach.Network, out var askers))
        {
            askers.Add(asker);
        }
        else if (Context.Child(detach.Network.Value) is var child && !child.IsNobody())
        {
            _detaching[detach.Network] = [asker];
            child.Tell(detach);
        }
        else
        {
            asker.Tell(new DetachResult(detach.Network));
        }
    }

    private void Detached(DetachResult result)
    {
        if (!_detaching.Remove(result.Network, out var askers))
            return;
        foreach (var asker in askers)
            asker.Tell(result);
        if (node.View.Current.Networks.ContainsKey(result.Network))
            return;
        var child = Context.Child(result.Network.Value);
        _ending.Add(result.Network);
        Context.WatchWith(child, new NetworkEnded(result.Network));
        Context.Stop(child);
    }

    private void Look(KernelReport report)
    {
        if (_leaving)
            return;
        foreach (var waiting in _waiting.Values.Where(w => node.Boards.Waiting.Current.ContainsKey(w.Network)).ToList())
            TryAttach(waiting);
        var endpoints = node.View.Current.Endpoints;
        // what was handed over before the machine was started anew is in no namespace any more, wherever its path leads now
        var before = endpoints.Values.Where(e => e is { IsHandedOver: true, IsJoined: true } && e.Sandbox!.BootId != node.BootId).Select(e => e.Endpoint);
        foreach (var endpoint in report.Gone.Where(endpoints.ContainsKey).Concat(before))
            Self.Tell(new SandboxGone(endpoints[endpoint].Network, endpoint));
    }

    private Refusal NotHere(NetworkId network)
    {
        if (node.Boards.Waiting.Current.TryGetValue(network, out var why))
            return new(RefusalCodes.NetworkDegraded, $"the network is not attached on this host: {why.Text}");
        return _waiting.ContainsKey(network)
            ? new(RefusalCodes.NotReady, "this host has just heard of the network and is attaching it: ask again.")
            : new(RefusalCodes.NetworkUnknown, $"this host knows no network {network}.");
    }

    private IActorRef Network(NetworkId network)
    {
        var child = Context.Child(network.Value);
        return child.IsNobody()
            ? Context.ActorOf(Props.Create<HostNetworkActor>(node, network, neighbours), network.Value)
            : child;
    }

    private sealed record NetworkEnded(NetworkId Network) : INoSerializationVerificationNeeded;
}
