using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Uapi;
using IpvlanActors.Netlink.Wire;

namespace IpvlanActors.Netlink.Addresses;

/// <summary>RTM_*ADDR: requests and what the kernel tells of addresses.</summary>
internal static class AddressMessages
{
    public static void Add(ref NetlinkWriter writer, uint sequence, int index, InterfaceAddress address)
    {
        writer.Begin(Rtnetlink.RTM_NEWADDR, Nl.NLM_F_CREATE | Nl.NLM_F_EXCL, sequence);
        writer.Header(new ifaddrmsg
        {
            ifa_family = (byte)address.Address.Family,
            ifa_prefixlen = (byte)address.PrefixLength,
            ifa_flags = address.Address.IsV6 ? IfAddr.IFA_F_NODAD : (byte)0,
            ifa_index = (uint)index,
        });
        writer.Address(IfAddr.IFA_LOCAL, address.Address);
        writer.Address(IfAddr.IFA_ADDRESS, address.Address);
        if (BroadcastOf(address) is { } broadcast)
            writer.Address(IfAddr.IFA_BROADCAST, broadcast);
        writer.End();
    }

    /// <param name="index">Of one link, by strict checking; 0 for all.</param>
    public static void Dump(ref NetlinkWriter writer, uint sequence, int index)
    {
        writer.Begin(Rtnetlink.RTM_GETADDR, Nl.NLM_F_DUMP, sequence);
        writer.Header(new ifaddrmsg { ifa_index = (uint)index });
        writer.End();
    }

    public static bool TryParse(NetlinkMessage message, out ObservedAddress address)
    {
        address = null!;
        if (message.Type != Rtnetlink.RTM_NEWADDR || !message.TryHeader(out ifaddrmsg header, out var attributes))
            return false;
        Ip? local = null, peer = null;
        while (attributes.Next(out var attribute))
        {
            if (attribute.Type == IfAddr.IFA_LOCAL)
                local = attribute.Address;
            else if (attribute.Type == IfAddr.IFA_ADDRESS)
                peer = attribute.Address;
        }

        // IFA_ADDRESS is the other end on a point-to-point link; IPv6 without one sends no IFA_LOCAL
        if ((local ?? peer) is not { } ip || header.ifa_prefixlen > ip.BitWidth)
            return false;
        address = new((int)header.ifa_index, new(ip, header.ifa_prefixlen)) { Tentative = (header.ifa_flags & IfAddr.IFA_F_TENTATIVE) != 0 };
        return true;
    }

    /// <summary>A /31 has two hosts and no broadcast address (RFC 3021), a /32 has one host.</summary>
    private static Ip? BroadcastOf(InterfaceAddress address) =>
        address.Address.IsV4 && address.PrefixLength < 31 ? address.Prefix.Last : null;
}
