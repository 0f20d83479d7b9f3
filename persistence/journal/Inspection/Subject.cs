using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Journal.Inspection;

/// <summary>Whoever one persistence id is about, as far as its events have been read.</summary>
internal abstract class Subject
{
    public abstract object State { get; }

    /// <summary>Which subject an id belongs to; none of ours: null.</summary>
    public static Subject? Of(string persistenceId) => persistenceId switch
    {
        PersistenceIds.Host => new Decided<HostDecider, HostCommand, HostEvent, HostState>(),
        PersistenceIds.Registry => new Decided<RegistryDecider, RegistryCommand, RegistryEvent, RegistryState>(),
        _ when PersistenceIds.IsHostNetwork(persistenceId, out _) =>
            new Decided<HostNetworkDecider, HostNetworkCommand, HostNetworkEvent, HostNetworkState>(),
        _ when PersistenceIds.IsNetwork(persistenceId, out _) =>
            new Decided<NetworkDecider, NetworkCommand, NetworkEvent, NetworkState>(),
        _ when PersistenceIds.IsEndpoint(persistenceId, out _) =>
            new Decided<EndpointDecider, EndpointCommand, EndpointEvent, EndpointState>(),
        _ => null,
    };

    /// <returns>False: it is not an event of this subject's family, and changed nothing.</returns>
    public abstract bool Evolve(object @event);

    private sealed class Decided<TDecider, TCommand, TEvent, TState> : Subject
        where TDecider : IDecider<TCommand, TEvent, TState>
        where TState : class
    {
        private TState _state = TDecider.Initial;

        public override object State => _state;

        public override bool Evolve(object @event)
        {
            if (@event is not TEvent ours)
                return false;
            _state = TDecider.Evolve(_state, ours);
            return true;
        }
    }
}
