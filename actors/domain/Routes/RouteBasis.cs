using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Routes;

/// <summary>What peers' routes are judged by: the registry's word, what is this host's own, and its links.</summary>
/// <param name="MaxPrefixes">How many prefixes one host may tell of.</param>
public sealed record RouteBasis(Catalogue Catalogue, HostView View, ObservedKernel Kernel, int MaxPrefixes)
{
    private Dictionary<NetworkId, Prefix[]> _own = View.Networks.ToDictionary(n => n.Key, n => n.Value.Blocks.Keys.ToArray());

    /// <summary>The same, but for these; what did not change is not looked at.</summary>
    public RouteBasis Next(Catalogue catalogue, HostView view, ObservedKernel kernel)
    {
        var own = new Dictionary<NetworkId, Prefix[]>();
        foreach (var (id, network) in view.Networks)
        {
            var same = ReferenceEquals(View.Networks.GetValueOrDefault(id)?.Blocks, network.Blocks);
            own[id] = same ? _own[id] : [.. network.Blocks.Keys];
        }

        return this with { Catalogue = catalogue, View = view, Kernel = kernel, _own = own };
    }

    /// <summary>The catalogue is one kept from before this start: what it does not have is not nobody's.</summary>
    public bool IsKept { get; init; }

    /// <summary>Without the registry's word or a look at the kernel nothing can be said.</summary>
    public bool IsKnown => Catalogue.Version > 0 && Kernel != ObservedKernel.Empty;

    /// <summary>
    /// The block of this host's own that a prefix would take something from; none: it takes nothing, or an address that was
    /// lent. An address that was lent to this host lies inside the lender's prefix, and is the longer one. No walk over all blocks.
    /// </summary>
    public Prefix? TakenFrom(NetworkId network, Prefix prefix)
    {
        if (!_own.TryGetValue(network, out var own) || own.Length == 0)
            return null;
        var at = Array.BinarySearch(own, prefix);
        if (at >= 0)
            return prefix;
        for (var inside = ~at; inside < own.Length && prefix.Contains(own[inside]); inside++)
        {
            if (!own[inside].IsSingle)
                return own[inside];
        }

        for (var length = prefix.Length - 1; length > 0; length--)
        {
            if (Prefix.Of(prefix.First, length) is var around && Array.BinarySearch(own, around) >= 0)
                return prefix.IsSingle && View.Networks[network].Blocks[around].Lent.ContainsKey(prefix.First) ? null : around;
        }

        return null;
    }

    /// <summary>What may have changed the judgement of routes; none: of any.</summary>
    public IReadOnlyCollection<RouteDoubt>? DoubtsSince(RouteBasis old)
    {
        if (!old.IsKnown || MaxPrefixes != old.MaxPrefixes || !SameLinks(old.Kernel))
            return null;
        var doubts = new List<RouteDoubt>();
        foreach (var id in Catalogue.Networks.Keys.Union(old.Catalogue.Networks.Keys))
            Compare(id, old.Catalogue.Networks.GetValueOrDefault(id), Catalogue.Networks.GetValueOrDefault(id), doubts);
        foreach (var id in View.Networks.Keys.Union(old.View.Networks.Keys))
            Compare(id, old, doubts);
        return doubts;
    }

    private bool SameLinks(ObservedKernel other) => ReferenceEquals(Kernel, other)
        || (Kernel.Links.SequenceEqual(other.Links) && Kernel.Addresses.SequenceEqual(other.Addresses));

    private static void Compare(NetworkId id, CatalogueEntry? old, CatalogueEntry? now, List<RouteDoubt> doubts)
    {
        if (old is null || now is null)
        {
            doubts.Add(new(id, null));
            return;
        }

        if (ReferenceEquals(old.Blocks, now.Blocks))
            return;
        doubts.AddRange(now.Blocks.Where(b => old.Blocks.GetValueOrDefault(b.Key) != b.Value).Select(b => new RouteDoubt(id, b.Key)));
        doubts.AddRange(old.Blocks.Keys.Where(b => !now.Blocks.ContainsKey(b)).Select(b => new RouteDoubt(id, b)));
    }

    private void Compare(NetworkId id, RouteBasis from, List<RouteDoubt> doubts)
    {
        var (old, now) = (from.View.Networks.GetValueOrDefault(id), View.Networks.GetValueOrDefault(id));
        if (ReferenceEquals(old, now))
            return;
        if (old is null || now is null || old.Spec!.IsRouted != now.Spec!.IsRouted || old.Parent != now.Parent)
        {
            doubts.Add(new(id, null));
            return;
        }

        if (ReferenceEquals(from._own[id], _own[id]))
            return;
        Differences(id, from._own[id], _own[id], doubts);
        doubts.AddRange(now.Blocks.Where(b => old.Blocks.TryGetValue(b.Key, out var before) && !ReferenceEquals(before.Lent, b.Value.Lent)).Select(b => new RouteDoubt(id, b.Key)));
    }

    /// <summary>Of two lists in order.</summary>
    private static void Differences(NetworkId id, Prefix[] one, Prefix[] other, List<RouteDoubt> doubts)
    {
        var (i, j) = (0, 0);
        while (i < one.Length || j < other.Length)
        {
            var order = i == one.Length ? 1 : j == other.Length ? -1 : one[i].CompareTo(other[j]);
            if (order != 0)
                doubts.Add(new(id, order < 0 ? one[i] : other[j]));
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
    }
}

/// <param name="Block">Only routes that overlap it; none: all of the network.</param>
public readonly record struct RouteDoubt(NetworkId Network, Prefix? Block);
