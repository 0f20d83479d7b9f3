using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime.Networks;

/// <summary>Keeps a reserve of addresses: the next block is claimed before it is needed, and what lies idle goes back.</summary>
internal sealed partial class HostNetworkActor : IWithTimers
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IdleFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RefusedFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<Prefix, DateTimeOffset> _idleSince = [];
    private readonly Dictionary<Prefix, long> _refusedAt = [];

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(LookEvery, Networks.Look.Instance, LookEvery);

    /// <summary>A borrowed address goes back as soon as it has rested, for its owner waits.</summary>
    private void LookWhenRested() => Timers.StartSingleTimer(Moment, Networks.Look.Instance, node.Rest + Moment);

    /// <summary>In the background: whoever is the first to find no address left waits for nobody.</summary>
    private void ClaimAhead()
    {
        foreach (var subnet in Decided.Spec?.Subnets.Where(s => IdleBlocks.IsShort(s, Decided)) ?? [])
        {
            var (need, prefix) = (new BlockNeed(subnet.Prefix, null), subnet.Prefix);
            var refused = _refusedAt.TryGetValue(prefix, out var at) && node.Clock.GetElapsedTime(at) < RefusedFor;
            if (refused || _claims.ContainsKey(need))
                continue;
            Claim(need, refusal =>
            {
                if (refusal is null)
                    return;
                _refusedAt[prefix] = node.Clock.GetTimestamp();
                Log.Warning("{Subnet} of network {Network} is running short here: {Refusal}", prefix, Decided.Spec?.Name, refusal.Text);
            });
        }
    }

    /// <summary>Two looks some minutes apart must find a block idle; a loan goes back at the first.</summary>
    private void LookForIdleBlocks()
    {
        if (!Decided.IsAttached || _claims.Count > 0 || node.Boards.Fence is not null)
            return;
        var now = node.Now();
        var idle = IdleBlocks.Of(Decided, now.At, node.Rest).ToHashSet();
        foreach (var busy in _idleSince.Keys.Where(b => !idle.Contains(b)).ToList())
            _idleSince.Remove(busy);
        foreach (var block in idle)
            _idleSince.TryAdd(block, now.At);
        ImmutableArray<Prefix> useless = [.. idle.Where(b => BlockPlan.IsLoan(b, Decided.Spec!) || now.At - _idleSince[b] >= IdleFor)];
        if (!useless.IsEmpty)
            GiveBack([.. useless.Select(b => new Claim(b, Decided.Blocks[b].Epoch))]);
    }

    private void GiveBack(ImmutableArray<Claim> claims) =>
        Decide(new SurrenderIdle(node.Now(), [.. claims.Select(c => c.Block)], node.Rest), _ =>
        {
            node.CrashPoint("block-release.surrendered");
            Release([.. claims.Where(c => !State.Blocks.ContainsKey(c.Block))]);
            neighbours.Reconciler.Tell(new Kernel.Reconcile(WithSandboxes: false)); // the block's guard
        });
}

/// <summary>To a network on this host, by its own clock: see whether there are idle blocks.</summary>
internal sealed class Look : INoSerializationVerificationNeeded
{
    private Look()
    {
    }

    public static Look Instance { get; } = new();
}
