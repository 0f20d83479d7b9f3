using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Netlink.Uapi;
using IpvlanActors.Netlink.Wire;

namespace IpvlanActors.Netlink.Links;

/// <summary>What is to change on a link; what is not named stays.</summary>
internal readonly record struct LinkChange(
    LinkName? Name = null, string? Alias = null, int? Mtu = null, uint? Group = null, bool? Up = null);

/// <summary>
/// RTM_*LINK requests. IFLA_TXQLEN is left out, unlike in Docker's: 0 changes nothing for links without a queue, and
/// starves a pfifo that somebody puts on them later.
/// </summary>
internal static class LinkRequests
{
    /// <param name="index">The index that the link is to have: what follows in the same batch can name it by that.</param>
    public static void CreateDummy(ref NetlinkWriter writer, uint sequence, int index, LinkName name)
    {
        BeginCreate(ref writer, sequence, index, name);
        var info = writer.Open(IfLink.IFLA_LINKINFO);
        writer.Bytes(IfLink.IFLA_INFO_KIND, "dummy"u8);
        writer.Close(info);
        writer.End();
    }

    /// <param name="index">As for a dummy.</param>
    public static void CreateVlan(ref NetlinkWriter writer, uint sequence, int index, int baseIndex, (LinkName Name, VlanId Id) vlan)
    {
        BeginCreate(ref writer, sequence, index, vlan.Name);
        writer.U32(IfLink.IFLA_LINK, (uint)baseIndex);
        var info = writer.Open(IfLink.IFLA_LINKINFO);
        writer.Bytes(IfLink.IFLA_INFO_KIND, "vlan"u8);
        var data = writer.Open(IfLink.IFLA_INFO_DATA);
        writer.U16(IfLink.IFLA_VLAN_ID, vlan.Id.Value);
        writer.Close(data);
        writer.Close(info);
        writer.End();
    }

    /// <summary>
    /// Makes a slave straight in another namespace: a move costs an RCU grace period, and on 6.1 a name that the host
    /// has as well is refused, hence the temporary one.
    /// </summary>
    public static void CreateSlave(ref NetlinkWriter writer, uint sequence, int parentIndex, int namespaceFd, Slave slave)
    {
        BeginIn(ref writer, sequence, parentIndex, namespaceFd, slave);
        EndSlave(ref writer, slave.Mode, slave.Flag);
    }

    /// <summary>Makes a slave in the host's own namespace, down.</summary>
    public static void CreateLoose(ref NetlinkWriter writer, uint sequence, int parentIndex, LooseSlave slave)
    {
        BeginCreate(ref writer, sequence, 0, slave.Name);
        writer.U32(IfLink.IFLA_LINK, (uint)parentIndex);
        if (slave.Mtu is { } mtu)
            writer.U32(IfLink.IFLA_MTU, (uint)mtu);
        EndSlave(ref writer, slave.Mode, slave.Flag);
    }

    /// <summary>Writes a link's alias, finding it by its name.</summary>
    public static void Mark(ref NetlinkWriter writer, uint sequence, LinkName name, string alias)
    {
        Begin(ref writer, Rtnetlink.RTM_SETLINK, 0, sequence, Header(0));
        writer.Text(IfLink.IFLA_IFNAME, name.Value);
        writer.Text(IfLink.IFLA_IFALIAS, alias);
        writer.End();
    }

    /// <summary>What is made in a slave's place where a benchmark runs on a kernel without ipvlan: the same work for the kernel.</summary>
    public static void CreateMacvlan(ref NetlinkWriter writer, uint sequence, int parentIndex, int namespaceFd, Slave slave)
    {
        BeginIn(ref writer, sequence, parentIndex, namespaceFd, slave);
        var info = writer.Open(IfLink.IFLA_LINKINFO);
        writer.Bytes(IfLink.IFLA_INFO_KIND, "macvlan"u8);
        var data = writer.Open(IfLink.IFLA_INFO_DATA);
        writer.U32(IfLink.IFLA_MACVLAN_MODE, IfLink.MACVLAN_MODE_BRIDGE);
        writer.Close(data);
        writer.Close(info);
        writer.End();
    }

    public static void Change(ref NetlinkWriter writer, uint sequence, int index, in LinkChange change)
    {
        Begin(ref writer, Rtnetlink.RTM_SETLINK, 0, sequence, Header(index, change.Up));
        if (change.Mtu is { } mtu)
            writer.U32(IfLink.IFLA_MTU, (uint)mtu);
        if (change.Group is { } group)
            writer.U32(IfLink.IFLA_GROUP, group);
        if (change.Name is { } name)
            writer.Text(IfLink.IFLA_IFNAME, name.Value);
        if (change.Alias is { } alias)
            writer.Text(IfLink.IFLA_IFALIAS, alias);
        writer.End();
    }

    public static void SetUp(ref NetlinkWriter writer, uint sequence, LinkName name)
    {
        Begin(ref writer, Rtnetlink.RTM_SETLINK, 0, sequence, Header(0, up: true));
        writer.Text(IfLink.IFLA_IFNAME, name.Value);
        writer.End();
    }

    public static void Delete(ref NetlinkWriter writer, uint sequence, int index)
    {
        Begin(ref writer, Rtnetlink.RTM_DELLINK, 0, sequence, Header(index));
        writer.End();
    }

    /// <summary>Deletes all links of a group under one RCU grace period (400 in 79 ms, one by one 7 s).</summary>
    public static void DeleteGroup(ref NetlinkWriter writer, uint sequence, uint group)
    {
        Begin(ref writer, Rtnetlink.RTM_DELLINK, 0, sequence, Header(0));
        writer.U32(IfLink.IFLA_GROUP, group);
        writer.End();
    }

    public static void Get(ref NetlinkWriter writer, uint sequence, LinkName name)
    {
        Begin(ref writer, Rtnetlink.RTM_GETLINK, 0, sequence, Header(0));
        writer.U32(IfLink.IFLA_EXT_MASK, IfLink.RTEXT_FILTER_SKIP_STATS);
        writer.Text(IfLink.IFLA_IFNAME, name.Value);
        writer.End();
    }

    public static void Dump(ref NetlinkWriter writer, uint sequence)
    {
        Begin(ref writer, Rtnetlink.RTM_GETLINK, Nl.NLM_F_DUMP, sequence, Header(0));
        writer.U32(IfLink.IFLA_EXT_MASK, IfLink.RTEXT_FILTER_SKIP_STATS);
        writer.End();
    }

    private static void EndSlave(ref NetlinkWriter writer, IpvlanMode mode, IpvlanFlag flag)
    {
        var info = writer.Open(IfLink.IFLA_LINKINFO);
        writer.Bytes(IfLink.IFLA_INFO_KIND, "ipvlan"u8);
        var data = writer.Open(IfLink.IFLA_INFO_DATA);
        writer.U16(IfLink.IFLA_IPVLAN_MODE, ModeOf(mode));
        writer.U16(IfLink.IFLA_IPVLAN_FLAGS, FlagOf(flag));
        writer.Close(data);
        writer.Close(info);
        writer.End();
    }

    private static ushort ModeOf(IpvlanMode mode) => mode switch
    {
        IpvlanMode.L2 => 0,
        IpvlanMode.L3 => 1,
        IpvlanMode.L3S => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Not a mode."),
    };

    private static ushort FlagOf(IpvlanFlag flag) => flag switch
    {
        IpvlanFlag.Bridge => 0,
        IpvlanFlag.Private => IfLink.IPVLAN_F_PRIVATE,
        IpvlanFlag.Vepa => IfLink.IPVLAN_F_VEPA,
        _ => throw new ArgumentOutOfRangeException(nameof(flag), flag, "Not a flag."),
    };

    private static void BeginIn(ref NetlinkWriter writer, uint sequence, int parentIndex, int namespaceFd, Slave slave)
    {
        BeginCreate(ref writer, sequence, 0, slave.TemporaryName);
        writer.U32(IfLink.IFLA_LINK, (uint)parentIndex);
        writer.U32(IfLink.IFLA_NET_NS_FD, (uint)namespaceFd);
    }

    private static void BeginCreate(ref NetlinkWriter writer, uint sequence, int index, LinkName name)
    {
        Begin(ref writer, Rtnetlink.RTM_NEWLINK, Nl.NLM_F_CREATE | Nl.NLM_F_EXCL, sequence, Header(index));
        writer.Text(IfLink.IFLA_IFNAME, name.Value);
    }

    private static void Begin(ref NetlinkWriter writer, ushort type, ushort flags, uint sequence, in ifinfomsg header)
    {
        writer.Begin(type, flags, sequence);
        writer.Header(header);
    }

    private static ifinfomsg Header(int index, bool? up = null) => new()
    {
        ifi_index = index,
        ifi_flags = up == true ? IfLink.IFF_UP : 0,
        ifi_change = up is null ? 0 : IfLink.IFF_UP,
    };
}
