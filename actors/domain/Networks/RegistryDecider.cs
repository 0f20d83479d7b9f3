using System.Collections.Immutable;
using System.Diagnostics;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Ipam;

namespace IpvlanActors.Domain.Networks;

/// <summary>The cluster as a whole: what no single network can know.</summary>
/// <param name="RetiredEvents">How many events the journals of removed networks hold in all, and how many are lost.</param>
/// <param name="Adopted">While the registry is doubted: up to which version what hosts have seen is in it. None: it is not.</param>
public sealed record RegistryState(
    ImmutableSortedDictionary<HostId, KnownHost> Hosts,
    ImmutableSortedDictionary<NetworkId, NetworkSpec> Networks,
    long RetiredEvents,
    long? Adopted = null)
{
    /// <summary>Hosts that were given up, and have not registered since: their blocks are taken from them.</summary>
    public ImmutableSortedSet<HostId> Forgotten { get; init; } = [];

    public bool IsDoubted => Adopted is not null;

    /// <summary>The last start of a host that is on record; 0: none.</summary>
    public long IncarnationOf(HostId host) => Hosts.GetValueOrDefault(host)?.Incarnation ?? 0;

    public KeyValuePair<NetworkId, NetworkSpec>? Named(string name)
    {
        foreach (var network in Networks)
        {
            if (network.Value.Name == name)
                return network;
        }

        return null;
    }
}

/// <summary>Unique names, subnets that never overlap, one mode per parent, default pools, known hosts.</summary>
public sealed class RegistryDecider : IDecider<RegistryCommand, RegistryEvent, RegistryState>
{
    private RegistryDecider()
    {
    }

    public static RegistryState Initial { get; } = new(
        ImmutableSortedDictionary<HostId, KnownHost>.Empty, ImmutableSortedDictionary<NetworkId, NetworkSpec>.Empty, 0);

    public static Decision<RegistryEvent> Decide(RegistryCommand command, RegistryState state) => command switch
    {
        RegisterHost c when state.Hosts.GetValueOrDefault(c.Stamp.Host) is { } known && known.Name == c.Name && known.Incarnation >= c.Incarnation => Accept(),
        RegisterHost c => Accept(new HostRegistered(c.Stamp, c.Stamp.Host, c.Name, Math.Max(c.Incarnation, state.IncarnationOf(c.Stamp.Host)))),

        DoubtRegistry when state.IsDoubted => Accept(),
        DoubtRegistry c => Accept(new RegistryDoubted(c.Stamp, c.Why, c.Version)),
        AdoptTestimony c when !(c.Version > state.Adopted) => Accept(),
        AdoptTestimony c => Accept(new TestimonyAdopted(c.Stamp, c.From, c.Version)),
        TrustRegistry when !state.IsDoubted => Accept(),
        TrustRegistry c => Accept(new RegistryTrusted(c.Stamp, Math.Max(0, state.Adopted!.Value + 1 - c.Version))),

        ForgetHost c when state.Hosts.ContainsKey(c.Id) => Accept(new HostForgotten(c.Stamp, c.Id)),
        ForgetHost => Accept(),

        ReserveNetwork c when state.Networks.ContainsKey(c.Network) => Accept(),
        ReserveNetwork c => Reserve(c, state),

        FreeNetworkName c when state.Networks.ContainsKey(c.Network) => Accept(new NetworkNameFreed(c.Stamp, c.Network, c.Events)),
        FreeNetworkName => Accept(),

        _ => throw new UnreachableException($"{command.GetType().Name} has no rule."),
    };

    public static RegistryState Evolve(RegistryState state, RegistryEvent @event) => @event switch
    {
        HostRegistered e => state with { Hosts = state.Hosts.SetItem(e.Id, new(e.Name, e.Incarnation)), Forgotten = state.Forgotten.Remove(e.Id) },
        RegistryDoubted e => state with { Adopted = Math.Max(state.Adopted ?? 0, e.Version) },
        TestimonyAdopted e => state with { Adopted = Math.Max(state.Adopted ?? 0, e.Version) },
        RegistryTrusted e => state with { Adopted = null, RetiredEvents = state.RetiredEvents + e.Lost },
        HostForgotten e => state with { Hosts = state.Hosts.Remove(e.Id), Forgotten = state.Forgotten.Add(e.Id) },
        NetworkNameReserved e => state with { Networks = state.Networks.SetItem(e.Network, e.Spec) },
        NetworkNameFreed e => state with
        {
            Networks = state.Networks.Remove(e.Network),
            RetiredEvents = state.RetiredEvents + e.Events,
        },
        _ => state,
    };

    private static Decision<RegistryEvent> Reserve(ReserveNetwork command, RegistryState state)
    {
        var spec = command.Spec;
        if (state.Named(spec.Name) is { } same)
            return Refuse(RefusalCodes.NetworkExists, $"network with name {spec.Name} already exists (id {same.Key.Short}): take another name, or remove that network first.");
        if (OverlappingSubnet(spec, state) is { } overlap)
            return Refuse(RefusalCodes.SubnetTaken, overlap);
        if (ParentConflict(spec, state) is { } conflict)
            return Refuse(RefusalCodes.ParentInUse, conflict);
        if (!spec.WantsDefaultSubnet)
            return Accept(new NetworkNameReserved(command.Stamp, command.Network, spec));

        var taken = state.Networks.Values.SelectMany(n => n.Subnets).Select(s => s.Prefix)
            .Concat(spec.Subnets.Select(s => s.Prefix)).Concat(command.Avoid);
        return DefaultPools.FirstFree([.. taken]) is { } pool
            ? Accept(new NetworkNameReserved(command.Stamp, command.Network, spec.WithDefaultSubnet(pool)))
            : Refuse(RefusalCodes.PoolsExhausted, "all predefined address pools are in use by networks, links or name servers: name a --subnet.");
    }

    private static string? OverlappingSubnet(NetworkSpec spec, RegistryState state)
    {
        foreach (var subnet in spec.Subnets)
        {
            foreach (var other in state.Networks.Values)
            {
                if (other.Subnets.FirstOrDefault(s => s.Prefix.Overlaps(subnet.Prefix)) is { } taken)
                {
                    return $"subnet {subnet.Prefix} overlaps {taken.Prefix} of network {other.Name}: " +
                        "addresses must be unique in the cluster, so take another prefix or remove that network first.";
                }
            }
        }

        return null;
    }

    /// <summary>
    /// Mode and flag belong to the parent in the kernel, and the last writer wins: a second network with other ones would
    /// silently switch all running containers of the first.
    /// </summary>
    private static string? ParentConflict(NetworkSpec spec, RegistryState state)
    {
        if (!IsOnHostLink(spec))
            return null;
        var other = state.Networks.Values.FirstOrDefault(n =>
            IsOnHostLink(n) && n.Parents.Name == spec.Parents.Name && (n.Mode != spec.Mode || n.Flag != spec.Flag));
        return other is null ? null : ParentRules.ModeConflict(spec, spec.Parents.Name, other);
    }

    private static bool IsOnHostLink(NetworkSpec spec) => spec is { IsIsolated: false, Parents: { InContainer: false, Name.Length: > 0 } };

    private static Decision<RegistryEvent> Accept(params ReadOnlySpan<RegistryEvent> events) => Outcome.Accept(events);

    private static Decision<RegistryEvent> Refuse(string code, string text) => Outcome.Refuse<RegistryEvent>(code, text);
}
