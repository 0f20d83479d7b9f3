using System.Globalization;
using System.Text;
using IpvlanActors.Netlink.Uapi;

namespace IpvlanActors.Netlink.Wire;

/// <summary>
/// Prints what goes over a netlink socket when IPVLAND_NLDEBUG is set, as libmnl and mdlayher/netlink do: one line per
/// message, its attributes as numbers and hex, so that it can be laid beside <c>strace</c> or a golden test.
/// </summary>
internal static class NetlinkText
{
    public static bool Enabled { get; } = Environment.GetEnvironmentVariable("IPVLAND_NLDEBUG") is { Length: > 0 };

    public static void Trace(string direction, ReadOnlySpan<byte> datagram)
    {
        if (Enabled)
            Console.Error.Write(Describe(direction, datagram));
    }

    public static string Describe(string direction, ReadOnlySpan<byte> datagram)
    {
        var text = new StringBuilder();
        var reader = new NetlinkReader(datagram);
        while (reader.Next(out var message))
        {
            text.Append(CultureInfo.InvariantCulture, $"{direction} {TypeName(message.Type)} flags {message.Flags:x} seq {message.Sequence}");
            if (message.TryError(out var errno, out var words))
                text.Append(CultureInfo.InvariantCulture, $" errno {errno} {words}");
            else
                Describe(text, message);
            text.Append('\n');
        }

        return text.ToString();
    }

    private static void Describe(StringBuilder text, NetlinkMessage message)
    {
        var header = Math.Min(message.Body.Length, HeaderLength(message.Type));
        text.Append(' ').Append(Convert.ToHexStringLower(message.Body[..header]));
        var attributes = new AttributeReader(message.Body[header..]);
        while (attributes.Next(out var attribute))
            text.Append(CultureInfo.InvariantCulture, $" {attribute.Type}={Convert.ToHexStringLower(attribute.Value)}");
    }

    private static int HeaderLength(ushort type) => type switch
    {
        >= Rtnetlink.RTM_NEWLINK and <= Rtnetlink.RTM_SETLINK => 16,
        >= Rtnetlink.RTM_NEWADDR and <= Rtnetlink.RTM_GETADDR => 8,
        >= Rtnetlink.RTM_NEWROUTE and <= Rtnetlink.RTM_GETROUTE => 12,
        _ => 0,
    };

    private static string TypeName(ushort type) => type switch
    {
        Nl.NLMSG_ERROR => "ERROR",
        Nl.NLMSG_DONE => "DONE",
        Rtnetlink.RTM_NEWLINK => "NEWLINK",
        Rtnetlink.RTM_DELLINK => "DELLINK",
        Rtnetlink.RTM_GETLINK => "GETLINK",
        Rtnetlink.RTM_SETLINK => "SETLINK",
        Rtnetlink.RTM_NEWADDR => "NEWADDR",
        Rtnetlink.RTM_DELADDR => "DELADDR",
        Rtnetlink.RTM_GETADDR => "GETADDR",
        Rtnetlink.RTM_NEWROUTE => "NEWROUTE",
        Rtnetlink.RTM_DELROUTE => "DELROUTE",
        Rtnetlink.RTM_GETROUTE => "GETROUTE",
        _ => type.ToString(CultureInfo.InvariantCulture),
    };
}
