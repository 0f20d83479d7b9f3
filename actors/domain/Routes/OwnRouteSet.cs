using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Routes;

/// <summary>
/// What this host tells of, and how it changes. Looks only into networks that are not as they were, or into all when links
/// or addresses are not.
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
                _parts[id] = part = new();
            if (!ReferenceEquals(part.Network, network) || !ReferenceEquals(_kernel, kernel))
                part.Follow(_source(id, network, kernel), told, withdrawn);
            part.Network = network;
        }

        foreach (var gone in _parts.Keys.Where(id => !view.Networks.ContainsKey(id)).ToList())
        {
            _parts[gone].Follow([], told, withdrawn);
            _parts.Remove(gone);
        }

        _kernel = kernel;
        All = All.RemoveRange(withdrawn).SetItems(told.Select(t => KeyValuePair.Create(t.Key, t)));
        return (told.ToImmutable(), withdrawn.ToImmutable());
    }

    private sealed class Part
    {
        private readonly Dictionary<RouteKey, RouteAd> _ads = [];

        public HostNetworkState? Network { get; set; }

        public void Follow(IEnumerable<RouteAd> ads, ImmutableArray<RouteAd>.Builder told, ImmutableArray<RouteKey>.Builder withdrawn)
        {
            var seen = 0;
            foreach (var ad in ads)
            {
                seen++;
                if (_ads.TryGetValue(ad.Key, out var old) && old == ad)
                    continue;
                _ads[ad.Key] = ad;
                told.Add(ad);
            }

            if (seen == _ads.Count)
                return;
            var left = ads.Select(a => a.Key).ToHashSet();
            foreach (var key in _ads.Keys.Where(k => !left.Contains(k)).ToList())
            {
                _ads.Remove(key);
                withdrawn.Add(key);
            }
        }
    }
}
