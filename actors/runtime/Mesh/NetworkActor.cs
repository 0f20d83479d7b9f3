using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.EventSourcing;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>From a network to the registry: what it is now, and how many events that took.</summary>
internal sealed record NetworkChanged(NetworkId Network, NetworkState State, long Events) : INoSerializationVerificationNeeded;

/// <summary>
/// One network, cluster-wide. It alone says which host owns which block, one claim after the other. It goes only when
/// every host that owns a block has journaled that it gives out no address of it any more.
/// </summary>
internal sealed class NetworkActor(NodeContext node, NetworkId network, IHostDirectory hosts)
    : DeciderActor<NetworkDecider, NetworkCommand, NetworkEvent, NetworkState>(PersistenceIds.Network(network))
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private bool _removing;

    protected override void OnRecover(object message)
    {
        base.OnRecover(message);
        if (message is RecoveryCompleted)
            TellRegistry();
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Surrendered surrendered:
                Surrender(surrendered);
                break;
            case CreateNetworkRequest create:
                Create(create, Sender);
                break;
            case ClaimBlockRequest claim:
                Claim(claim, Sender);
                break;
            case AdoptNetwork { Entry: { } entry } adopt:
                Adopt(entry, adopt.IsLater);
                break;
            case AdoptNetwork:
                Fall();
                break;
            case RemoveNetworkRequest remove:
                Remove(remove, Sender);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Answers the registry, which knows the version that the asker is to hear.</summary>
    private void Create(CreateNetworkRequest request, IActorRef asker) =>
        Decide(new CreateNetwork(request.Stamp, network, request.Spec), _ =>
        {
            node.CrashPoint("network-create.created");
            TellRegistry();
            Context.Parent.Tell(new NetworkStands(network, asker));
        });

    private void Claim(ClaimBlockRequest request, IActorRef asker)
    {
        if (_removing)
        {
            asker.Tell(Refuse(RefusalCodes.NetworkRemoving, "the network is being removed."));
            return;
        }

        var claim = new ClaimBlock(request.Stamp, request.Subnet, request.Wanted, request.Held);
        Decide(claim, refusal =>
        {
            if (refusal is not null)
            {
                asker.Tell(new RegistryRefused(refusal));
                return;
            }

            TellRegistry();
            var block = State.UnknownTo(claim) ?? State.Blocks.Keys.First(b => request.Wanted is { } wanted && b.Contains(wanted));
            asker.Tell(new BlockGranted(network, block, State.Blocks[block].Epoch));
        });
    }

    /// <summary>What a host has seen and this journal, which was restored from a copy, may lack.</summary>
    private void Adopt(CatalogueEntry entry, bool isLater)
    {
        var now = node.Now();
        Decide(new CreateNetwork(new(entry.Created, now.Host), network, entry.Spec), _ => { });
        Decide(new AdoptBlocks(now, entry.Blocks, entry.LastEpoch, isLater), _ =>
        {
            TellRegistry();
            Context.Parent.Tell(new NetworkAdopted(network));
        });
    }

    /// <summary>It was removed in a later history than this journal has, so nobody holds anything of it.</summary>
    private void Fall()
    {
        var now = node.Now();
        Decide(new AdoptBlocks(now, NetworkDecider.Initial.Blocks, Decided.LastEpoch, IsLater: true), _ => { });
        Decide(new RemoveNetwork(now), _ =>
        {
            TellRegistry();
            Context.Parent.Tell(new NetworkFell(network, LastSequenceNr, ActorRefs.Nobody));
        });
    }

    private void Remove(RemoveNetworkRequest request, IActorRef asker)
    {
        if (_removing)
        {
            asker.Tell(Refuse(RefusalCodes.NetworkRemoving, "the network is being removed already."));
            return;
        }

        _removing = true;
        var owners = State.Blocks.Values.Select(o => o.Host).Distinct().ToImmutableArray();
        Task.WhenAll(owners.Select(AskToSurrender))
            .PipeTo(Self, success: replies => new Surrendered(request, asker, [.. replies]));
    }

    private async Task<BlocksSurrendered> AskToSurrender(HostId host)
    {
        if (hosts.Find(host) is not { } node)
            return new(network, host, Unreachable(host));
        try
        {
            return await node.Ask<BlocksSurrendered>(new SurrenderRequest(network), Patience);
        }
        catch (Exception e) when (e is AskTimeoutException or TaskCanceledException)
        {
            return new(network, host, Unreachable(host));
        }
    }

    private void Surrender(Surrendered surrendered)
    {
        var (request, asker, replies) = surrendered;
        foreach (var reply in replies.Where(r => r.Refusal is null))
        {
            var blocks = State.OwnedBy(reply.Host).ToImmutableArray();
            Decide(new ReleaseBlocks(new(request.Stamp.At, reply.Host), blocks), _ => TellRegistry());
        }

        if (replies.FirstOrDefault(r => r.Refusal is not null) is { } refused)
        {
            _removing = false;
            Decide(new ReleaseBlocks(request.Stamp, []), _ => asker.Tell(new RegistryRefused(refused.Refusal!))); // after what was released
            return;
        }

        Decide(new RemoveNetwork(request.Stamp), refusal =>
        {
            node.CrashPoint("network-rm.removed");
            TellRegistry();
            if (refusal is null)
                Context.Parent.Tell(new NetworkFell(network, LastSequenceNr, asker));
            else
                asker.Tell(new RegistryRefused(refusal));
        });
    }

    private void TellRegistry() => Context.Parent.Tell(new NetworkChanged(network, State, LastSequenceNr));

    private static Refusal Unreachable(HostId host) => new(RefusalCodes.HostUnreachable,
        $"host {host} owns addresses of the network and cannot be reached, so nobody knows whether they are in use: bring it back, or ipvlanctl cluster forget it.");

    private static RegistryRefused Refuse(string code, string text) => new(new Refusal(code, text));

    private sealed record Surrendered(RemoveNetworkRequest Request, IActorRef Asker, ImmutableArray<BlocksSurrendered> Replies)
        : INoSerializationVerificationNeeded;
}

/// <summary>From a network to the registry: it is journaled; let the asker know.</summary>
internal sealed record NetworkStands(NetworkId Network, IActorRef Asker) : INoSerializationVerificationNeeded;

/// <summary>From a network to the registry: it is no more; free its name, and let the asker know.</summary>
internal sealed record NetworkFell(NetworkId Network, long Events, IActorRef Asker) : INoSerializationVerificationNeeded;

/// <summary>Where to reach a host's node.</summary>
public interface IHostDirectory
{
    /// <returns>None: the host is not a member of the cluster now.</returns>
    ICanTell? Find(HostId host);

    /// <param name="asker">Where somebody says that it is the host.</param>
    /// <param name="mustConfirm">It says so on a journal that was copied, moved or restored.</param>
    /// <returns>Where another member says the same, and is to be believed more; null: nowhere.</returns>
    Address? OtherOf(HostId host, Address asker, bool mustConfirm);
}
