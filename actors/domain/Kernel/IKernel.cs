using System.Collections.Immutable;

namespace IpvlanActors.Domain.Kernel;

/// <summary>
/// The port to the kernel of this host: whole operations in, what it holds out. Synchronous on purpose: one actor on a
/// thread of its own calls it. Implementations are not thread-safe, but for <see cref="Watch"/>.
/// </summary>
public interface IKernel : IDisposable
{
    /// <summary>
    /// Applies operations in order, batched as far as the kernel allows. One that fails stops no other.
    /// </summary>
    /// <returns>For each operation, in order: null if done, else why not.</returns>
    ImmutableArray<KernelFault?> Apply(IReadOnlyList<KernelOp> ops);

    /// <summary>Reads all links and addresses of the host, the main table's routes of our protocol, and the given sandboxes.</summary>
    ObservedKernel Observe(IReadOnlyCollection<Sandbox> sandboxes);

    /// <summary>One sandbox as <see cref="Observe"/> reads it, and nothing of the host, whose tables may be long.</summary>
    ObservedSandbox Look(Sandbox sandbox) => Observe([sandbox]).Sandboxes[0];

    /// <summary>The namespace that a path leads to now, or why it leads to none.</summary>
    (Sandbox? Sandbox, KernelFault? Fault) Identify(string path);

    /// <summary>
    /// What the kernel knows of these hops, in their order. Of one that it takes for known it is made to ask at once, so
    /// that a later look shows whether it answered: left alone it would find out only seconds after packets went astray.
    /// </summary>
    ImmutableArray<NeighbourState> Neighbours(IReadOnlyList<Hop> hops);

    /// <summary>Tries out each kind of link in a throw-away namespace and says what this kernel cannot do.</summary>
    KernelAbilities Probe();

    /// <summary>
    /// Calls back, on a thread of its own and coalesced, when links, addresses, routes of ours or the default route change by
    /// whoever's hand, and after an overrun with everything. Ends with <see cref="IDisposable.Dispose"/> of what is returned.
    /// </summary>
    IDisposable Watch(Action<KernelChanges> changed);
}

[Flags]
public enum KernelChanges : byte
{
    Links = 1,
    Addresses = 2,
    Routes = 4,

    /// <summary>
    /// A link was told of, and is as it was: so the kernel says that a slave of it came, went or changed, in whatever namespace
    /// (NETDEV_CHANGEUPPER is told of the lower link).
    /// </summary>
    Slaves = 8,

    /// <summary>Messages were lost: anything may have changed.</summary>
    All = Links | Addresses | Routes | Slaves,
}

/// <summary>What this kernel can make. <paramref name="Problems"/> has one sentence, with the way out, per missing ability.</summary>
public sealed record KernelAbilities(bool Ipvlan, bool Vlan, bool Dummy, ImmutableArray<string> Problems);
