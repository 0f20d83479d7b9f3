using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime.Kernel;

/// <summary>One comparison of desired and observed, and what follows from it.</summary>
/// <param name="peerRoutes">Null: not known yet, so those that stand are left alone.</param>
/// <param name="leaving">Endpoints whose slaves are being deleted, though the journal does not say so yet.</param>
internal sealed class Pass(KernelLanes lanes, NodeContext node, IEnumerable<Route>? peerRoutes, ImmutableHashSet<EndpointId> leaving)
{
    public async Task<KernelReport> Run(bool withSandboxes)
    {
        var observed = await lanes.Observe(withSandboxes ? Sandboxes(node.View.Current) : []);

        // The view is read after the kernel: a slave that was seen has its event in the view, so none is taken for a leftover.
        var view = node.View.Current;
        var desired = DesiredKernel.From(view, peerRoutes ?? observed.Routes.Where(r => r.Metric == Ownership.PeerMetric));
        desired = desired with { Slaves = [.. desired.Slaves.Where(s => !leaving.Contains(s.Endpoint))] };
        var delta = KernelDelta.Between(desired, observed);

        var failed = new List<(KernelOp, KernelFault)>();
        await Apply(delta.Ops.Where(o => o is not (UnplugSlave or DeleteLink)), lanes.Apply, failed);
        await Apply(delta.Ops.Where(o => o is UnplugSlave), lanes.Unplug, failed);
        await Apply(delta.Ops.Where(o => o is DeleteLink), lanes.Unplug, failed);
        return new(observed, withSandboxes ? delta.Problems : [.. delta.Problems, .. Kept(view)], [.. failed], delta.Ops.Length) { Gone = delta.Gone };
    }

    /// <summary>What the last look into containers found, of endpoints that are still in theirs.</summary>
    private IEnumerable<KernelProblem> Kept(HostView view) => node.Boards.Kernel.Current.Problems
        .Where(p => p.Endpoint is { } endpoint && view.Endpoints.GetValueOrDefault(endpoint) is { IsJoined: true });

    private static ImmutableArray<Sandbox> Sandboxes(HostView view) =>
        [.. view.Endpoints.Values.Where(e => !e.IsHandedOver).Select(e => e.Sandbox).OfType<Sandbox>().Distinct()];

    private static async Task Apply(
        IEnumerable<KernelOp> ops, Func<ImmutableArray<KernelOp>, Task<OpsApplied>> lane, List<(KernelOp, KernelFault)> failed)
    {
        var batch = ops.ToImmutableArray();
        if (batch.IsEmpty)
            return;
        var applied = await lane(batch);
        for (var n = 0; n < applied.Ops.Length; n++)
        {
            if (applied.Faults[n] is { } fault && !IsDoneAnyway(applied.Ops[n], fault))
                failed.Add((applied.Ops[n], fault));
        }
    }

    private static bool IsDoneAnyway(KernelOp op, KernelFault fault) =>
        op is DeleteLink or DeleteRoute or UnplugSlave && fault.Class == FaultClass.NotFound;
}
