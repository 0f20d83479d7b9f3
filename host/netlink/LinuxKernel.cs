using System.Collections.Immutable;
using System.Runtime.InteropServices;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Links;
using IpvlanActors.Netlink.Namespaces;
using IpvlanActors.Netlink.Neighbours;
using IpvlanActors.Netlink.Routes;
using IpvlanActors.Netlink.Sockets;

namespace IpvlanActors.Netlink;

/// <summary>
/// The kernel of this host, by rtnetlink. "The host" is the network namespace of the thread that makes the instance.
/// Not thread-safe; whoever wants link deletions, which wait for RCU, to overlap with other work takes several instances.
/// </summary>
public sealed class LinuxKernel : IKernel
{
    private readonly KernelLane _lane;
    private readonly HostLinks _links;
    private readonly SlaveBirth _births;
    private readonly SlaveCare _slaves;
    private readonly RouteOps _routes;
    private readonly NeighbourLook _neighbours;

    /// <exception cref="IOException">No netlink socket can be had.</exception>
    /// <param name="asMacvlan">Make macvlan links for ipvlan ones: for benchmarks on kernels without ipvlan.</param>
    public LinuxKernel(bool asMacvlan = false)
    {
        _lane = new();
        _links = new(_lane);
        _births = new(_lane) { AsMacvlan = asMacvlan };
        _slaves = new(_lane);
        _routes = new(_lane);
        _neighbours = new(_lane);
    }

    /// <summary>What may travel together: operations of one kind that stand side by side.</summary>
    private enum Run
    {
        HostLink,
        DeleteLinks,
        Plug,
        Repair,
        Unplug,
        Routes,
    }

    /// <summary>The namespace that this instance takes for the host's, should somebody want to compare.</summary>
    public Sandbox HostNamespace => _lane.HostIdentity;

    public ImmutableArray<KernelFault?> Apply(IReadOnlyList<KernelOp> ops)
    {
        KernelOp[] all = [.. ops];
        var results = new KernelFault?[all.Length];
        _lane.ForgetIndexes();
        for (var start = 0; start < all.Length;)
        {
            var run = RunOf(all[start]);
            var end = start + 1;
            while (end < all.Length && RunOf(all[end]) == run)
                end++;
            Apply(run, all.AsSpan(start..end), results.AsSpan(start..end));
            start = end;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(results);
    }

    public ObservedKernel Observe(IReadOnlyCollection<Sandbox> sandboxes)
    {
        // links last: a route or address by a link that is not among them is one of a link that has just gone
        var addresses = Tables.Addresses(_lane.Host);
        var routes = Tables.Routes(_lane.Host, Ownership.RouteProtocol);
        var links = Tables.Links(_lane.Host).ConvertAll(l => l.Link);
        var names = links.ToDictionary(l => l.Index, l => l.Name);
        return new(
            [.. links],
            [.. addresses.Where(a => names.ContainsKey(a.LinkIndex))],
            [.. routes.Where(r => r.LinkIndex == 0 || names.ContainsKey(r.LinkIndex)).Select(r => r.ToRoute(NameOf(names, r.LinkIndex)))],
            [.. sandboxes.Select(_slaves.Observe)]);
    }

    public ObservedSandbox Look(Sandbox sandbox) => _slaves.Observe(sandbox);

    public (Sandbox? Sandbox, KernelFault? Fault) Identify(string path)
    {
        try
        {
            using var found = NetworkNamespace.Open(path);
            return (found.Identity, null);
        }
        catch (NetlinkException e)
        {
            return (null, e.Fault);
        }
    }

    public ImmutableArray<NeighbourState> Neighbours(IReadOnlyList<Hop> hops)
    {
        _lane.ForgetIndexes();
        return [.. hops.Select(_neighbours.At)];
    }

    public KernelAbilities Probe() => KernelProbe.Run();

    public IDisposable Watch(Action<KernelChanges> changed) => Watch(changed, MonitorBuffer);

    public void Dispose() => _lane.Dispose();

    /// <summary>A burst of 100,000 route messages fits.</summary>
    private const int MonitorBuffer = 32 * 1024 * 1024;

    internal IDisposable Watch(Action<KernelChanges> changed, int receiveBuffer) =>
        new NetlinkMonitor(() => _lane.OpenInHost(receiveBuffer), changed);

    private static LinkName? NameOf(Dictionary<int, LinkName> names, int index) => index == 0 ? null : names[index];

    private static Run RunOf(KernelOp op) => op switch
    {
        CreateDummy or CreateVlan or CreateLoose or SetLinkUp => Run.HostLink,
        DeleteLink => Run.DeleteLinks,
        PlugSlave => Run.Plug,
        RepairSlave => Run.Repair,
        UnplugSlave => Run.Unplug,
        AddRoute or DeleteRoute => Run.Routes,
        _ => throw new ArgumentException($"No request for {op}.", nameof(op)),
    };

    private void Apply(Run run, ReadOnlySpan<KernelOp> ops, Span<KernelFault?> results)
    {
        try
        {
            switch (run)
            {
                case Run.DeleteLinks:
                    _links.Delete(ops, results);
                    break;
                case Run.Plug:
                    _births.Plug(ops, results);
                    break;
                case Run.Unplug:
                    _slaves.Unplug(ops, results);
                    break;
                case Run.Routes:
                    _routes.Run(ops, results);
                    break;
                default:
                    ApplyEach(ops, results);
                    break;
            }
        }
        catch (NetlinkException e)
        {
            // the socket itself failed: of what has no answer yet nobody knows
            foreach (ref var result in results)
                result ??= e.Fault;
        }

        if (run is Run.HostLink or Run.DeleteLinks)
            _lane.ForgetIndexes();
    }

    private void ApplyEach(ReadOnlySpan<KernelOp> ops, Span<KernelFault?> results)
    {
        for (var i = 0; i < ops.Length; i++)
        {
            try
            {
                results[i] = ApplyOne(ops[i]);
            }
            catch (NetlinkException e)
            {
                results[i] = e.Fault;
            }
        }
    }

    private KernelFault? ApplyOne(KernelOp op) => op switch
    {
        CreateDummy o => _links.Create(o),
        CreateVlan o => _links.Create(o),
        CreateLoose o => _links.Create(o),
        SetLinkUp o => _links.SetUp(o),
        RepairSlave o => _slaves.Repair(o.Slave),
        _ => throw new ArgumentException($"No request for {op}.", nameof(op)),
    };
}
