using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Routes;

/// <summary>
/// What this host tells of, and how it changes. Looks only into blocks that are not as they were, or into all of a network
/// when it begins or ends to be told of, or links and addresses are not as they were.
/// </summary>
public sealed class OwnRouteSet(RouteSource? source = null)
{
    private readonly RouteSource _source = source ?? RouteOrigin.Of;
    private readonly Dictionary<NetworkId, Part> _parts = [];
    private ObservedKernel _kernel = ObservedKernel.Empty;

    public ImmutableDictionary<RouteKey, RouteAd> All { get; private set; } = [];

    /// <returns>What is new or different, and what is no more.</returns>
    public (ImmutableArray<RouteAd> Told, ImmutableArray<RouteKey> Withdrawn) Follow(HostView view, ObservedKernel kernel)
    {
        var (told, withdrawn) = (ImmutableArray.CreateBuilder<RouteAd>(), ImmutableArray.CreateBuilder<RouteKey>());
        foreach (var (id, network) in view.Networks)
        {
            if (!_parts.TryGetValue(id, out var part))
                _parts[id] = part = new(id);
            var blocks = part.Doubtful(network, ReferenceEquals(_kernel, kernel));
            part.Follow(network, blocks, _source(id, network, kernel, blocks), told, withdrawn);
        }

        foreach (var gone in _parts.Keys.Where(id => !view.Networks.ContainsKey(id)).ToList())
        {
            _parts[gone].End(withdrawn);
            _parts.Remove(gone);
        }

        _kernel = kernel;
        All = All.RemoveRange(withdrawn).SetItems(told.Select(t => KeyValuePair.Create(t.Key, t)));
        return (told.ToImmutable(), withdrawn.ToImmutable());
    }

    /// <summary>Of one network.</summary>
    private sealed class Part(NetworkId id)
    {
        private readonly Dictionary<RouteKey, RouteAd> _ads = [];
        private HostNetworkState? _network;

        /// <summary>Blocks that may have to be told of otherwise.</summary>
        public IReadOnlyCollection<Prefix> Doubtful(HostNetworkState network, bool sameKernel)
        {
            if (ReferenceEquals(_network, network) && sameKernel)
                return [];
            return sameKernel && _network is not null && RouteOrigin.Tells(_network) == RouteOrigin.Tells(network)
                ? [.. network.Blocks.ChangedSince(_network.Blocks)]
                : [.. network.Blocks.Keys.Union(_ads.Keys.Select(k => k.Prefix))];
        }

        public void Follow(
            HostNetworkState network, IReadOnlyCollection<Prefix> blocks, IEnumerable<RouteAd> ads,
            ImmutableArray<RouteAd>.Builder told, ImmutableArray<RouteKey>.Builder withdrawn)
        {
            _network = network;
            if (blocks.Count == 0)
                return;
            var seen = new HashSet<RouteKey>();
            foreach (var ad in ads)
            {
                seen.Add(ad.Key);
                if (_ads.TryGetValue(ad.Key, out var old) && old == ad)
                    continue;
                _ads[ad.Key] = ad;
                told.Add(ad);
            }

            foreach (var key in blocks.Select(b => new RouteKey(id, b)).Where(k => !seen.Contains(k)))
            {
                if (_ads.Remove(key))
                    withdrawn.Add(key);
            }
        }

        public void End(ImmutableArray<RouteKey>.Builder withdrawn) => withdrawn.AddRange(_ads.Keys);
    }
}
