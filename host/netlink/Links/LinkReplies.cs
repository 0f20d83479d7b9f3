using System.Buffers.Binary;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Netlink.Uapi;
using IpvlanActors.Netlink.Wire;

namespace IpvlanActors.Netlink.Links;

/// <summary>A link as RTM_NEWLINK tells of it.</summary>
/// <param name="Ipv6">False: disable_ipv6 is 1, or the link has no IPv6 at all.</param>
internal sealed record LinkReply(ObservedLink Link, bool Ipv6);

internal static class LinkReplies
{
    public static bool TryParse(NetlinkMessage message, out LinkReply link)
    {
        link = null!;
        if (message.Type != Rtnetlink.RTM_NEWLINK || !message.TryHeader(out ifinfomsg header, out var attributes))
            return false;
        var found = default(Found);
        while (attributes.Next(out var attribute))
            found.Take(attribute);
        if (!LinkName.TryParse(found.Name, out var name))
            return false;
        link = new(found.ToLink(header, name), found.Ipv6);
        return true;
    }

    private struct Found
    {
        /// <summary>ETH_ALEN; other kinds of links cannot be parents.</summary>
        private const int MacBytes = 6;

        private string? _alias;
        private string? _kind;
        private int _parent;
        private int _mtu;
        private VlanId? _vlan;
        private IpvlanMode? _mode;
        private IpvlanFlag? _flag;
        private string? _mac;

        public string? Name { get; private set; }

        public bool Ipv6 { get; private set; }

        public void Take(NetlinkAttribute attribute)
        {
            switch (attribute.Type)
            {
                case IfLink.IFLA_ADDRESS when attribute.Value.Length == MacBytes:
                    _mac = MacOf(attribute.Value);
                    break;
                case IfLink.IFLA_IFNAME:
                    Name = attribute.Text;
                    break;
                case IfLink.IFLA_IFALIAS:
                    _alias = attribute.Text;
                    break;
                case IfLink.IFLA_LINK:
                    _parent = attribute.I32;
                    break;
                case IfLink.IFLA_MTU:
                    _mtu = attribute.I32;
                    break;
                case IfLink.IFLA_LINKINFO:
                    TakeInfo(attribute.Nested);
                    break;
                case IfLink.IFLA_AF_SPEC:
                    Ipv6 = HasIpv6(attribute.Nested);
                    break;
            }
        }

        public readonly ObservedLink ToLink(in ifinfomsg header, LinkName name) => new(
            header.ifi_index, name, _kind ?? "", _alias ?? "", _parent, _mtu,
            (header.ifi_flags & IfLink.IFF_UP) != 0, (header.ifi_flags & IfLink.IFF_LOWER_UP) != 0, _vlan, _mode, _flag)
        {
            IsLoopback = (header.ifi_flags & IfLink.IFF_LOOPBACK) != 0,
            Mac = _mac ?? "",
        };

        private static string MacOf(ReadOnlySpan<byte> bytes) => string.Create(3 * bytes.Length - 1, bytes, static (text, bytes) =>
        {
            text.Fill(':');
            for (var n = 0; n < bytes.Length; n++)
                bytes[n].TryFormat(text[(3 * n)..], out _, "x2");
        });

        // the kernel sends the kind before the data that it explains (rtnl_link_info_fill)
        private void TakeInfo(AttributeReader info)
        {
            while (info.Next(out var attribute))
            {
                if (attribute.Type == IfLink.IFLA_INFO_KIND)
                    _kind = attribute.Text;
                else if (attribute.Type == IfLink.IFLA_INFO_DATA && _kind == "vlan")
                    TakeVlan(attribute.Nested);
                else if (attribute.Type == IfLink.IFLA_INFO_DATA && _kind == "ipvlan")
                    TakeIpvlan(attribute.Nested);
            }
        }

        private void TakeVlan(AttributeReader data)
        {
            while (data.Next(out var attribute))
            {
                if (attribute.Type == IfLink.IFLA_VLAN_ID && VlanId.TryCreate(attribute.U16, out var id))
                    _vlan = id;
            }
        }

        private void TakeIpvlan(AttributeReader data)
        {
            while (data.Next(out var attribute))
            {
                if (attribute.Type == IfLink.IFLA_IPVLAN_MODE)
                    _mode = ModeOf(attribute.U16);
                else if (attribute.Type == IfLink.IFLA_IPVLAN_FLAGS)
                    _flag = FlagOf(attribute.U16);
            }
        }

        private static IpvlanMode? ModeOf(ushort mode) => mode switch
        {
            0 => IpvlanMode.L2,
            1 => IpvlanMode.L3,
            2 => IpvlanMode.L3S,
            _ => null,
        };

        private static IpvlanFlag FlagOf(ushort flags) => (flags & IfLink.IPVLAN_F_PRIVATE) != 0 ? IpvlanFlag.Private
            : (flags & IfLink.IPVLAN_F_VEPA) != 0 ? IpvlanFlag.Vepa : IpvlanFlag.Bridge;

        /// <summary>IFLA_AF_SPEC { AF_INET6 { IFLA_INET6_CONF: an array of ints, by the DEVCONF_* numbers } }.</summary>
        private static bool HasIpv6(AttributeReader families)
        {
            while (families.Next(out var family))
            {
                if (family.Type != Rtnetlink.AF_INET6)
                    continue;
                var nested = family.Nested;
                while (nested.Next(out var attribute))
                {
                    if (attribute.Type == IfLink.IFLA_INET6_CONF)
                        return Setting(attribute.Value, IfLink.DEVCONF_DISABLE_IPV6) == 0;
                }
            }

            return false;
        }

        private static int Setting(ReadOnlySpan<byte> settings, int number) =>
            settings.Length >= (number + 1) * 4
                ? BitConverter.IsLittleEndian
                    ? BinaryPrimitives.ReadInt32LittleEndian(settings[(number * 4)..])
                    : BinaryPrimitives.ReadInt32BigEndian(settings[(number * 4)..])
                : 1;
    }
}
