using System.Collections.Immutable;
using Akka.Actor;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Runtime.Kernel;

/// <summary>
/// The ways into the kernel: one lane for all that is quick, several for deletes of links, since the kernel lets each wait
/// some 18 ms for RCU; deletes overlap, and nothing else waits behind them.
/// </summary>
public sealed class KernelLanes(IActorRef requests, ImmutableArray<IActorRef> deletes)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private int _next;

    public Task<ObservedKernel> Observe(ImmutableArray<Sandbox> sandboxes) =>
        requests.Ask<ObservedKernel>(new ObserveKernel(sandboxes), Patience);

    public Task<ObservedSandbox> Look(Sandbox sandbox) =>
        requests.Ask<ObservedSandbox>(new LookIntoSandbox(sandbox), Patience);

    public Task<NeighboursSeen> Neighbours(ImmutableArray<Hop> hops) =>
        requests.Ask<NeighboursSeen>(new LookAtNeighbours(hops), Patience);

    public Task<SandboxIdentified> Identify(string path) =>
        requests.Ask<SandboxIdentified>(new IdentifySandbox(path), Patience);

    public Task<OpsApplied> Apply(ImmutableArray<KernelOp> ops) => ops.IsEmpty
        ? Task.FromResult(new OpsApplied([], []))
        : requests.Ask<OpsApplied>(new ApplyOps(ops), Patience);

    /// <summary>Deletes links, spread over the lanes.</summary>
    public async Task<OpsApplied> Unplug(ImmutableArray<KernelOp> ops)
    {
        var asked = new List<Task<OpsApplied>>();
        foreach (var share in ops.Chunk(Math.Max(1, (ops.Length + deletes.Length - 1) / deletes.Length)))
        {
            var lane = deletes[(int)((uint)Interlocked.Increment(ref _next) % deletes.Length)];
            asked.Add(lane.Ask<OpsApplied>(new ApplyOps([.. share]), Patience));
        }

        var applied = await Task.WhenAll(asked);
        return new([.. applied.SelectMany(a => a.Ops)], [.. applied.SelectMany(a => a.Faults)]);
    }
}
