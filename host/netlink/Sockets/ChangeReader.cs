using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Links;
using IpvlanActors.Netlink.Uapi;
using IpvlanActors.Netlink.Wire;

namespace IpvlanActors.Netlink.Sockets;

/// <summary>
/// What a namespace's notifications are about. It remembers each link as it was told of last, since the kernel also tells of
/// a link that is as it was, whenever a slave of it comes or goes anywhere.
/// </summary>
internal sealed class ChangeReader
{
    private readonly Dictionary<int, LinkReply> _links = [];

    /// <summary>Notifications were lost.</summary>
    public KernelChanges Overrun()
    {
        _links.Clear();
        return KernelChanges.All;
    }

    public KernelChanges Read(ReadOnlySpan<byte> datagram)
    {
        KernelChanges changes = 0;
        var reader = new NetlinkReader(datagram);
        while (reader.Next(out var message))
        {
            changes |= message.Type switch
            {
                Rtnetlink.RTM_NEWLINK => Link(message),
                Rtnetlink.RTM_DELLINK => Gone(message),
                Rtnetlink.RTM_NEWADDR or Rtnetlink.RTM_DELADDR => KernelChanges.Addresses,
                Rtnetlink.RTM_NEWROUTE or Rtnetlink.RTM_DELROUTE when IsOfInterest(message) => KernelChanges.Routes,
                Nl.NLMSG_OVERRUN => Overrun(),
                _ => 0,
            };
        }

        return changes;
    }

    private KernelChanges Link(NetlinkMessage message)
    {
        if (!LinkReplies.TryParse(message, out var link))
            return KernelChanges.Links;
        if (_links.TryGetValue(link.Link.Index, out var before) && before == link)
            return KernelChanges.Slaves;
        _links[link.Link.Index] = link;
        return KernelChanges.Links;
    }

    private KernelChanges Gone(NetlinkMessage message)
    {
        if (message.TryHeader(out ifinfomsg header, out _))
            _links.Remove(header.ifi_index);
        return KernelChanges.Links;
    }

    /// <summary>Ours, and the default route: <c>parent=auto</c> waits for one.</summary>
    private static bool IsOfInterest(NetlinkMessage message) =>
        message.TryHeader(out rtmsg route, out _)
        && (route.rtm_protocol == Ownership.RouteProtocol || route is { rtm_dst_len: 0, rtm_table: Rtnetlink.RT_TABLE_MAIN, rtm_type: Rtnetlink.RTN_UNICAST });
}
