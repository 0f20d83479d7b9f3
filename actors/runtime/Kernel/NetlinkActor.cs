using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Runtime.Telemetry;

namespace IpvlanActors.Runtime.Kernel;

/// <summary>Apply these; answered by <see cref="OpsApplied"/>.</summary>
public sealed record ApplyOps(ImmutableArray<KernelOp> Ops) : INoSerializationVerificationNeeded;

/// <param name="Faults">For each operation, in order: null if done.</param>
public sealed record OpsApplied(ImmutableArray<KernelOp> Ops, ImmutableArray<KernelFault?> Faults) : INoSerializationVerificationNeeded;

/// <summary>Read the host's namespace and these sandboxes; answered by <see cref="ObservedKernel"/>.</summary>
public sealed record ObserveKernel(ImmutableArray<Sandbox> Sandboxes) : INoSerializationVerificationNeeded;

/// <summary>Read this sandbox alone; answered by <see cref="ObservedSandbox"/>.</summary>
public sealed record LookIntoSandbox(Sandbox Sandbox) : INoSerializationVerificationNeeded;

/// <summary>Ask the kernel about these hops; answered by <see cref="NeighboursSeen"/>.</summary>
public sealed record LookAtNeighbours(ImmutableArray<Hop> Hops) : INoSerializationVerificationNeeded;

public sealed record NeighboursSeen(ImmutableArray<(Hop Hop, NeighbourState State)> Neighbours) : INoSerializationVerificationNeeded;

/// <summary>Answered by <see cref="SandboxIdentified"/>.</summary>
public sealed record IdentifySandbox(string Path) : INoSerializationVerificationNeeded;

public sealed record SandboxIdentified(Sandbox? Sandbox, KernelFault? Fault) : INoSerializationVerificationNeeded;

/// <summary>
/// One lane into the kernel: the only caller of its <see cref="IKernel"/>, on a thread of its own. Takes whatever
/// operations wait and applies them as one batch.
/// </summary>
public sealed class NetlinkActor(Func<IKernel> open) : UntypedActor
{
    private readonly List<(IActorRef Asker, ApplyOps Request)> _waiting = [];
    private readonly IKernel _kernel = open();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ApplyOps apply:
                // whatever came in meanwhile is before the Flush in the mailbox
                if (_waiting.Count == 0)
                    Self.Tell(Flush.Instance);
                _waiting.Add((Sender, apply));
                break;
            case Flush:
                ApplyWaiting();
                break;
            case ObserveKernel observe:
                ApplyWaiting();
                Sender.Tell(Read(() => _kernel.Observe(observe.Sandboxes)));
                break;
            case LookIntoSandbox look:
                ApplyWaiting();
                Sender.Tell(Read(() => _kernel.Look(look.Sandbox)));
                break;
            case LookAtNeighbours look:
                Sender.Tell(Read(() => new NeighboursSeen([.. look.Hops.Zip(_kernel.Neighbours(look.Hops))])));
                break;
            case IdentifySandbox identify:
                var (sandbox, fault) = _kernel.Identify(identify.Path);
                Sender.Tell(new SandboxIdentified(sandbox, fault));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop() => _kernel.Dispose();

    /// <summary>The kernel could not be read: whoever asked hears why, and the lane goes on.</summary>
    private static object Read(Func<object> read)
    {
        try
        {
            return read();
        }
        catch (IOException e)
        {
            return new Status.Failure(e);
        }
    }

    private void ApplyWaiting()
    {
        if (_waiting.Count == 0)
            return;
        var batch = _waiting.ToImmutableArray();
        _waiting.Clear();
        ImmutableArray<KernelOp> ops = [.. batch.SelectMany(b => b.Request.Ops)];
        var started = Stopwatch.GetTimestamp();
        var faults = _kernel.Apply(ops);
        Instruments.Applied(ops, faults, Stopwatch.GetElapsedTime(started));
        var next = 0;
        foreach (var (asker, request) in batch)
        {
            asker.Tell(new OpsApplied(request.Ops, faults.Slice(next, request.Ops.Length)));
            next += request.Ops.Length;
        }
    }

    private sealed class Flush : INoSerializationVerificationNeeded
    {
        public static readonly Flush Instance = new();
    }
}
