using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Routes;

/// <summary>One prefix that a host originates.</summary>
/// <param name="Prefix">A block that the host owns.</param>
/// <param name="Epoch">The claim by which it owns it.</param>
/// <param name="NextHop">The host's own address on the network's parent link; an IPv6 link-local one serves both families.</param>
public readonly record struct RouteAd(NetworkId Network, Prefix Prefix, long Epoch, Ip NextHop)
{
    public RouteKey Key => new(Network, Prefix);
}
