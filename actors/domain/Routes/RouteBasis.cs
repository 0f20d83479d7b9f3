using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Routes;

/// <summary>What peers' routes are judged by: the registry's word, what is this host's own, and its links.</summary>
/// <param name="MaxPrefixes">How many prefixes one host may tell of.</param>
public sealed record RouteBasis(Catalogue Catalogue, HostView View, ObservedKernel Kernel, int MaxPrefixes)
{
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
        if (!View.Networks.TryGetValue(network, out var here) || here.Blocks.IsEmpty)
            return null;
        if (here.Blocks.Around(prefix) is { } around)
            return around.Key != prefix && prefix.IsSingle && around.Value.Lent.ContainsKey(prefix.First) ? null : around.Key;
        foreach (var (inside, _) in here.Blocks.Inside(prefix))
        {
            if (!inside.IsSingle)
                return inside;
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

        doubts.AddRange(now.Blocks.ChangedSince(old.Blocks).Select(b => new RouteDoubt(id, b)));
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

        // who holds which address of a block, which changes most, is nothing to the routes of others
        doubts.AddRange(now.Blocks.ChangedSince(old.Blocks)
            .Where(b => !now.Blocks.TryGetValue(b, out var is_) || !old.Blocks.TryGetValue(b, out var was) || !ReferenceEquals(is_.Lent, was.Lent))
            .Select(b => new RouteDoubt(id, b)));
    }
}

/// <param name="Block">Only routes that overlap it; none: all of the network.</param>
public readonly record struct RouteDoubt(NetworkId Network, Prefix? Block);
