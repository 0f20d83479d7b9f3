using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Runtime.Kernel;

/// <summary>Make this slave; answered by <see cref="SlaveHandled"/>. The journal says already that it should be there.</summary>
/// <param name="Fresh">It cannot be there yet; otherwise look first, and make or repair what is missing.</param>
public sealed record PlugEndpoint(Slave Slave, bool Fresh) : INoSerializationVerificationNeeded
{
    public ActivityContext Trace { get; init; }
}

/// <summary>
/// Delete this slave; answered by <see cref="SlaveHandled"/>. Until the journal says so too, no pass brings it back.
/// </summary>
/// <param name="IsHandedOver">It may stand in the host's own namespace as well as in the sandbox.</param>
public sealed record UnplugEndpoint(
    NetworkId Network, EndpointId Endpoint, Sandbox Sandbox, bool IsHandedOver = false) : INoSerializationVerificationNeeded;

/// <summary>Make this slave for a container runtime to take; answered by <see cref="SlaveHandled"/>. The journal says already that it may be there.</summary>
/// <param name="Fresh">It cannot be there yet; otherwise look first, in both places.</param>
public sealed record LendEndpoint(LooseSlave Slave, Sandbox Sandbox, bool Fresh) : INoSerializationVerificationNeeded;

public sealed record SlaveHandled(EndpointId Endpoint, KernelFault? Fault) : INoSerializationVerificationNeeded;

/// <summary>The desired state of the host's own namespace changed; answered by <see cref="KernelReport"/> after a pass that saw it.</summary>
/// <param name="WithSandboxes">Look into every container as well.</param>
public sealed record Reconcile(bool WithSandboxes) : INoSerializationVerificationNeeded;

/// <summary>
/// Routes to peers that should stand: all of them, which is followed by a pass; or what has changed since this was last said, and that
/// alone is applied.
/// </summary>
public sealed record PeerRoutes(bool IsWhole, ImmutableArray<Route> Adds, ImmutableArray<Route> Removes) : INoSerializationVerificationNeeded;

/// <summary>From a reconciler that was started again, to whoever tells it what has changed: tell all.</summary>
public sealed class AllPeerRoutes : INoSerializationVerificationNeeded
{
    private AllPeerRoutes()
    {
    }

    public static AllPeerRoutes Instance { get; } = new();
}

/// <summary>The host has got this block of a routed network: its guard alone, which needs no look at the whole table.</summary>
public sealed record GuardBlock(Prefix Block) : INoSerializationVerificationNeeded;

/// <summary>Somebody changed the kernel.</summary>
public sealed record KernelChanged(KernelChanges Changes) : INoSerializationVerificationNeeded;

/// <summary>What a pass found and did. Published after each.</summary>
/// <param name="Observed">Before the pass.</param>
/// <param name="Failed">Operations that the kernel refused.</param>
/// <param name="Writes">How many operations were applied; zero when nothing had changed.</param>
public sealed record KernelReport(
    ObservedKernel Observed,
    ImmutableArray<KernelProblem> Problems,
    ImmutableArray<(KernelOp Op, KernelFault Fault)> Failed,
    int Writes) : INoSerializationVerificationNeeded
{
    /// <summary>Endpoints whose namespace is no more.</summary>
    public ImmutableArray<EndpointId> Gone { get; init; } = [];

    /// <summary>What is wrong with a network on this host, and so with each endpoint of it; null: nothing.</summary>
    public KernelProblem? Of(NetworkId network) => Problems.FirstOrDefault(p => p.Endpoint is null && p.Networks.Contains(network));

    public static KernelReport Empty { get; } = new(ObservedKernel.Empty, [], [], 0);
}
