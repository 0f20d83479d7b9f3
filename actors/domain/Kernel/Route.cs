using System.Globalization;
using System.Text;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Kernel;

/// <summary>
/// A route in the main table. <see cref="ToString"/> gives iproute2's words. For IPv6 the kernel turns metric 0 into
/// 1024; what is compared with it must say 1024.
/// </summary>
/// <param name="NextHop">The gateway; may be of the other family (<c>via inet6</c>). None: the destination is on-link.</param>
/// <param name="Device">The link that packets leave by; none for <see cref="RouteKind.Unreachable"/> and <see cref="RouteKind.Blackhole"/>.</param>
public sealed record Route(
    Prefix Destination, RouteKind Kind, Ip? NextHop, LinkName? Device, uint Metric, byte Protocol)
{
    public static Route Unreachable(Prefix destination, uint metric) =>
        new(destination, RouteKind.Unreachable, null, null, metric, Ownership.RouteProtocol);

    public static Route ToPeer(Prefix destination, Ip nextHop, LinkName device) =>
        new(destination, RouteKind.Unicast, nextHop, device, Ownership.PeerMetric, Ownership.RouteProtocol);

    /// <summary>A container's default route: by a gateway (L2), or straight to the device (L3).</summary>
    public static Route Default(IpFamily family, Ip? gateway, LinkName device) =>
        InContainer(Prefix.Of(Ip.FromBits(0, 0, family), 0), gateway, device);

    public static Route InContainer(Prefix destination, Ip? gateway, LinkName device) => new(
        destination, RouteKind.Unicast, gateway, device,
        destination.Family == IpFamily.V6 ? 1024u : 0u, Ownership.ContainerRouteProtocol);

    /// <summary>What the kernel tells two routes of one table apart by.</summary>
    public (Prefix Destination, uint Metric) Key => (Destination, Metric);

    public override string ToString()
    {
        var text = new StringBuilder();
        if (Kind != RouteKind.Unicast)
            text.Append(Kind == RouteKind.Unreachable ? "unreachable " : "blackhole ");
        text.Append(Destination.IsDefault ? "default" : Destination.ToString());
        if (NextHop is { } hop)
            text.Append(hop.Family == Destination.Family ? " via " : " via inet6 ").Append(hop);
        if (Device is { } device)
            text.Append(" dev ").Append(device);
        text.Append(CultureInfo.InvariantCulture, $" proto {Protocol}");
        if (Metric != 0)
            text.Append(CultureInfo.InvariantCulture, $" metric {Metric}");
        return text.ToString();
    }
}

/// <summary>RTN_UNICAST, RTN_BLACKHOLE and RTN_UNREACHABLE of linux/rtnetlink.h, under their numbers.</summary>
public enum RouteKind : byte
{
    Unicast = 1,
    Blackhole = 6,
    Unreachable = 7,
}
