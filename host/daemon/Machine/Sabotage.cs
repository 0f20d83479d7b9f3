using System.Collections.Immutable;
using System.Globalization;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime;
using Route = IpvlanActors.Domain.Kernel.Route;

namespace IpvlanActors.Daemon.Machine;

/// <summary>
/// What a test tells a node to do wrong (IPVLAND_BREAK, words with commas between), so that it can show that the wrong
/// would be noticed; and the clock that a test sets wrong (IPVLAND_CLOCK). Nobody else sets these variables; without them
/// nothing of this file is in the way of anything.
/// </summary>
internal static class Sabotage
{
    private const string Variable = "IPVLAND_BREAK";
    private const string ClockVariable = "IPVLAND_CLOCK";

    private static readonly ImmutableHashSet<string> Words =
        [.. (Environment.GetEnvironmentVariable(Variable) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    public static bool Of(string word) => Words.Contains(word);

    /// <summary>
    /// skip-verification: whatever a peer tells is believed. skip-epoch-check: whoever tells of a later claim than the
    /// registry's is believed.
    /// </summary>
    public static RouteJudge Judge() => Of("skip-verification") ? Believe
        : Of("skip-epoch-check") ? static (origin, ad, basis) => IsLater(ad, basis) ? Believe(origin, ad, basis) : RouteVerifier.Judge(origin, ad, basis)
        : RouteVerifier.Judge;

    /// <summary>skip-fence: a copied or restored journal is as good as any, and no block is ever another's.</summary>
    public static Func<HostState, ClusterBoard, RegistrationBoard, Refusal?> Fence() =>
        Of("skip-fence") ? static (_, _, _) => null : Runtime.Fence.Of;

    /// <summary>skip-fence again.</summary>
    public static BlockJudge CheckBlocks() => !Of("skip-fence") ? BlockCheck.Of : static (now, own, entry, blocks) =>
        [.. BlockCheck.Of(now, own, entry, blocks).Where(c => c is not LoseBlock)];

    /// <summary>lie: tells that others' blocks are reached by this host, and by a later claim than theirs.</summary>
    public static RouteSource Origin(HostId self, Boards boards) => !Of("lie") ? RouteOrigin.Of : (id, network, kernel, blocks) =>
    [
        .. RouteOrigin.Of(id, network, kernel, blocks),
        .. (boards.Catalogue.Current.Networks.GetValueOrDefault(id)?.Blocks ?? PrefixMap<BlockOwner>.Empty)
            .Where(b => b.Value.Host != self && RouteOrigin.NextHop(network, b.Key.Family, kernel) is not null)
            .Select(b => new RouteAd(id, b.Key, b.Value.Epoch + 1, RouteOrigin.NextHop(network, b.Key.Family, kernel)!.Value)),
    ];

    private static RouteVerdict Believe(HostId origin, RouteAd ad, RouteBasis basis) =>
        basis.IsKnown && basis.View.Networks.GetValueOrDefault(ad.Network)?.Parent is { } parent
            ? new(origin, ad, Route.ToPeer(ad.Prefix, ad.NextHop, parent.Name), "")
            : RouteVerifier.Judge(origin, ad, basis);

    private static bool IsLater(RouteAd ad, RouteBasis basis) =>
        basis.Catalogue.Networks.GetValueOrDefault(ad.Network)?.OwnerOf(ad.Prefix) is { } owner && owner.Epoch < ad.Epoch;

    public static TimeProvider Clock() =>
        Environment.GetEnvironmentVariable(ClockVariable) is { Length: > 0 } file ? new WrongClock(file) : TimeProvider.System;

    public static IKernel Spoil(IKernel kernel) => Words.IsEmpty ? kernel : new SpoiledKernel(kernel);

    /// <summary>The file says by how many seconds it is wrong, and may say something else at any time.</summary>
    private sealed class WrongClock(string file) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() =>
            base.GetUtcNow().AddSeconds(long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture));
    }

    /// <summary>The node decides right, and its kernel gets it wrong.</summary>
    private sealed class SpoiledKernel(IKernel kernel) : IKernel
    {
        private static readonly Route OfNobody =
            Route.Unreachable(Prefix.Parse("198.51.101.0/24"), Ownership.PeerMetric) with { Protocol = 4 };

        private bool _begun;
        private long _rewritten;

        public ImmutableArray<KernelFault?> Apply(IReadOnlyList<KernelOp> ops)
        {
            var kept = ops.Select(op => Of("keep-routes") && op is DeleteRoute { Route.Metric: Ownership.PeerMetric }).ToList();
            var faults = new Queue<KernelFault?>(kernel.Apply([.. ops.Where((_, i) => !kept[i]).Select(Astray)]));
            return [.. kept.Select(k => k ? null : faults.Dequeue())];
        }

        public ObservedKernel Observe(IReadOnlyCollection<Sandbox> sandboxes)
        {
            if (!_begun)
                Begin();
            _begun = true;
            if (Of("restless"))
                Rewrite();
            var seen = kernel.Observe(sandboxes);
            return Of("astray") ? seen with { Routes = [.. seen.Routes.Select(r => Turned(r, back: true))] } : seen;
        }

        public (Sandbox? Sandbox, KernelFault? Fault) Identify(string path) => kernel.Identify(path);

        public ImmutableArray<NeighbourState> Neighbours(IReadOnlyList<Hop> hops) => kernel.Neighbours(hops);

        public KernelAbilities Probe() => kernel.Probe();

        public IDisposable Watch(Action<KernelChanges> changed) => kernel.Watch(changed);

        public void Dispose() => kernel.Dispose();

        private void Begin()
        {
            if (Of("sweep"))
                kernel.Apply([.. PeerRoutes().Select(KernelOp (r) => new DeleteRoute(r))]);
            if (Of("touch-others"))
                kernel.Apply([new AddRoute(OfNobody)]);
        }

        private void Rewrite()
        {
            const long MillisecondsBetween = 1000; // each rewriting makes the node look again
            if (Environment.TickCount64 - _rewritten < MillisecondsBetween || PeerRoutes() is not [var route, ..])
                return;
            _rewritten = Environment.TickCount64;
            kernel.Apply([new DeleteRoute(route), new AddRoute(route)]);
        }

        private ImmutableArray<Route> PeerRoutes() => [.. kernel.Observe([]).Routes.Where(r => r.Metric == Ownership.PeerMetric)];

        private static KernelOp Astray(KernelOp op) => op switch
        {
            AddRoute add when Of("astray") => new AddRoute(Turned(add.Route, back: false)),
            DeleteRoute delete when Of("astray") => new DeleteRoute(Turned(delete.Route, back: false)),
            _ => op,
        };

        /// <summary>A peer's route by the address next to its next hop, which is another host's.</summary>
        private static Route Turned(Route route, bool back) => route is { Metric: Ownership.PeerMetric, NextHop: { } hop }
            ? route with { NextHop = back ? hop.Previous() : hop.Offset(1) }
            : route;
    }
}
