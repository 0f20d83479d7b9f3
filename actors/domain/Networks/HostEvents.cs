using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>What has happened to this host itself. Stored for ever: cases are added, never changed.</summary>
public abstract record HostEvent
{
    private protected HostEvent(Stamp stamp) => Stamp = stamp;

    public Stamp Stamp { get; }
}

/// <summary>The first event of a host journal: this is who it belongs to.</summary>
public sealed record HostBorn(Stamp Stamp, HostId Id) : HostEvent(Stamp);

/// <param name="Incarnation">Counts starts of the node, from 1.</param>
/// <param name="BootId">The kernel's boot id: another one means that no link and no namespace has survived.</param>
/// <param name="Journal">Which file on which machine the journal lies in: another one means that it was copied, moved or
/// restored. Empty: not told, as by older versions.</param>
public sealed record HostStarted(Stamp Stamp, long Incarnation, string BootId, string Journal = "") : HostEvent(Stamp);

/// <summary>The registry has said what this host owns, and the journal has been compared with it.</summary>
/// <param name="Incarnation">Counts on from here: higher than any that others have seen of this host.</param>
public sealed record HostConfirmed(Stamp Stamp, long Incarnation) : HostEvent(Stamp);
