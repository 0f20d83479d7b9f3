using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Kernel;

/// <summary>Where a route to a peer leads: the peer's address, and the link of this host that it is on.</summary>
public readonly record struct Hop(Ip Address, LinkName Link)
{
    /// <summary>None for a route that leads nowhere, or straight to a link.</summary>
    public static Hop? Of(Route? route) => route is { NextHop: { } address, Device: { } link } ? new(address, link) : null;

    public override string ToString() => $"{Address} dev {Link}";
}

/// <summary>
/// What the kernel's own resolution (ARP, neighbour discovery) says of a hop. The other host's kernel answers it whatever
/// becomes of the daemon there.
/// </summary>
public enum NeighbourState : byte
{
    /// <summary>It knows nothing of it, or nothing that is proven: no entry, NUD_STALE, NUD_DELAY.</summary>
    Unproven,

    /// <summary>NUD_REACHABLE: it answered lately.</summary>
    Reachable,

    /// <summary>NUD_INCOMPLETE, NUD_PROBE: it has been asked and has not answered yet.</summary>
    Asked,

    /// <summary>NUD_FAILED: it did not answer; packets to it are dropped.</summary>
    Failed,

    /// <summary>NUD_PERMANENT, NUD_NOARP: an operator says where it is, or this kind of link asks nobody.</summary>
    Fixed,
}
