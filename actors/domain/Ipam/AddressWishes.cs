using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Ipam;

/// <summary>
/// What an endpoint is to have: one address for each wish, which says where that is to lie. A single address is just that one;
/// a subnet of the network, any of it; all of a family, any that the network has, and none if it has no such subnet.
/// </summary>
public static class AddressWishes
{
    private static readonly Prefix AnyV4 = Prefix.Parse("0.0.0.0/0");
    private static readonly Prefix AnyV6 = Prefix.Parse("::/0");

    /// <summary>One of each family that the network has.</summary>
    public static ImmutableArray<Prefix> OfEachFamily(Ip? wanted4, Ip? wanted6) => [Of(IpFamily.V4, wanted4), Of(IpFamily.V6, wanted6)];

    public static Prefix Of(IpFamily family, Ip? wanted) => wanted is { } ip ? Prefix.Single(ip) : family == IpFamily.V4 ? AnyV4 : AnyV6;

    /// <summary>As people write it: an address without its length.</summary>
    public static string Words(Prefix wish) => wish.IsSingle ? wish.First.ToString() : wish.ToString();
}
