using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Routes;

/// <summary>
/// Everything that one host says it can be reached by, as earlier versions said it in one message.
/// </summary>
/// <param name="Incarnation">Counts the host's starts.</param>
/// <param name="Version">Counts changes since that start.</param>
public sealed record RouteSet(HostId Host, long Incarnation, long Version, ImmutableArray<RouteAd> Routes)
{
    public bool Equals(RouteSet? other) =>
        other is not null && Host == other.Host && Incarnation == other.Incarnation && Version == other.Version
        && Routes.SequenceEqual(other.Routes);

    public override int GetHashCode() => HashCode.Combine(Host, Incarnation, Version);
}

/// <summary>One prefix that a host originates.</summary>
/// <param name="Prefix">A block that the host owns.</param>
/// <param name="Epoch">The claim by which it owns it.</param>
/// <param name="NextHop">The host's own address on the network's parent link; an IPv6 link-local one serves both families.</param>
public readonly record struct RouteAd(NetworkId Network, Prefix Prefix, long Epoch, Ip NextHop)
{
    public RouteKey Key => new(Network, Prefix);
}
