using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Networks;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

/// <summary>One host's part of one network, driven command by command.</summary>
internal sealed class HostNetworkScene
{
    private long _epoch;

    public HostNetworkScene(NetworkSpec spec, ParentLink? parent = null)
    {
        Spec = spec;
        Do(new AttachNetwork(At(), Network('1'), spec, parent ?? ParentLink.Given(Link("eth0")), Noon));
    }

    public NetworkSpec Spec { get; }

    public HostNetworkState State { get; private set; } = HostNetworkDecider.Initial;

    public ImmutableArray<Ip> Avoid { get; set; } = [];

    public ImmutableArray<Prefix> Exhausted { get; set; } = [];

    /// <summary>Seconds since noon.</summary>
    public double Now { get; set; }

    public Decision<HostNetworkEvent> Try(HostNetworkCommand command) => HostNetworkDecider.Decide(command, State);

    public HostNetworkEvent[] Do(HostNetworkCommand command)
    {
        var events = Accepted(Try(command));
        State = events.Aggregate(State, HostNetworkDecider.Evolve);
        return events;
    }

    public HostNetworkScene With(params string[] blocks)
    {
        foreach (var block in blocks)
            Do(new ReceiveBlock(At(Now), P(block), ++_epoch));
        return this;
    }

    /// <summary>The first block of each subnet, and the blocks of what the tests ask for by name.</summary>
    public HostNetworkScene WithAllBlocks()
    {
        foreach (var subnet in Spec.Subnets)
            Do(new ReceiveBlock(At(Now), BlockPlan.FirstFree(subnet, Spec.Settings, _ => false)!.Value, ++_epoch));
        return this;
    }

    public AllocateAddresses Asked(char endpoint, string wanted4 = "", string wanted6 = "", string? name = null) => new(
        At(Now), Endpoint(endpoint), name ?? $"web-{endpoint}", AddressWishes.OfEachFamily(Wanted(wanted4), Wanted(wanted6)), Avoid, Exhausted, TimeSpan.FromSeconds(30));

    /// <summary>Allocates, claiming the blocks that it needs; the addresses, as the container would show them.</summary>
    public IEnumerable<string> Allocate(char endpoint, string wanted4 = "", string wanted6 = "")
    {
        while (AddressChoice.Need(Asked(endpoint, wanted4, wanted6), State) is { Wanted: { } wanted })
            Do(new ReceiveBlock(At(Now), BlockPlan.BlockOf(wanted, Spec.SubnetOf(wanted)!, Spec.Settings), ++_epoch));
        Do(Asked(endpoint, wanted4, wanted6));
        return State.AddressesOf(Endpoint(endpoint)).Select(a => a.ToString());
    }

    public Decision<HostNetworkEvent> TryAllocate(char endpoint, string wanted4 = "", string wanted6 = "", string? name = null) =>
        Try(Asked(endpoint, wanted4, wanted6, name));

    public void Release(char endpoint) => Do(new ReleaseAddresses(At(Now), Endpoint(endpoint)));

    public BlockNeed? Need(char endpoint, string wanted4 = "", string wanted6 = "") =>
        AddressChoice.Need(Asked(endpoint, wanted4, wanted6), State);

    private static Ip? Wanted(string text) => text.Length == 0 ? null : I(text);
}
