using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Kernel;

/// <summary>What the kernel held when it was asked: the host's own namespace, and the sandboxes that were asked for.</summary>
public sealed record ObservedKernel(
    ImmutableArray<ObservedLink> Links,
    ImmutableArray<ObservedAddress> Addresses,
    ImmutableArray<Route> Routes,
    ImmutableArray<ObservedSandbox> Sandboxes)
{
    public static ObservedKernel Empty { get; } = new([], [], [], []);

    public ObservedLink? Link(LinkName name) => Links.FirstOrDefault(l => l.Name == name);

    public ObservedLink? Link(int index) => Links.FirstOrDefault(l => l.Index == index);
}

/// <summary>A link of any owner.</summary>
/// <param name="Kind">IFLA_INFO_KIND (<c>dummy</c>, <c>vlan</c>, <c>ipvlan</c>, <c>veth</c>); empty for a device without one.</param>
/// <param name="ParentIndex">IFLA_LINK: the base of a VLAN, the parent of a slave (an index of that namespace); 0 for none.</param>
/// <param name="Running">IFF_LOWER_UP: carrier.</param>
public sealed record ObservedLink(
    int Index, LinkName Name, string Kind, string Alias, int ParentIndex, int Mtu, bool Up, bool Running,
    VlanId? Vlan, IpvlanMode? Mode, IpvlanFlag? Flag)
{
    public bool IsLoopback { get; init; }

    /// <summary>The link's own address, as <c>ip link</c> writes it; empty for one without.</summary>
    public string Mac { get; init; } = "";
}

/// <summary>An address on a link of the host's own namespace, link-local ones among them.</summary>
public sealed record ObservedAddress(int LinkIndex, InterfaceAddress Address)
{
    /// <summary>IFA_F_TENTATIVE: duplicate address detection is not over yet, or has found another holder.</summary>
    public bool Tentative { get; init; }
}

/// <summary>A sandbox, and the links in it that are ours.</summary>
/// <param name="Exists">False: the path leads nowhere, or to another namespace.</param>
public sealed record ObservedSandbox(Sandbox Sandbox, bool Exists, ImmutableArray<ObservedSlave> Slaves)
{
    /// <summary>Links of others in it, but for the loopback: in most there are none.</summary>
    public ImmutableArray<ObservedLink> Others { get; init; } = [];

    /// <summary>That of <see cref="Others"/> which its default route leads by, IPv4 before IPv6; none: it has no such route.</summary>
    public LinkName? DefaultLink { get; init; }

    public ObservedLink? Link(LinkName name) => Others.Concat(Slaves.Select(s => s.Link)).FirstOrDefault(l => l.Name == name);
}

/// <summary>A slave of ours in a sandbox, known by alias or temporary name, with what it carries.</summary>
/// <param name="Routes">The main table's routes by this link that were not made by the kernel itself.</param>
/// <param name="Ipv6">False: net.ipv6.conf.LINK.disable_ipv6 is 1.</param>
public sealed record ObservedSlave(
    ObservedLink Link, ImmutableArray<InterfaceAddress> Addresses, ImmutableArray<Route> Routes, bool Ipv6);
