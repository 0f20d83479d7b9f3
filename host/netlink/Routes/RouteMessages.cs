using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Uapi;
using IpvlanActors.Netlink.Wire;

namespace IpvlanActors.Netlink.Routes;

/// <summary>A route as RTM_NEWROUTE tells of it: its link by number, which a name is put to later.</summary>
internal sealed record RouteReply(
    Prefix Destination, RouteKind Kind, Ip? NextHop, int LinkIndex, uint Metric, byte Protocol)
{
    public Route ToRoute(LinkName? device) => new(Destination, Kind, NextHop, device, Metric, Protocol);
}

/// <summary>RTM_*ROUTE in the main table: requests and what the kernel tells of routes.</summary>
internal static class RouteMessages
{
    /// <summary>IP6_RT_PRIO_USER: what the kernel makes of a metric of 0 for IPv6, and not for IPv4.</summary>
    private const uint DefaultIpv6Metric = 1024;

    public static void Add(ref NetlinkWriter writer, uint sequence, Route route, int index)
    {
        writer.Begin(Rtnetlink.RTM_NEWROUTE, Nl.NLM_F_CREATE | Nl.NLM_F_EXCL, sequence);
        writer.Header(Header(route, route is { Kind: RouteKind.Unicast, NextHop: null }
            ? Rtnetlink.RT_SCOPE_LINK
            : Rtnetlink.RT_SCOPE_UNIVERSE));
        writer.Address(Rtnetlink.RTA_DST, route.Destination.First);
        if (route.NextHop is { } hop && hop.Family == route.Destination.Family)
            writer.Address(Rtnetlink.RTA_GATEWAY, hop);
        else if (route.NextHop is { } other)
            writer.Via(Rtnetlink.RTA_VIA, other);
        if (index != 0)
            writer.U32(Rtnetlink.RTA_OIF, (uint)index);
        WriteMetric(ref writer, route);
        writer.End();
    }

    /// <summary>
    /// Names destination, table, metric, protocol and type, all that the kernel compares: a route of others cannot
    /// match. The scope is NOWHERE, which for IPv4 matches any; the next hop is left out, since it may have changed.
    /// </summary>
    public static void Delete(ref NetlinkWriter writer, uint sequence, Route route)
    {
        writer.Begin(Rtnetlink.RTM_DELROUTE, 0, sequence);
        writer.Header(Header(route, Rtnetlink.RT_SCOPE_NOWHERE));
        writer.Address(Rtnetlink.RTA_DST, route.Destination.First);
        WriteMetric(ref writer, route);
        writer.End();
    }

    /// <summary>The main table's routes of one family; strict checking filters by protocol (0: any) and link (0: any).</summary>
    public static void Dump(ref NetlinkWriter writer, uint sequence, IpFamily family, byte protocol, int index)
    {
        writer.Begin(Rtnetlink.RTM_GETROUTE, Nl.NLM_F_DUMP, sequence);
        writer.Header(new rtmsg
        {
            rtm_family = (byte)family,
            rtm_table = Rtnetlink.RT_TABLE_MAIN,
            rtm_protocol = protocol,
        });
        if (index != 0)
            writer.U32(Rtnetlink.RTA_OIF, (uint)index);
        writer.End();
    }

    public static bool TryParse(NetlinkMessage message, out RouteReply route)
    {
        route = null!;
        if (message.Type != Rtnetlink.RTM_NEWROUTE || !message.TryHeader(out rtmsg header, out var attributes))
            return false;
        if (!IsOfInterest(header))
            return false;
        Ip? destination = null, hop = null;
        var index = 0;
        uint metric = 0, table = header.rtm_table;
        while (attributes.Next(out var attribute))
        {
            _ = attribute.Type switch
            {
                Rtnetlink.RTA_DST => (destination = attribute.Address) is null,
                Rtnetlink.RTA_GATEWAY => (hop = attribute.Address) is null,
                Rtnetlink.RTA_VIA => (hop = attribute.Via) is null,
                Rtnetlink.RTA_OIF => (index = attribute.I32) == 0,
                Rtnetlink.RTA_PRIORITY => (metric = attribute.U32) == 0,
                Rtnetlink.RTA_TABLE => (table = attribute.U32) == 0,
                _ => false,
            };
        }

        if (table != Rtnetlink.RT_TABLE_MAIN || !TryPrefix(header, destination, out var prefix))
            return false;
        var kind = (RouteKind)header.rtm_type;
        // IPv6 hangs routes that lead nowhere on lo
        index = kind == RouteKind.Unicast ? index : 0;
        route = new(prefix, kind, hop, index, MetricOf(prefix.Family, metric), header.rtm_protocol);
        return true;
    }

    /// <summary>IPv6 has no metric 0: whoever compares must say 1024, as the kernel does.</summary>
    public static uint MetricOf(IpFamily family, uint metric) =>
        family == IpFamily.V6 && metric == 0 ? DefaultIpv6Metric : metric;

    private static bool IsOfInterest(in rtmsg header) =>
        (RouteKind)header.rtm_type is RouteKind.Unicast or RouteKind.Unreachable or RouteKind.Blackhole
        && (header.rtm_flags & Rtnetlink.RTM_F_CLONED) == 0;

    private static bool TryPrefix(in rtmsg header, Ip? destination, out Prefix prefix)
    {
        prefix = default;
        if (header.rtm_family is not (Rtnetlink.AF_INET or Rtnetlink.AF_INET6))
            return false;
        var family = (IpFamily)header.rtm_family;
        var first = destination ?? Ip.FromBits(0, 0, family); // a default route has no RTA_DST
        if (first.Family != family || header.rtm_dst_len > first.BitWidth)
            return false;
        prefix = Prefix.Of(first, header.rtm_dst_len);
        return true;
    }

    private static rtmsg Header(Route route, byte scope) => new()
    {
        rtm_family = (byte)route.Destination.Family,
        rtm_dst_len = (byte)route.Destination.Length,
        rtm_table = Rtnetlink.RT_TABLE_MAIN,
        rtm_protocol = route.Protocol,
        rtm_scope = scope,
        rtm_type = (byte)route.Kind,
    };

    private static void WriteMetric(ref NetlinkWriter writer, Route route)
    {
        if (MetricOf(route.Destination.Family, route.Metric) is var metric and not 0)
            writer.U32(Rtnetlink.RTA_PRIORITY, metric);
    }
}
