using System.Collections.Immutable;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Tests.Unit.Support;

/// <summary>
/// A small kernel in memory, for tests without root. It refuses what the real one refuses, with the same class, errno
/// and text; it keeps what the real one keeps and forgets what that forgets (routes when a link goes down, slaves when
/// their parent goes). <see cref="Log"/> has each change in iproute2's words, <see cref="ToString"/> what there is now.
/// </summary>
/// <remarks>Setting up is in FakeKernel.Setup.cs, its rules in FakeKernel.Rules.cs, its text in FakeKernel.Text.cs.</remarks>
public sealed partial class FakeKernel : IKernel
{
    public const string BootId = "11111111-2222-3333-4444-555555555555";

    private readonly Lock _lock = new();
    private readonly List<FakeLink> _links = [];
    private readonly List<Route> _routes = [];
    private readonly Dictionary<string, FakeSandbox> _sandboxes = [];
    private readonly List<(Func<KernelOp, bool> Which, KernelFault Fault)> _failNext = [];
    private readonly Dictionary<int, KernelFault> _failAt = [];
    private readonly List<Action<KernelChanges>> _watchers = [];
    private readonly Dictionary<Hop, NeighbourState> _neighbours = [];
    private readonly List<string> _log = [];
    private readonly List<string> _refused = [];
    private KernelChanges _changed;
    private int _nextIndex = 1;
    private ulong _nextInode = 4_026_532_001;

    public FakeKernel() => _links.Add(new(_nextIndex++, "lo") { IsLoopback = true, Up = true, Running = true, Mtu = 65536 });

    /// <summary>Every change that <see cref="IKernel.Apply"/> made, one line per request, in iproute2's words.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_lock)
                return [.. _log];
        }
    }

    /// <summary>The text of every fault that was answered, injected ones among them.</summary>
    public IReadOnlyList<string> Refused
    {
        get
        {
            lock (_lock)
                return [.. _refused];
        }
    }

    /// <summary>Operations asked for so far; <see cref="FailAt"/> counts them from 0.</summary>
    public int Attempts { get; private set; }

    /// <summary>Operations that changed something.</summary>
    public int Writes { get; private set; }

    public int Observations { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>What <see cref="Probe"/> says.</summary>
    public KernelAbilities Abilities { get; set; } = new(true, true, true, []);

    /// <summary>The next operation that fits is refused with this and changes nothing. Several may wait.</summary>
    public void FailNext(Func<KernelOp, bool> which, KernelFault fault)
    {
        lock (_lock)
            _failNext.Add((which, fault));
    }

    /// <summary>The n-th operation since birth (from 0, see <see cref="Attempts"/>) is refused with this.</summary>
    public void FailAt(int n, KernelFault fault)
    {
        lock (_lock)
            _failAt[n] = fault;
    }

    public ImmutableArray<KernelFault?> Apply(IReadOnlyList<KernelOp> ops)
    {
        var results = ImmutableArray.CreateBuilder<KernelFault?>(ops.Count);
        lock (_lock)
        {
            foreach (var op in ops)
                results.Add(ApplyOne(op));
        }

        Notify();
        return results.MoveToImmutable();
    }

    public ObservedKernel Observe(IReadOnlyCollection<Sandbox> sandboxes)
    {
        lock (_lock)
        {
            Observations++;
            return new(
                [.. _links.Select(l => l.Observed())],
                [.. _links.SelectMany(l => l.Addresses.Select(a => new ObservedAddress(l.Index, a)))],
                [.. _routes.Where(r => r.Protocol == Ownership.RouteProtocol)],
                [.. sandboxes.Select(Observe)]);
        }
    }

    public (Sandbox? Sandbox, KernelFault? Fault) Identify(string path)
    {
        lock (_lock)
        {
            return _sandboxes.TryGetValue(path, out var found)
                ? (found.Identity, null)
                : (null, Errno.Fault(Errno.ENOENT, $"open {path}"));
        }
    }

    public ImmutableArray<NeighbourState> Neighbours(IReadOnlyList<Hop> hops)
    {
        lock (_lock)
            return [.. hops.Select(h => _neighbours.GetValueOrDefault(h, NeighbourState.Reachable))];
    }

    public KernelAbilities Probe() => Abilities;

    /// <summary>Calls back on the thread that made the change, once per <see cref="IKernel.Apply"/> or set-up call.</summary>
    public IDisposable Watch(Action<KernelChanges> changed)
    {
        lock (_lock)
            _watchers.Add(changed);
        return new Watcher(this, changed);
    }

    public void Dispose() => IsDisposed = true;

    private ObservedSandbox Observe(Sandbox sandbox) => Find(sandbox) is { } found
        ? new(sandbox, true, [.. found.Links.Where(IsOurs).Select(l => Observe(found, l))])
        {
            Others = [.. found.Links.Where(IsOthers).Select(l => l.Observed())],
            DefaultLink = found.Routes.FindAll(r => r.Destination.IsDefault && found.Links.Exists(l => IsOthers(l) && l.Name == r.Device))
                .OrderBy(r => r.Destination.Family).ThenBy(r => r.Metric).FirstOrDefault()?.Device,
        }
        : new(sandbox, false, []);

    private static ObservedSlave Observe(FakeSandbox sandbox, FakeLink link) => new(
        link.Observed(), [.. link.Addresses], [.. sandbox.Routes.Where(r => r.Device == link.Name)], link.Ipv6);

    private static bool IsOurs(FakeLink link) => Ownership.IsOurAlias(link.Alias) || Ownership.IsTemporaryName(link.Name.Value);

    private static bool IsOthers(FakeLink link) => !IsOurs(link) && !link.IsLoopback;

    private KernelFault? ApplyOne(KernelOp op)
    {
        var fault = Injected(op, Attempts++) ?? Rule(op);
        if (fault is null)
            Writes++;
        else
            _refused.Add(fault.Text);
        return fault;
    }

    private KernelFault? Injected(KernelOp op, int n)
    {
        if (_failAt.Remove(n, out var fault))
            return fault;
        var index = _failNext.FindIndex(f => f.Which(op));
        if (index < 0)
            return null;
        fault = _failNext[index].Fault;
        _failNext.RemoveAt(index);
        return fault;
    }

    private KernelFault? Rule(KernelOp op) => op switch
    {
        CreateDummy o => Create(o),
        CreateVlan o => Create(o),
        CreateLoose o => Create(o),
        SetLinkUp o => SetUp(o),
        DeleteLink o => Delete(o),
        PlugSlave o => Plug(o.Slave),
        RepairSlave o => Repair(o.Slave),
        UnplugSlave o => Unplug(o),
        AddRoute o => Add(o),
        DeleteRoute o => Delete(o),
        _ => throw new ArgumentException($"No rule for {op}.", nameof(op)),
    };

    private void Change(KernelChanges what, string? line = null)
    {
        _changed |= what;
        if (line is not null)
            _log.Add(line);
    }

    private void Notify()
    {
        KernelChanges changed;
        Action<KernelChanges>[] watchers;
        lock (_lock)
        {
            (changed, _changed) = (_changed, 0);
            watchers = [.. _watchers];
        }

        if (changed == 0)
            return;
        foreach (var watcher in watchers)
            watcher(changed);
    }

    private sealed class Watcher(FakeKernel kernel, Action<KernelChanges> changed) : IDisposable
    {
        public void Dispose()
        {
            lock (kernel._lock)
                kernel._watchers.Remove(changed);
        }
    }
}
