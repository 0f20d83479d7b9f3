using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Kernel;

/// <summary>
/// One change to the kernel, whole or not at all: an operation that takes several requests undoes what it did when one
/// of them fails. Operations of one batch are independent; where one needs another (a slave its parent) it comes later.
/// </summary>
public abstract record KernelOp
{
    private protected KernelOp()
    {
    }
}

/// <summary>Makes a dummy link in the host's namespace, marks it and sets it up.</summary>
public sealed record CreateDummy(LinkName Name, string Alias) : KernelOp;

/// <summary>Makes an 802.1q sub-interface in the host's namespace, marks it and sets it up.</summary>
public sealed record CreateVlan(LinkName Name, LinkName Base, VlanId Id, string Alias) : KernelOp;

/// <summary>Sets a link of the host's namespace up. Only ever asked of links that we made.</summary>
public sealed record SetLinkUp(LinkName Name) : KernelOp;

/// <summary>
/// Deletes a link of the host's namespace if it carries this alias. One that is gone already, or that carries another
/// alias, is not touched, and the fault says which.
/// </summary>
public sealed record DeleteLink(LinkName Name, string Alias) : KernelOp;

/// <summary>Makes a slave straight in its namespace and puts addresses and routes on it.</summary>
public sealed record PlugSlave(Slave Slave) : KernelOp;

/// <summary>
/// Puts right what is missing on a slave that exists, found by its alias or its temporary name: name, alias, MTU,
/// addresses, up, routes. What is there already stays; what others added stays.
/// </summary>
public sealed record RepairSlave(Slave Slave) : KernelOp;

/// <summary>
/// Deletes the slave of an endpoint from a namespace, found by its alias or its temporary name. A namespace or a link
/// that is gone already is a <see cref="FaultClass.NotFound"/>.
/// </summary>
public sealed record UnplugSlave(NetworkId Network, EndpointId Endpoint, Sandbox Sandbox) : KernelOp
{
    public string Alias => Ownership.SlaveAlias(Network, Endpoint);

    public LinkName TemporaryName => Ownership.TemporaryName(Endpoint);
}

/// <summary>
/// Makes a slave in the host's own namespace, marked and down, without an address: a container runtime moves it, and does
/// the rest. It is deleted by <see cref="DeleteLink"/> there, or by <see cref="UnplugSlave"/> where it has been taken.
/// </summary>
public sealed record CreateLoose(LooseSlave Slave) : KernelOp;

/// <summary>Adds a route of ours to the host's main table. One of the same prefix and metric is <see cref="FaultClass.Exists"/>.</summary>
public sealed record AddRoute(Route Route) : KernelOp;

/// <summary>
/// Deletes exactly this route of ours (destination, metric, protocol and kind are all named, so that a route of others
/// can never match).
/// </summary>
public sealed record DeleteRoute(Route Route) : KernelOp;
