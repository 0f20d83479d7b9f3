using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;

namespace IpvlanActors.Domain.Networks;

/// <summary>
/// The fold of every event of this host: what the reconciler, lists and pages read. Filled at start by one scan of the
/// journal, then by each event as it is persisted.
/// </summary>
/// <param name="Events">How many events of this host it is made of.</param>
public sealed record HostView(
    HostState Host,
    ImmutableSortedDictionary<NetworkId, HostNetworkState> Networks,
    ImmutableDictionary<EndpointId, EndpointState> Endpoints,
    long Events)
{
    public static HostView Empty { get; } = new(
        HostDecider.Initial, ImmutableSortedDictionary<NetworkId, HostNetworkState>.Empty, [], 0);

    /// <summary>Takes in one event. Those of others (the registry and its networks share the file) change nothing.</summary>
    public HostView Apply(string persistenceId, object @event) => @event switch
    {
        HostEvent e => Count() with { Host = HostDecider.Evolve(Host, e) },
        HostNetworkEvent e when PersistenceIds.IsHostNetwork(persistenceId, out var network) => ApplyTo(network, e),
        EndpointEvent e when PersistenceIds.IsEndpoint(persistenceId, out var endpoint) => ApplyTo(endpoint, e),
        _ => this,
    };

    public IEnumerable<EndpointState> EndpointsOf(NetworkId network) => Endpoints.Values.Where(e => e.Network == network);

    private HostView Count() => this with { Events = Events + 1 };

    private HostView ApplyTo(NetworkId network, HostNetworkEvent e)
    {
        var state = HostNetworkDecider.Evolve(Networks.GetValueOrDefault(network, HostNetworkDecider.Initial), e);
        return Count() with { Networks = state.IsAttached ? Networks.SetItem(network, state) : Networks.Remove(network) };
    }

    private HostView ApplyTo(EndpointId endpoint, EndpointEvent e)
    {
        var state = EndpointDecider.Evolve(Endpoints.GetValueOrDefault(endpoint, EndpointDecider.Initial), e);
        return Count() with { Endpoints = state.Exists ? Endpoints.SetItem(endpoint, state) : Endpoints.Remove(endpoint) };
    }
}
