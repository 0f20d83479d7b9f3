using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Sockets;

namespace IpvlanActors.Netlink.Neighbours;

/// <summary>Looks hops up in the kernel's neighbour table, one by one: few are ever in doubt, the table may be large.</summary>
internal sealed class NeighbourLook(KernelLane lane)
{
    public NeighbourState At(Hop hop)
    {
        var index = lane.IndexOf(hop.Link);
        if (index == 0)
            return NeighbourState.Unproven;
        var failure = lane.Host.Ask<NeighbourReply>(
            (ref writer, sequence) => NeighbourMessages.Get(ref writer, sequence, index, hop.Address),
            NeighbourMessages.TryParse, out var found);
        if (failure is { IsLost: true })
            throw new NetlinkException(failure.Value.ToFault($"ip neigh get {hop}"));
        if (failure is not null)
            return NeighbourState.Unproven; // ENOENT: nobody has sent anything there for long
        if (found.IsTakenForKnown)
            lane.Host.Execute((ref writer, sequence) => NeighbourMessages.Verify(ref writer, sequence, index, hop.Address));
        return found.State;
    }
}
