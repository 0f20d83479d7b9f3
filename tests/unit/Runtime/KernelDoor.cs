using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Tests.Unit.Support;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>
/// Where several lanes go into one <see cref="FakeKernel"/>. A test may listen at it, hold somebody up in it, or shut it:
/// then nobody of that node changes the kernel any more, as after a crash.
/// </summary>
internal sealed class KernelDoor(FakeKernel kernel)
{
    private readonly ConcurrentQueue<ImmutableArray<KernelOp>> _batches = [];
    private volatile bool _isShut;

    /// <summary>What came in as one batch each, in order.</summary>
    public ImmutableArray<ImmutableArray<KernelOp>> Batches => [.. _batches];

    public Action<IReadOnlyList<KernelOp>> BeforeApply { get; set; } = static _ => { };

    public Action BeforeObserve { get; set; } = static () => { };

    public IKernel Open() => new Lane(this, kernel);

    public void Shut() => _isShut = true;

    private void Enter()
    {
        if (_isShut)
            throw new ActorKilledException("the node has crashed");
    }

    private sealed class Lane(KernelDoor door, FakeKernel kernel) : IKernel
    {
        public ImmutableArray<KernelFault?> Apply(IReadOnlyList<KernelOp> ops)
        {
            door.Enter();
            door._batches.Enqueue([.. ops]);
            door.BeforeApply(ops);
            door.Enter();
            return kernel.Apply(ops);
        }

        public ObservedKernel Observe(IReadOnlyCollection<Sandbox> sandboxes)
        {
            door.Enter();
            door.BeforeObserve();
            return kernel.Observe(sandboxes);
        }

        public (Sandbox? Sandbox, KernelFault? Fault) Identify(string path) => kernel.Identify(path);

        public ImmutableArray<NeighbourState> Neighbours(IReadOnlyList<Hop> hops)
        {
            door.BeforeObserve();
            return kernel.Neighbours(hops);
        }

        public KernelAbilities Probe() => kernel.Probe();

        public IDisposable Watch(Action<KernelChanges> changed) => kernel.Watch(changed);

        public void Dispose()
        {
        }
    }
}

/// <summary>Waits for what comes about by itself; says what is still wrong when it does not.</summary>
internal static class Eventually
{
    private const double Patience = 15;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <param name="seconds">For what takes its time by itself.</param>
    public static Task True(Func<bool> condition, string what, double seconds = Patience) => Nothing(() => condition() ? [] : [what], seconds);

    public static async Task True(Func<Task<bool>> condition, string what)
    {
        var until = DateTimeOffset.UtcNow.AddSeconds(Patience);
        while (!await condition())
        {
            if (DateTimeOffset.UtcNow > until)
                throw new TimeoutException($"after {Patience} s still wrong:\n{what}");
            await Task.Delay(Step);
        }
    }

    /// <param name="wrong">What is wrong now; empty at last.</param>
    public static async Task Nothing(Func<IEnumerable<string>> wrong, double seconds = Patience)
    {
        var until = DateTimeOffset.UtcNow.AddSeconds(seconds);
        while (wrong().ToList() is { Count: > 0 } left)
        {
            if (DateTimeOffset.UtcNow > until)
                throw new TimeoutException($"after {seconds} s still wrong:\n{string.Join("\n", left)}");
            await Task.Delay(Step);
        }
    }
}
