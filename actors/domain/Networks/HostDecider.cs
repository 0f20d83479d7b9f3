using System.Diagnostics;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>This host itself.</summary>
public sealed record HostState(HostId? Id, long Incarnation, string BootId);

/// <summary>What can be asked of the host itself.</summary>
public abstract record HostCommand
{
    private protected HostCommand(Stamp stamp) => Stamp = stamp;

    public Stamp Stamp { get; }
}

/// <summary>The node starts; its stamp bears the host's id, a new one if the journal is empty.</summary>
public sealed record StartHost(Stamp Stamp, string BootId) : HostCommand(Stamp);

public sealed class HostDecider : IDecider<HostCommand, HostEvent, HostState>
{
    private HostDecider()
    {
    }

    public static HostState Initial { get; } = new(null, 0, "");

    public static Decision<HostEvent> Decide(HostCommand command, HostState state) => (command, state) switch
    {
        (StartHost c, { Id: null }) => Outcome.Accept<HostEvent>(
            new HostBorn(c.Stamp, c.Stamp.Host), new HostStarted(c.Stamp, 1, c.BootId)),
        (StartHost c, _) => Outcome.Accept<HostEvent>(new HostStarted(c.Stamp, state.Incarnation + 1, c.BootId)),
        _ => throw new UnreachableException($"{command.GetType().Name} has no rule."),
    };

    public static HostState Evolve(HostState state, HostEvent @event) => @event switch
    {
        HostBorn e => state with { Id = e.Id },
        HostStarted e => state with { Incarnation = e.Incarnation, BootId = e.BootId },
        _ => state,
    };
}
