using System.Runtime.InteropServices;

namespace IpvlanActors.Netlink.Uapi;

/// <summary>linux/if_link.h, linux/if.h, and of linux/ipv6.h the one number that says whether a link has IPv6.</summary>
internal static class IfLink
{
    public const ushort IFLA_ADDRESS = 1;
    public const ushort IFLA_IFNAME = 3;
    public const ushort IFLA_MTU = 4;
    public const ushort IFLA_LINK = 5;
    public const ushort IFLA_LINKINFO = 18;
    public const ushort IFLA_IFALIAS = 20;
    public const ushort IFLA_AF_SPEC = 26;
    public const ushort IFLA_GROUP = 27;
    public const ushort IFLA_NET_NS_FD = 28;
    public const ushort IFLA_EXT_MASK = 29;

    public const ushort IFLA_INFO_KIND = 1;
    public const ushort IFLA_INFO_DATA = 2;

    public const ushort IFLA_VLAN_ID = 1;

    public const ushort IFLA_MACVLAN_MODE = 1;
    public const uint MACVLAN_MODE_BRIDGE = 4;
    public const ushort IFLA_IPVLAN_MODE = 1;
    public const ushort IFLA_IPVLAN_FLAGS = 2;
    public const ushort IPVLAN_F_PRIVATE = 1;
    public const ushort IPVLAN_F_VEPA = 2;

    public const ushort IFLA_INET6_CONF = 2;
    public const int DEVCONF_DISABLE_IPV6 = 26;

    public const uint RTEXT_FILTER_SKIP_STATS = 8;

    public const uint IFF_UP = 0x1;
    public const uint IFF_LOOPBACK = 0x8;
    public const uint IFF_LOWER_UP = 0x10000;

    /// <summary>LOOPBACK_IFINDEX: lo is the first link of every namespace.</summary>
    public const int LOOPBACK_IFINDEX = 1;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ifinfomsg
{
    public byte ifi_family;
    public byte __ifi_pad;
    public ushort ifi_type;
    public int ifi_index;
    public uint ifi_flags;
    public uint ifi_change;
}
