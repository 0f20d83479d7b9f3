using System.Collections.Immutable;
using Akka.Actor;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Endpoints;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Telemetry;

namespace IpvlanActors.Runtime.Networks;

/// <summary>Joins: find addresses, claiming blocks where none is left, then let the endpoint join.</summary>
internal sealed partial class HostNetworkActor
{
    private static readonly TimeSpan RegistryPatience = TimeSpan.FromSeconds(20);
    private readonly Dictionary<BlockNeed, List<Action<Refusal?>>> _claims = [];

    private void JoinHere(Join join, IActorRef asker)
    {
        if (Decided.Parent is { Made: ParentKind.Container } parent)
            LookIntoSandbox(join, parent.Name, asker);
        else
            JoinBy(join, asker);
    }

    /// <summary>A parent that is a link of the container is looked for before anything else: without it nothing is to change.</summary>
    private void LookIntoSandbox(Join join, LinkName parent, IActorRef asker) =>
        Then(neighbours.Lanes.Look(join.Sandbox), sandbox =>
        {
            if (Decided.Spec is not { } spec)
            {
                asker.Tell(NotAttached);
                return;
            }

            var (link, refusal) = ParentRules.ChooseIn(sandbox, spec, parent, node.View.Current);
            if (link is null)
                asker.Tell(refusal!);
            else
                JoinBy(join with { Parent = link }, asker);
        }, e => asker.Tell(NoAnswer(e)));

    private void JoinBy(Join join, IActorRef asker)
    {
        var span = Spans.Start("allocate addresses", join.Trace);
        Allocate(
            exhausted => Allocation(join, exhausted), [],
            endpoint =>
            {
                span?.Dispose();
                LetJoin(join, endpoint, asker);
            },
            asker);
    }

    /// <param name="allocation">What to ask for, as things stand now; given the subnets that have no free block.</param>
    /// <param name="then">With the holder of the addresses; otherwise <paramref name="asker"/> hears why not.</param>
    private void Allocate(
        Func<ImmutableArray<Prefix>, AllocateAddresses> allocation, ImmutableArray<Prefix> exhausted, Action<EndpointId> then, IActorRef asker)
    {
        if (!Decided.IsAttached)
        {
            asker.Tell(NotAttached);
            return;
        }

        var allocate = allocation(exhausted);
        if (node.Boards.Fence is { } fence && !Decided.Holders.ContainsKey(allocate.Endpoint))
        {
            asker.Tell(fence);
            return;
        }

        if (AddressChoice.Need(allocate, Decided) is { } need)
        {
            Claim(need, refusal => Claimed(allocation, exhausted, need, refusal, then, asker));
            return;
        }

        Decide(allocate, refusal =>
        {
            node.CrashPoint("endpoint-join.allocated");
            if (refusal is null)
                then(allocate.Endpoint);
            else
                asker.Tell(refusal);
            ClaimAhead();
        });
    }

    private static Refusal NotAttached =>
        new(RefusalCodes.NetworkDegraded, "the network is not attached on this host; ipvlanctl network inspect says why.");

    /// <summary>An endpoint of that name keeps its id and addresses; deciding for it writes nothing, but waits for what is being written.</summary>
    private AllocateAddresses Allocation(Join join, ImmutableArray<Prefix> exhausted) => new(
        node.Now(), Decided.HolderNamed(join.Name) ?? join.Endpoint, join.Name, join.Wishes,
        HostAddresses, exhausted, node.Rest)
    {
        MustBeNew = join.MustBeNew,
    };

    /// <summary>As the last pass saw them. A container with the host's own address would never be noticed: the kernel says nothing.</summary>
    private ImmutableArray<Ip> HostAddresses => [.. node.Boards.Kernel.Current.Observed.Addresses.Select(a => a.Address.Address)];

    private void Claimed(
        Func<ImmutableArray<Prefix>, AllocateAddresses> allocation, ImmutableArray<Prefix> exhausted, BlockNeed need, Refusal? refusal,
        Action<EndpointId> then, IActorRef asker)
    {
        switch (refusal?.Code)
        {
            case null:
                Allocate(allocation, exhausted, then, asker);
                break;
            case RefusalCodes.AddressesExhausted when need.Wanted is null && !exhausted.Contains(need.Subnet):
                Allocate(allocation, exhausted.Add(need.Subnet), then, asker);
                break;
            default:
                asker.Tell(refusal);
                break;
        }
    }

    private void LetJoin(Join join, EndpointId endpoint, IActorRef asker)
    {
        var addresses = State.AddressesOf(endpoint);
        var unmet = join.Wishes.Where(w => !w.IsDefault && !addresses.Any(a => w.Contains(a.Address))).ToList();
        if (unmet.Count > 0)
        {
            asker.Tell(new Refusal(RefusalCodes.EndpointExists,
                $"endpoint {join.Name} exists with {string.Join(", ", addresses)}, not {string.Join(", ", unmet.Select(AddressWishes.Words))}: remove it first, or take another name."));
            return;
        }

        var command = new JoinEndpoint(node.Now(), endpoint, network, join.Name, addresses, join.Sandbox, join.Interface) { Routes = join.Routes, Parent = join.Parent };
        ToEndpoint(endpoint, new JoinAt(command) { Trace = join.Trace }, asker);
    }

    /// <summary>One claim at a time for what many wait for.</summary>
    private void Claim(BlockNeed need, Action<Refusal?> then)
    {
        if (_claims.TryGetValue(need, out var waiting))
        {
            waiting.Add(then);
            return;
        }

        _claims[need] = [then];
        var request = new ClaimBlockRequest(node.Now(), network, need.Subnet, need.Wanted, [.. Decided.Blocks.Keys], Decided.LastEpoch);
        var asked = node.Clock.GetTimestamp();
        Then(
            neighbours.Registry.Ask<object>(request, RegistryPatience),
            reply => Answered(need, node.Clock.GetElapsedTime(asked) < BlockRest.AnswerLife ? reply : new TimeoutException("its answer came late")),
            e => Claimed(need, Unreachable(e)));
    }

    private void Answered(BlockNeed need, object reply)
    {
        switch (reply)
        {
            case BlockGranted granted:
                node.CrashPoint("endpoint-join.granted");
                Together(() =>
                {
                    if (Decide(new ReceiveBlock(node.Now(), granted.Block, granted.Epoch), refusal => Received(need, granted, refusal)))
                        Claimed(need, null); // whoever waits for it allocates by the same write
                });
                break;
            case RegistryRefused refused:
                Claimed(need, refused.Reason);
                break;
            default: // a block that was granted so long ago may be another's by now
                Claimed(need, Unreachable(reply as Exception ?? new InvalidOperationException($"unexpected {reply.GetType().Name}")));
                break;
        }
    }

    private void Received(BlockNeed need, BlockGranted granted, Refusal? refusal)
    {
        if (refusal is not null)
            Claimed(need, refusal);
        Compare(); // a catalogue may have come between the grant and this
        if (refusal is null && Decided.Spec is { IsRouted: true })
            neighbours.Reconciler.Tell(new Kernel.GuardBlock(granted.Block));
    }

    private void Claimed(BlockNeed need, Refusal? refusal)
    {
        if (!_claims.Remove(need, out var waiting))
            return;
        foreach (var then in waiting)
            then(refusal);
    }

    private static Refusal Unreachable(Exception e) => new(RefusalCodes.RegistryUnreachable,
        $"the registry did not answer in {RegistryPatience.TotalSeconds} s ({e.Message}), and this host has no free address of its own: see ipvlanctl cluster status, then ask again.");
}
