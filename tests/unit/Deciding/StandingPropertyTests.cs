using System.Diagnostics;
using System.Reflection;
using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;
using Xunit;

namespace IpvlanActors.Tests.Unit.Deciding;

/// <summary>What holds of every decider, whatever is asked of it and whatever has happened.</summary>
public class StandingPropertyTests
{
    [Fact]
    public void Asking_the_registry_twice_changes_nothing() => Idempotent<RegistryDecider, RegistryCommand, RegistryEvent, RegistryState>(Any.RegistryCommand);

    [Fact]
    public void Asking_a_network_twice_changes_nothing() => Idempotent<NetworkDecider, NetworkCommand, NetworkEvent, NetworkState>(Any.NetworkCommand, Honest);

    [Fact]
    public void Asking_a_host_s_part_twice_changes_nothing() => Idempotent<HostNetworkDecider, HostNetworkCommand, HostNetworkEvent, HostNetworkState>(Any.HostNetworkCommand);

    [Fact]
    public void Asking_an_endpoint_twice_changes_nothing() => Idempotent<EndpointDecider, EndpointCommand, EndpointEvent, EndpointState>(Any.EndpointCommand);

    [Fact]
    public void No_event_sequence_throws()
    {
        Total<RegistryDecider, RegistryCommand, RegistryEvent, RegistryState>(Any.RegistryEvent);
        Total<NetworkDecider, NetworkCommand, NetworkEvent, NetworkState>(Any.NetworkEvent);
        Total<HostNetworkDecider, HostNetworkCommand, HostNetworkEvent, HostNetworkState>(Any.HostNetworkEvent);
        Total<EndpointDecider, EndpointCommand, EndpointEvent, EndpointState>(Any.EndpointEvent);
        Total<HostDecider, HostCommand, HostEvent, HostState>(Any.HostEvent);
    }

    [Fact]
    public void No_two_holders_share_an_address() => Any.HostNetworkCommand.Array[1, 60].Sample(commands =>
    {
        var state = HostNetworkDecider.Initial;
        foreach (var command in commands)
        {
            state = Do<HostNetworkDecider, HostNetworkCommand, HostNetworkEvent, HostNetworkState>(state, command);
            var held = state.Holders.SelectMany(h => h.Value.Addresses).ToList();
            Assert.Equal(held.Count, held.Distinct().Count());
            Assert.Equal(state.Holders.Count, state.Holders.Select(h => h.Value.Name).Distinct().Count());
            foreach (var (endpoint, holder) in state.Holders)
            {
                Assert.All(holder.Addresses, a => Assert.True(state.BlockOf(a) is { } block
                    ? block.Value.Used[a] == endpoint && !block.Value.Lent.ContainsKey(a)
                    : state.Lost.Keys.Any(b => b.Contains(a))));
                Assert.InRange(holder.Addresses.Length, 1, 3);
                Assert.All(holder.Addresses, a => Assert.True(state.Spec!.SubnetOf(a) is { } s && s.IsUsable(a) && s.ReservedFor(a) is null));
            }

            Assert.Equal(held.Count(a => state.BlockOf(a) is not null), state.Blocks.Values.Sum(b => b.Used.Count));
            Assert.All(state.Blocks.Values, b => Assert.Empty(b.Used.Keys.Intersect(b.Resting.Keys)));
        }
    }, iter: 1000);

    [Fact]
    public void A_block_and_an_epoch_name_one_claim_for_ever() => Any.NetworkCommand.Array[1, 60].Sample(commands =>
    {
        var (state, claims, last) = (NetworkDecider.Initial, new HashSet<(Prefix, long)>(), 0L);
        foreach (var command in commands.Where(c => c is not AdoptBlocks)) // which takes epochs as others gave them
        {
            if (NetworkDecider.Decide(command, state) is not Decision<NetworkEvent>.Accepted accepted)
                continue;
            foreach (var claimed in accepted.Events.OfType<BlockClaimed>())
            {
                Assert.True(claims.Add((claimed.Block, claimed.Epoch)));
                Assert.True(claimed.Epoch > last);
                Assert.DoesNotContain(state.Owners, o => claimed.Block.Overlaps(o.Key) && (o.Key != claimed.Block || o.Value.Host != claimed.Owner));
                Assert.Contains(state.Spec!.Subnets, s => s.Prefix.Contains(claimed.Block));
                last = claimed.Epoch;
            }

            state = accepted.Events.Aggregate(state, NetworkDecider.Evolve);
            Assert.True(state.LastEpoch >= last);
            last = state.LastEpoch;
        }
    }, iter: 1000);

    [Fact]
    public void Names_and_subnets_are_unique_in_the_cluster() => Any.RegistryCommand.Array[1, 40].Sample(commands =>
    {
        var state = RegistryDecider.Initial;
        foreach (var command in commands)
            state = Do<RegistryDecider, RegistryCommand, RegistryEvent, RegistryState>(state, command);
        var subnets = state.Networks.Values.SelectMany(n => n.Subnets).Select(s => s.Prefix).ToList();
        Assert.All(subnets, s => Assert.Single(subnets, s.Overlaps));
        Assert.Equal(state.Networks.Count, state.Networks.Values.Select(n => n.Name).Distinct().Count());
    }, iter: 500);

    [Fact]
    public void Every_command_has_a_rule_and_every_event_an_effect()
    {
        Complete<RegistryDecider, RegistryCommand, RegistryEvent, RegistryState>(Any.RegistryCommand, Any.RegistryEvent);
        Complete<NetworkDecider, NetworkCommand, NetworkEvent, NetworkState>(Any.NetworkCommand, Any.NetworkEvent);
        Complete<HostNetworkDecider, HostNetworkCommand, HostNetworkEvent, HostNetworkState>(Any.HostNetworkCommand, Any.HostNetworkEvent);
        Complete<EndpointDecider, EndpointCommand, EndpointEvent, EndpointState>(Any.EndpointCommand, Any.EndpointEvent);
        Complete<HostDecider, HostCommand, HostEvent, HostState>(Any.HostCommand, Any.HostEvent);
    }

    /// <summary>A start of the host is not among them: it counts. Nor is a claim: asked again, its answer was lost, and it counts anew.</summary>
    private static void Idempotent<TDecider, TCommand, TEvent, TState>(Gen<TCommand> command, Func<TCommand, TState, TCommand>? honest = null)
        where TDecider : IDecider<TCommand, TEvent, TState> => command.Array[1, 30].Sample(commands =>
        {
            var state = TDecider.Initial;
            foreach (var asked in commands)
            {
                var c = honest is null ? asked : honest(asked, state);
                state = Do<TDecider, TCommand, TEvent, TState>(state, c);
                if (c is not ClaimBlock && TDecider.Decide(c, state) is Decision<TEvent>.Accepted again)
                    Assert.Empty(again.Events);
            }
        }, iter: 1000);

    /// <summary>A host holds no block that it was never given.</summary>
    private static NetworkCommand Honest(NetworkCommand command, NetworkState state) => command is ClaimBlock claim
        ? claim with { Held = [.. claim.Held.Intersect(state.OwnedBy(claim.Stamp.Host).Select(o => o.Block))] }
        : command;

    private static void Total<TDecider, TCommand, TEvent, TState>(Gen<TEvent> @event)
        where TDecider : IDecider<TCommand, TEvent, TState> =>
        @event.Array[0, 30].Sample(events => Assert.NotNull(events.Aggregate(TDecider.Initial, TDecider.Evolve)), iter: 1000);

    private static void Complete<TDecider, TCommand, TEvent, TState>(Gen<TCommand> command, Gen<TEvent> @event)
        where TDecider : IDecider<TCommand, TEvent, TState>
    {
        var (decided, evolved) = (new HashSet<Type>(), new HashSet<Type>());
        Gen.Select(@event.Array[0, 12], command, @event).Sample(
            (before, c, e) =>
            {
                var state = before.Aggregate(TDecider.Initial, TDecider.Evolve);
                try
                {
                    TDecider.Decide(c, state);
                }
                catch (Exception x) when (x is not UnreachableException)
                {
                    // of events in an order that no journal has: a name's first digits where there is no name
                }

                decided.Add(c!.GetType());
                if (!ReferenceEquals(state, TDecider.Evolve(state, e)))
                    evolved.Add(e!.GetType());
            },
            iter: 2000, threads: 1);
        Assert.Equal(Cases(typeof(TCommand)), decided.OrderBy(t => t.Name));
        Assert.Equal(Cases(typeof(TEvent)), evolved.OrderBy(t => t.Name));
    }

    private static TState Do<TDecider, TCommand, TEvent, TState>(TState state, TCommand command)
        where TDecider : IDecider<TCommand, TEvent, TState> =>
        TDecider.Decide(command, state) is Decision<TEvent>.Accepted accepted ? accepted.Events.Aggregate(state, TDecider.Evolve) : state;

    private static IEnumerable<Type> Cases(Type family) =>
        Assembly.GetAssembly(family)!.GetTypes().Where(t => t.BaseType == family).OrderBy(t => t.Name);
}
