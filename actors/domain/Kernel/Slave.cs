using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Kernel;

/// <summary>One endpoint's ipvlan link as it should stand in its namespace, with everything on it.</summary>
/// <param name="Name">What the container calls it (<c>eth0</c>).</param>
/// <param name="Parent">A link of the host's own namespace, unless <see cref="IsParentInSandbox"/>.</param>
/// <param name="Mtu">None: the parent's.</param>
/// <param name="Addresses">In this order. IPv6 addresses are set without duplicate address detection.</param>
/// <param name="Routes">Default routes; connected ones come with the addresses.</param>
public sealed record Slave(
    NetworkId Network,
    EndpointId Endpoint,
    Sandbox Sandbox,
    LinkName Name,
    LinkName Parent,
    IpvlanMode Mode,
    IpvlanFlag Flag,
    int? Mtu,
    ImmutableArray<InterfaceAddress> Addresses,
    ImmutableArray<Route> Routes)
{
    /// <summary>The parent is a link of the sandbox itself.</summary>
    public bool IsParentInSandbox { get; init; }

    public string Alias => Ownership.SlaveAlias(Network, Endpoint);

    public LinkName TemporaryName => Ownership.TemporaryName(Endpoint);

    /// <summary>IPv6 is off on a link that has no IPv6 address, as in Docker's sandboxes.</summary>
    public bool HasIpv6 => Addresses.Any(a => a.Address.IsV6);
}
