using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;

namespace IpvlanActors.Runtime.Watching;

/// <summary>Numbers are permanent.</summary>
public enum ShownKind : byte
{
    /// <summary>The asked node itself; one.</summary>
    Node = 1,

    Host = 2,
    Network = 3,
    Block = 4,
    Endpoint = 5,
    Route = 6,
}

/// <summary>A thing as a node shows it, in its lists and to who follows: what people see is what services get.</summary>
public abstract record Shown
{
    private protected Shown(ShownKind kind, string key) => (Kind, Key) = (kind, key);

    public ShownKind Kind { get; }

    /// <summary>Unique among its kind, and the same as long as the thing is.</summary>
    public string Key { get; }

    public virtual NetworkId? OfNetwork => null;

    public virtual EndpointId? OfEndpoint => null;
}

/// <param name="State"><c>ready</c>, <c>degraded</c>, or <c>fenced</c>: no new address is given out here.</param>
/// <param name="Problems">One sentence each, with the way out.</param>
public sealed record NodeShown(string Name, HostId Id, long Incarnation, string State, ImmutableArray<string> Problems) : Shown(ShownKind.Node, "")
{
    public bool Equals(NodeShown? other) =>
        other is not null && (Name, Id, Incarnation, State) == (other.Name, other.Id, other.Incarnation, other.State)
        && Problems.SequenceEqual(other.Problems);

    public override int GetHashCode() => State.GetHashCode(StringComparison.Ordinal);
}

/// <summary>A host of the cluster: a member, or one that the registry knows and that is none now.</summary>
/// <param name="Address">Empty if it is no member.</param>
/// <param name="Status">Akka's word: <c>Joining</c>, <c>WeaklyUp</c>, <c>Up</c>, ...; <c>gone</c>: it is no member.</param>
/// <param name="Registry">It may run the registry.</param>
/// <param name="Routes">How many it tells of.</param>
/// <param name="CopyOf">The address of the member whose data directory it has a copy of, and which counts instead; empty: none.</param>
public sealed record HostShown(
    string Name, HostId? Id, string Address, string Status, bool Reachable, bool Registry, int Blocks, int Routes, string CopyOf)
    : Shown(ShownKind.Host, Address.Length > 0 ? Address : $"{Id}")
{
    /// <summary>What is thought of its routes: <c>live</c>, <c>suspect</c>, <c>stale</c> or <c>withdrawn</c>; empty for this host itself.</summary>
    public string State { get; init; } = "";

    /// <summary>Why it is not live; empty otherwise.</summary>
    public string Why { get; init; } = "";
}

/// <param name="Mode"><c>l2</c>, <c>l3</c> or <c>l3s</c>.</param>
/// <param name="Parent">The link on this host.</param>
/// <param name="Endpoints">How many are on this host.</param>
/// <param name="State"><c>ready</c>, <c>degraded</c> or <c>attaching</c> on this host.</param>
/// <param name="Reason">Why it is degraded; empty otherwise.</param>
public sealed record NetworkShown(
    NetworkId Id, string Name, string Mode, string Parent, ImmutableArray<Prefix> Subnets, int Endpoints, string State, string Reason)
    : Shown(ShownKind.Network, Id.Value)
{
    /// <summary><c>given</c>, <c>vlan</c>, <c>dummy</c> or <c>container</c>.</summary>
    public string ParentKind { get; init; } = "";

    public override NetworkId? OfNetwork => Id;

    public bool Equals(NetworkShown? other) =>
        other is not null && (Id, Name, Mode, Parent, ParentKind, Endpoints, State, Reason) == (other.Id, other.Name, other.Mode, other.Parent, other.ParentKind, other.Endpoints, other.State, other.Reason)
        && Subnets.SequenceEqual(other.Subnets);

    public override int GetHashCode() => Id.GetHashCode();
}

/// <summary>A part of a subnet that one host gives addresses out of, or a single address that it borrowed.</summary>
/// <param name="Used">Addresses in use, if this host is the owner.</param>
public sealed record BlockShown(NetworkId Network, string NetworkName, Prefix Block, HostId Host, string HostName, long Epoch, int? Used)
    : Shown(ShownKind.Block, $"{Network}/{Block}")
{
    public override NetworkId? OfNetwork => Network;
}

/// <summary>An endpoint of the asked host.</summary>
public sealed record EndpointShown(EndpointState State, string NetworkName) : Shown(ShownKind.Endpoint, State.Endpoint.Value)
{
    public override NetworkId? OfNetwork => State.Network;

    public override EndpointId? OfEndpoint => State.Endpoint;
}

/// <param name="Host">Whose it is; <paramref name="HostName"/> is what people call it.</param>
/// <param name="NextHop">Empty: unknown.</param>
/// <param name="State">
/// <c>own</c>; <c>accepted</c>, and if its host cannot be reached <c>suspect</c>, if that is no member or not heard of for long
/// <c>stale</c>; <c>withdrawn</c> if its next hop is dead; <c>rejected</c>.
/// </param>
/// <param name="Kernel"><c>installed</c>, <c>missing</c>, <c>conflict</c> or <c>-</c>.</param>
/// <param name="Reason">Why it was rejected, or what it conflicts with; empty otherwise.</param>
public sealed record RouteShown(
    Prefix Prefix, NetworkId Network, string NetworkName, HostId Host, string HostName, string NextHop, string Device, string State, string Kernel, string Reason)
    : Shown(ShownKind.Route, $"{Host}/{Network}/{Prefix}")
{
    public override NetworkId? OfNetwork => Network;
}
