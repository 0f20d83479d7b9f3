using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Mesh;

namespace IpvlanActors.Runtime.Networks;

/// <summary>What the registry says of this host's blocks, and what goes back to it or to another host.</summary>
internal sealed partial class HostNetworkActor
{
    private CatalogueEntry? Entry => node.Boards.Catalogue.Current.Networks.GetValueOrDefault(network);

    private ComparedBlocks _compared = ComparedBlocks.Never;

    private void Compare()
    {
        if (!Decided.IsAttached || Entry is not { } entry)
            return;
        var doubtful = _compared.Doubtful(Decided, entry);
        _compared = ComparedBlocks.After(node.Host, Decided, entry, doubtful);
        foreach (var command in node.CheckBlocks(node.Now(), Decided, entry, doubtful))
        {
            if (command is LoseBlock lose)
                Decide(lose, _ => Lost(lose));
            else
                Decide(command, static _ => { });
        }

        FenceEndpoints();
        ReleaseUnheld(entry, doubtful);
    }

    private void Lost(LoseBlock lose)
    {
        node.CrashPoint("block-lost.journaled");
        Log.Error("fenced: the registry took {Block} of network {Network} from this host (its claim of epoch {Epoch} is over): no address of it is given out here, and endpoints that hold one lose their links",
            lose.Block, State.Spec?.Name, lose.Epoch);
        FenceEndpoints();
        neighbours.Reconciler.Tell(new Reconcile(WithSandboxes: true));
    }

    /// <summary>The kernel first: another host may have such an address already.</summary>
    private void FenceEndpoints()
    {
        if (State.Lost.IsEmpty)
            return;
        foreach (var endpoint in node.View.Current.EndpointsOf(network).Where(e => e.IsJoined && !State.Owns(e.Addresses)).ToList())
            ToEndpoint(endpoint.Endpoint, new FenceEndpoint(network, endpoint.Endpoint), ActorRefs.Nobody);
    }

    /// <summary>
    /// While a claim is under way, what the registry has for us may be its answer; and a host on a copied journal does not
    /// know what it holds, or speaks for another.
    /// </summary>
    private void ReleaseUnheld(CatalogueEntry entry, IEnumerable<Prefix> doubtful)
    {
        if (_claims.Count > 0 || node.Boards.Fence is not null)
            return;
        Release(BlockCheck.Unheld(node.Host, Decided, entry, doubtful));
    }

    /// <summary>An answer that does not come is no matter: the next catalogue that has them still asks again.</summary>
    private void Release(ImmutableArray<Claim> claims)
    {
        if (claims.IsEmpty)
            return;
        Log.Info("giving {Blocks} of network {Network} back", string.Join(", ", claims.Select(c => c.Block)), State.Spec?.Name);
        neighbours.Registry.Tell(new ReleaseBlocksRequest(node.Now(), network, claims), ActorRefs.Nobody);
    }

    private void LendOut(Lend lend, IActorRef asker)
    {
        if (node.Boards.Fence is { } fence)
        {
            asker.Tell(fence);
            return;
        }

        Decide(new LendOutAddress(node.Now(), lend.Address, lend.To, lend.Epoch, HostAddresses), refusal =>
        {
            node.CrashPoint("loan.lent-out");
            asker.Tell((object?)refusal ?? Done.Instance);
            Compare(); // the request may have been on its way until its loan was over
        });
    }

    private void SurrenderAll(IActorRef asker)
    {
        if (ClaimUnderWay() is { } busy)
        {
            asker.Tell(busy);
            return;
        }

        ImmutableArray<Claim> claims = [.. Decided.Blocks.Select(b => new Claim(b.Key, b.Value.Epoch))];
        Decide(new SurrenderBlocks(node.Now()), refusal =>
        {
            node.CrashPoint("network-rm.surrendered");
            asker.Tell((object?)refusal ?? new BlocksGivenUp(claims));
        });
    }

    private void DepartFrom(IActorRef asker)
    {
        if (ClaimUnderWay() is { } busy)
        {
            asker.Tell(busy);
            return;
        }

        Decide(new DetachNetwork(node.Now()), refusal =>
        {
            node.CrashPoint("cluster-leave.surrendered");
            if (refusal is not null)
                asker.Tell(refusal);
            else
                Then(neighbours.Reconciler.Ask<KernelReport>(new Reconcile(WithSandboxes: false), Patience), _ => asker.Tell(Done.Instance), _ => asker.Tell(Done.Instance));
        });
    }

    /// <summary>A block that is on its way here would be ours after we said that we have none.</summary>
    private Refusal? ClaimUnderWay() => _claims.Count == 0
        ? null
        : new(RefusalCodes.NetworkInUse, $"host {node.Host} is just claiming addresses of the network for an endpoint: ask again in a few seconds.");
}
