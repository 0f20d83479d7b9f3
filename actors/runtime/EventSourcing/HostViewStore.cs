using System.Collections.Immutable;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime.EventSourcing;

/// <summary>
/// Holds the <see cref="HostView"/>: each shell folds in what it persisted before it tells anybody, everybody reads. A plain
/// object, not an actor, so that whoever acts on an event finds it in the view already, whatever the order of messages.
/// </summary>
public sealed class HostViewStore(HostView loaded)
{
    private HostView _current = loaded;

    public HostView Current => Volatile.Read(ref _current);

    public void Apply(string persistenceId, object @event) =>
        ImmutableInterlocked.Update(ref _current, static (view, e) => view.Apply(e.persistenceId, e.@event), (persistenceId, @event));
}
