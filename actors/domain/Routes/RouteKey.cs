using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Routes;

/// <summary>What a host says one thing of: it has one next hop for a prefix of a network, or none.</summary>
public readonly record struct RouteKey(NetworkId Network, Prefix Prefix) : IComparable<RouteKey>
{
    /// <summary>Two networks seldom have one prefix, and the network's id is long.</summary>
    public override int GetHashCode() => Prefix.GetHashCode();

    public int CompareTo(RouteKey other) => Prefix.CompareTo(other.Prefix) is var order and not 0 ? order : Network.CompareTo(other.Network);
}
