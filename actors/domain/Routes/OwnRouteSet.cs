using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Routes;

/// <summary>A step from what a host told of to what it tells of now.</summary>
/// <param name="All">After this step.</param>
/// <param name="Told">What is new or different.</param>
/// <param name="Withdrawn">What is no more.</param>
public sealed record OwnRouteStep(
    HashMap<RouteKey, RouteAd> All, ImmutableArray<RouteAd> Told, ImmutableArray<RouteKey> Withdrawn);

/// <summary>
/// What this host tells of, and how it changes. Looks only into blocks that are not as they were, or into all of a network
/// when it begins or ends to be told of, or links and addresses are not as they were.
/// </summary>
public sealed class OwnRouteSet(RouteSource? source = null)
{
    /// <summary>
    /// Receivers write a step while the next is being made, so the first ones are small. Each has a hash of its own, over all branches of
    /// the feed, so the more there are, the larger they become.
    /// </summary>
    public const int FirstStep = 400;
    public const int LastStep = 6_400;

    private readonly RouteSource _source = source ?? RouteOrigin.Of;
    private readonly Dictionary<NetworkId, HostNetworkState> _networks = [];
    private ObservedKernel _kernel = ObservedKernel.Empty;

    public HashMap<RouteKey, RouteAd> All { get; private set; } = HashMap<RouteKey, RouteAd>.Empty;

    /// <summary>In steps, each of which has been taken when it is given out; none: nothing has changed.</summary>
    public IEnumerable<OwnRouteStep> Follow(HostView view, ObservedKernel kernel)
    {
        var (next, done) = (new Step(All), 0);
        foreach (var changed in Changed(view, kernel))
        {
            next.Take(changed);
            if (next.Count < Math.Clamp(done / 4, FirstStep, LastStep))
                continue;
            done += next.Count;
            yield return Taken(next);
            next = new(All);
        }

        if (next.Count > 0)
            yield return Taken(next);
    }

    private OwnRouteStep Taken(Step step)
    {
        var taken = step.End();
        All = taken.All;
        return taken;
    }

    private IEnumerable<(RouteKey Key, RouteAd? Ad)> Changed(HostView view, ObservedKernel kernel)
    {
        var sameKernel = ReferenceEquals(_kernel, kernel);
        _kernel = kernel;
        foreach (var (id, network) in view.Networks)
        {
            var old = _networks.GetValueOrDefault(id);
            if (ReferenceEquals(old, network) && sameKernel)
                continue;
            _networks[id] = network;
            var doubtful = Doubtful(network, old, sameKernel);
            foreach (var changed in doubtful.Count > 0 ? Changed(id, kernel, network, doubtful) : [])
                yield return changed;
        }

        foreach (var (id, network) in _networks.Where(n => !view.Networks.ContainsKey(n.Key)).ToList())
        {
            _networks.Remove(id);
            foreach (var block in network.Blocks.Keys)
                yield return (new(id, block), null);
        }
    }

    private IEnumerable<(RouteKey Key, RouteAd? Ad)> Changed(NetworkId id, ObservedKernel kernel, HostNetworkState network, IReadOnlyCollection<Prefix> blocks)
    {
        var left = blocks.ToHashSet();
        foreach (var ad in _source(id, network, kernel, blocks))
        {
            left.Remove(ad.Prefix);
            yield return (ad.Key, ad);
        }

        foreach (var block in left)
            yield return (new(id, block), null);
    }

    /// <summary>Blocks that may have to be told of otherwise, in their order.</summary>
    private static IReadOnlyCollection<Prefix> Doubtful(HostNetworkState network, HostNetworkState? old, bool sameKernel)
    {
        if (old is null)
            return [.. network.Blocks.Keys];
        var changed = network.Blocks.ChangedSince(old.Blocks);
        return sameKernel && RouteOrigin.Tells(old) == RouteOrigin.Tells(network)
            ? [.. changed]
            : [.. network.Blocks.Keys, .. changed.Where(b => !network.Blocks.ContainsKey(b))];
    }

    private sealed class Step(HashMap<RouteKey, RouteAd> all)
    {
        private readonly HashMap<RouteKey, RouteAd>.Builder _all = all.ToBuilder();
        private readonly ImmutableArray<RouteAd>.Builder _told = ImmutableArray.CreateBuilder<RouteAd>();
        private readonly ImmutableArray<RouteKey>.Builder _withdrawn = ImmutableArray.CreateBuilder<RouteKey>();

        public int Count => _told.Count + _withdrawn.Count;

        public void Take((RouteKey Key, RouteAd? Ad) changed)
        {
            if (changed.Ad is not { } ad)
            {
                if (_all.Remove(changed.Key))
                    _withdrawn.Add(changed.Key);
            }
            else if (!_all.TryGetValue(changed.Key, out var old) || old != ad)
            {
                _all[changed.Key] = ad;
                _told.Add(ad);
            }
        }

        public OwnRouteStep End() => new(_all.ToImmutable(), _told.DrainToImmutable(), _withdrawn.DrainToImmutable());
    }
}
