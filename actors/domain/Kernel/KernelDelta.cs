using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Kernel;

/// <summary>The smallest set of operations that makes the kernel hold what it should, in an order in which they work.</summary>
/// <param name="Problems">What no operation of ours can put right.</param>
/// <param name="Gone">Endpoints whose namespace is no more.</param>
public sealed record KernelDelta(
    ImmutableArray<KernelOp> Ops, ImmutableArray<KernelProblem> Problems, ImmutableArray<EndpointId> Gone)
{
    /// <summary>
    /// Make before use: parents, then routes and slaves; unmake after use: slaves, then parents. What is right already is
    /// not touched, and what does not bear our mark is not looked at.
    /// </summary>
    public static KernelDelta Between(DesiredKernel desired, ObservedKernel observed)
    {
        var problems = new List<KernelProblem>();
        var parents = Parents(desired, observed, problems);
        var (plug, unplug, gone) = Slaves(desired, observed, Available(parents, observed), problems);
        return new(
            [.. parents, .. Routes(desired.Routes, observed), .. plug, .. unplug, .. Leftovers(desired, observed)],
            [.. problems], gone);
    }

    private static List<KernelOp> Parents(DesiredKernel desired, ObservedKernel observed, List<KernelProblem> problems)
    {
        var ops = new List<KernelOp>();
        foreach (var (name, parent) in desired.Parents)
        {
            if (observed.Link(name) is { } link)
            {
                if (link.Alias != parent.Alias)
                    problems.Add(new(parent.Networks, $"link {name} exists but is not ours, so it is used as it is and will not be deleted."));
                else if (!link.Up)
                    ops.Add(new SetLinkUp(name));
            }
            else if (parent.Link.Base is { } on && observed.Link(on) is not { Up: true })
            {
                var state = observed.Link(on) is null ? "is missing" : "is down";
                problems.Add(new(parent.Networks, $"link {on} {state}, so its VLAN {name} cannot be made: bring {on} back; it will be made by itself then."));
            }
            else
            {
                ops.Add(parent.Creation);
            }
        }

        foreach (var (name, networks) in desired.Required)
        {
            if (observed.Link(name) is not { } link)
                problems.Add(new(networks, $"parent link {name} is missing: bring it back; endpoints wait for it."));
            else if (!link.Up)
                problems.Add(new(networks, $"parent link {name} is down: ip link set {name} up."));
        }

        return ops;
    }

    /// <summary>Links that slaves can hang on: there already, or made before them. A slave without one waits; its parent's problem says why.</summary>
    private static HashSet<LinkName> Available(List<KernelOp> parents, ObservedKernel observed) =>
    [
        .. observed.Links.Select(l => l.Name),
        .. parents.OfType<CreateDummy>().Select(o => o.Name),
        .. parents.OfType<CreateVlan>().Select(o => o.Name),
    ];

    private static IEnumerable<KernelOp> Routes(ImmutableArray<Route> desired, ObservedKernel observed)
    {
        // a set, not one per key: somebody may have appended a second next hop to a route of ours
        var held = observed.Routes.ToHashSet();
        var wanted = new Dictionary<(Prefix, uint), Route>();
        foreach (var route in desired)
            wanted.TryAdd(route.Key, route);
        foreach (var route in observed.Routes)
        {
            if (!wanted.TryGetValue(route.Key, out var right) || right != route)
                yield return new DeleteRoute(route);
        }

        foreach (var route in wanted.Values)
        {
            if (!held.Contains(route))
                yield return new AddRoute(route);
        }
    }

    private static (List<KernelOp> Plug, List<KernelOp> Unplug, ImmutableArray<EndpointId> Gone) Slaves(
        DesiredKernel desired, ObservedKernel observed, HashSet<LinkName> available, List<KernelProblem> problems)
    {
        var (plug, unplug) = (new List<KernelOp>(), new List<KernelOp>());
        var gone = ImmutableArray.CreateBuilder<EndpointId>();
        var sandboxes = observed.Sandboxes.ToDictionary(s => s.Sandbox);
        foreach (var slave in desired.Slaves)
        {
            if (!sandboxes.TryGetValue(slave.Sandbox, out var sandbox))
                continue;
            if (!sandbox.Exists)
                gone.Add(slave.Endpoint);
            else if (slave.IsParentInSandbox ? HasParent(slave, sandbox, problems) : available.Contains(slave.Parent))
                plug.AddRange(ForSlave(slave, sandbox, problems));
        }

        var known = desired.Slaves.Select(s => (s.Sandbox, s.Alias)).ToHashSet();
        var loose = desired.Loose.Select(s => s.Alias).ToHashSet(StringComparer.Ordinal);
        foreach (var sandbox in observed.Sandboxes)
        {
            foreach (var slave in sandbox.Slaves)
            {
                if (Ownership.IsSlaveAlias(slave.Link.Alias, out var network, out var endpoint)
                    && !known.Contains((sandbox.Sandbox, slave.Link.Alias)) && !loose.Contains(slave.Link.Alias))
                {
                    unplug.Add(new UnplugSlave(network, endpoint, sandbox.Sandbox));
                }
            }
        }

        return (plug, unplug, gone.ToImmutable());
    }

    private static bool HasParent(Slave slave, ObservedSandbox sandbox, List<KernelProblem> problems)
    {
        var link = sandbox.Link(slave.Parent);
        if (link is not { Up: true })
        {
            var text = link is null
                ? $"parent link {slave.Parent} is missing in {slave.Sandbox.Path}, so endpoint {slave.Endpoint.Short} has no link there: bring it back; its own follows within a minute."
                : $"parent link {slave.Parent} is down in {slave.Sandbox.Path}: ip -n {KernelWords.NameOf(slave.Sandbox)} link set {slave.Parent} up.";
            problems.Add(new([slave.Network], text) { Endpoint = slave.Endpoint });
        }

        return link is not null;
    }

    /// <summary>What one slave lacks, if anything.</summary>
    public static IEnumerable<KernelOp> ForSlave(Slave slave, ObservedSandbox sandbox, List<KernelProblem> problems)
    {
        if (sandbox.Slaves.FirstOrDefault(s => IsOf(s, slave)) is not { } there)
            return [new PlugSlave(slave)];
        if (there.Link.Mode != slave.Mode || there.Link.Flag != slave.Flag)
        {
            problems.Add(new([slave.Network],
                $"parent {slave.Parent} was switched to mode {there.Link.Mode} {there.Link.Flag} by somebody else's link, and endpoint {slave.Endpoint.Short} with it: remove that link."));
        }

        return IsRight(slave, there) ? [] : [new RepairSlave(slave)];
    }

    private static bool IsOf(ObservedSlave observed, Slave slave) =>
        observed.Link.Alias == slave.Alias || (observed.Link.Alias.Length == 0 && observed.Link.Name == slave.TemporaryName);

    private static bool IsRight(Slave slave, ObservedSlave there) =>
        there.Link.Name == slave.Name && there.Link.Alias == slave.Alias && there.Link.Up
        && (slave.Mtu is not { } mtu || there.Link.Mtu == mtu)
        && slave.Addresses.All(there.Addresses.Contains)
        && slave.Routes.All(there.Routes.Contains)
        && there.Ipv6 == slave.HasIpv6;

    /// <summary>A slave stands in the host's own namespace only while it is being handed over: any other was left there.</summary>
    private static IEnumerable<KernelOp> Leftovers(DesiredKernel desired, ObservedKernel observed)
    {
        var loose = desired.Loose.Select(s => s.Alias).ToHashSet(StringComparer.Ordinal);
        return observed.Links
            .Where(l => l.Kind switch
            {
                "dummy" or "vlan" => Ownership.IsOurAlias(l.Alias) && !desired.Parents.ContainsKey(l.Name),
                "ipvlan" => Ownership.IsSlaveAlias(l.Alias, out _, out _) && !loose.Contains(l.Alias),
                _ => false,
            })
            .Select(l => new DeleteLink(l.Name, l.Alias));
    }
}

/// <summary>Something that an operator has to see to.</summary>
public sealed record KernelProblem(ImmutableArray<NetworkId> Networks, string Text)
{
    /// <summary>It is this one's alone, and was seen in its namespace; none: it is one of the networks on this host.</summary>
    public EndpointId? Endpoint { get; init; }
}
