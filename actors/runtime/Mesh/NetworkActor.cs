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
internal sealed partial class NetworkActor(NodeContext node, NetworkId network, IHostDirectory hosts)
    : DeciderActor<NetworkDecider, NetworkCommand, NetworkEvent, NetworkState>(PersistenceIds.Network(network))
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private bool _removing;

    protected override void OnRecover(object message)
    {
        base.OnRecover(message);
        if (message is not RecoveryCompleted)
            return;
        TellRegistry();
        if (State.Loans.Values.Any(l => !l.Agreed))
            Decide(new CloseOffers(node.Now()), _ => TellRegistry());
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
                Adopt(adopt.Witness, entry, adopt.IsLater);
                break;
            case AdoptNetwork:
                Fall();
                break;
            case LoanAnswered answered:
                Lend(answered);
                break;
            case ReleaseBlocksRequest release:
                Release(release, Sender);
                break;
            case TakeFrom take:
                Take(take, Sender);
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

        var claim = new ClaimBlock(Timed(request.Stamp), request.Subnet, request.Wanted, request.Held, node.BlockRest, request.Seen);
        if (Decided.LenderFor(claim) is not null)
            Borrow(claim, asker);
        else
            Decide(claim, refusal => Answer(claim, refusal, asker));
    }

    private void Answer(ClaimBlock claim, Refusal? refusal, IActorRef asker)
    {
        if (refusal is not null)
        {
            asker.Tell(new RegistryRefused(refusal));
            return;
        }

        node.CrashPoint("block-claim.journaled");
        TellRegistry();
        asker.Tell(State.GrantFor(claim) is { } granted
            ? new BlockGranted(network, granted.Block, granted.Epoch)
            : Refuse(RefusalCodes.NotReady, "what was granted has been given back since: ask again."));
    }

    private void Release(ReleaseBlocksRequest request, IActorRef asker) =>
        Decide(new ReleaseBlocks(Timed(request.Stamp), request.Claims), _ =>
        {
            node.CrashPoint("block-release.released");
            TellRegistry();
            asker.Tell(new BlocksReleased(network));
        });

    private void Take(TakeFrom take, IActorRef asker) =>
        Decide(new TakeBlocks(Timed(take.Stamp), take.Host), _ =>
        {
            node.CrashPoint("host-forget.taken");
            TellRegistry();
            asker.Tell(Done.Instance);
        });

    /// <summary>How long blocks rest is told by one clock, and no asker's.</summary>
    private Stamp Timed(Stamp stamp) => new(node.Now().At, stamp.Host);

    /// <summary>What a host has seen and this journal, which was restored from a copy, may lack.</summary>
    private void Adopt(HostId witness, CatalogueEntry entry, bool isLater)
    {
        var now = node.Now();
        Decide(new CreateNetwork(new(entry.Created, now.Host), network, entry.Spec), _ => { });
        Decide(new AdoptBlocks(new(now.At, witness), entry.Blocks, entry.LastEpoch, isLater), _ =>
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
        var owners = State.Owners.Values.Select(o => o.Host).Distinct().ToImmutableArray();
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
        var refused = replies.FirstOrDefault(r => r.Refusal is not null);
        foreach (var reply in replies.Where(r => r.Refusal is null))
        {
            // the network goes: what is a host's without its knowledge goes as well; it stays: only what the host gave up
            var claims = refused is null ? [.. State.OwnedBy(reply.Host)] : reply.Claims;
            Decide(new ReleaseBlocks(Timed(new(request.Stamp.At, reply.Host)), claims), _ => TellRegistry());
        }

        if (refused is not null)
        {
            _removing = false;
            Decide(new ReleaseBlocks(request.Stamp, []), _ => asker.Tell(new RegistryRefused(refused.Refusal!))); // after what was released
            return;
        }

        Decide(new RemoveNetwork(request.Stamp), refusal =>
        {
            node.CrashPoint("network-rm.removed");
            TellRegistry();
            _removing = refusal is null;
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

/// <summary>From the registry to a network: whatever the host has is its own no more. Answered by <see cref="Done"/>.</summary>
/// <param name="Stamp">By the host itself, if it gave everything up.</param>
internal sealed record TakeFrom(Stamp Stamp, HostId Host) : INoSerializationVerificationNeeded;

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
