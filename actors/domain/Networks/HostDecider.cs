using System.Diagnostics;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>This host itself.</summary>
/// <param name="Journal">Which file on which machine its journal lies in; empty: never told.</param>
/// <param name="MustConfirm">The journal was copied, moved or restored: what happened on the host since that copy was made is
/// not in it, so it gives out no new address until the registry has been heard.</param>
public sealed record HostState(HostId? Id, long Incarnation, string BootId, string Journal = "", bool MustConfirm = false);

/// <summary>What can be asked of the host itself.</summary>
public abstract record HostCommand
{
    private protected HostCommand(Stamp stamp) => Stamp = stamp;

    public Stamp Stamp { get; }
}

/// <summary>The node starts; its stamp bears the host's id, a new one if the journal is empty.</summary>
/// <param name="Journal">Which file on which machine the journal lies in; empty: nobody knows.</param>
public sealed record StartHost(Stamp Stamp, string BootId, string Journal = "") : HostCommand(Stamp);

/// <summary>The registry has accepted this host, and its catalogue has been compared with the journal.</summary>
/// <param name="Incarnation">The least that counts as later than all that the registry has on record.</param>
public sealed record ConfirmHost(Stamp Stamp, long Incarnation) : HostCommand(Stamp);

public sealed class HostDecider : IDecider<HostCommand, HostEvent, HostState>
{
    private HostDecider()
    {
    }

    public static HostState Initial { get; } = new(null, 0, "");

    public static Decision<HostEvent> Decide(HostCommand command, HostState state) => (command, state) switch
    {
        (StartHost c, { Id: null }) => Outcome.Accept<HostEvent>(
            new HostBorn(c.Stamp, c.Stamp.Host), new HostStarted(c.Stamp, 1, c.BootId, c.Journal)),
        (StartHost c, _) => Outcome.Accept<HostEvent>(new HostStarted(c.Stamp, state.Incarnation + 1, c.BootId, c.Journal)),
        (ConfirmHost c, _) when !state.MustConfirm && c.Incarnation <= state.Incarnation => Outcome.Accept<HostEvent>(),
        (ConfirmHost c, _) => Outcome.Accept<HostEvent>(new HostConfirmed(c.Stamp, Math.Max(c.Incarnation, state.Incarnation))),
        _ => throw new UnreachableException($"{command.GetType().Name} has no rule."),
    };

    public static HostState Evolve(HostState state, HostEvent @event) => @event switch
    {
        HostBorn e => state with { Id = e.Id },
        HostStarted e => state with
        {
            Incarnation = e.Incarnation,
            BootId = e.BootId,
            Journal = e.Journal.Length > 0 ? e.Journal : state.Journal,
            MustConfirm = state.MustConfirm || (state.Journal.Length > 0 && e.Journal.Length > 0 && e.Journal != state.Journal),
        },
        HostConfirmed e => state with { Incarnation = Math.Max(state.Incarnation, e.Incarnation), MustConfirm = false },
        _ => state,
    };
}
