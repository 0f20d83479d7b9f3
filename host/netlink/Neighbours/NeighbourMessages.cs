using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Uapi;
using IpvlanActors.Netlink.Wire;

namespace IpvlanActors.Netlink.Neighbours;

/// <summary>An entry of the kernel's neighbour table as RTM_NEWNEIGH tells of it.</summary>
/// <param name="Nud">NUD_* flags; one of them, or none for an entry that is just being made.</param>
internal readonly record struct NeighbourReply(int LinkIndex, Ip Address, ushort Nud)
{
    public NeighbourState State => Nud switch
    {
        Neigh.NUD_REACHABLE => NeighbourState.Reachable,
        Neigh.NUD_INCOMPLETE or Neigh.NUD_PROBE => NeighbourState.Asked,
        Neigh.NUD_FAILED => NeighbourState.Failed,
        Neigh.NUD_PERMANENT or Neigh.NUD_NOARP => NeighbourState.Fixed,
        _ => NeighbourState.Unproven,
    };

    /// <summary>The kernel takes it for known, and would find out only seconds after somebody uses it.</summary>
    public bool IsTakenForKnown => Nud is Neigh.NUD_REACHABLE or Neigh.NUD_STALE or Neigh.NUD_DELAY;
}

/// <summary>RTM_*NEIGH: ARP's and neighbour discovery's table.</summary>
internal static class NeighbourMessages
{
    /// <summary>One entry, by address and link.</summary>
    public static void Get(ref NetlinkWriter writer, uint sequence, int index, Ip address) =>
        Write(ref writer, (Rtnetlink.RTM_GETNEIGH, sequence), index, address, 0);

    /// <summary>
    /// Makes the kernel ask at once whether an entry still holds. Neither made anew (no NLM_F_CREATE) nor given another
    /// link address (none is named): only its state changes, to one that the kernel itself would take it to.
    /// </summary>
    public static void Verify(ref NetlinkWriter writer, uint sequence, int index, Ip address) =>
        Write(ref writer, (Rtnetlink.RTM_NEWNEIGH, sequence), index, address, Neigh.NUD_PROBE);

    public static bool TryParse(NetlinkMessage message, out NeighbourReply neighbour)
    {
        neighbour = default;
        if (message.Type != Rtnetlink.RTM_NEWNEIGH || !message.TryHeader(out ndmsg header, out var attributes))
            return false;
        while (attributes.Next(out var attribute))
        {
            if (attribute.Type != Neigh.NDA_DST || attribute.Address is not { } address || (byte)address.Family != header.ndm_family)
                continue;
            neighbour = new(header.ndm_ifindex, address, header.ndm_state);
            return true;
        }

        return false;
    }

    private static void Write(ref NetlinkWriter writer, (ushort Type, uint Sequence) what, int index, Ip address, ushort state)
    {
        writer.Begin(what.Type, 0, what.Sequence);
        writer.Header(new ndmsg { ndm_family = (byte)address.Family, ndm_ifindex = index, ndm_state = state });
        writer.Address(Neigh.NDA_DST, address);
        writer.End();
    }
}
