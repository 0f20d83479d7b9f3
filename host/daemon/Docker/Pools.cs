using System.Diagnostics.CodeAnalysis;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Daemon.Docker;

/// <summary>
/// Docker's name for what it takes addresses from. All that must be known of a pool is in it, so it outlives ipvland, and
/// dockerd asks for it again with the same words when it starts.
/// </summary>
/// <param name="Range">--ip-range; none: all of the subnet.</param>
/// <param name="Network">The network of the cluster that was named; empty: the one that has this subnet.</param>
internal sealed record PoolId(Prefix Subnet, Prefix? Range, string Network)
{
    private const char Separator = '|';

    public static bool TryParse(string? text, [NotNullWhen(true)] out PoolId? pool)
    {
        pool = null;
        if (text?.Split(Separator) is not [var subnet, var range, var network] || !Prefix.TryParse(subnet, out var prefix))
            return false;
        pool = new(prefix, Prefix.TryParse(range, out var limit) ? limit : null, network);
        return true;
    }

    public override string ToString() => $"{Subnet}{Separator}{Range}{Separator}{Network}";
}

/// <summary>
/// Pools that Docker has asked for and that no network has yet: in Docker's protocol a network's range, and whether its
/// gateway was named, are said only here, before the network.
/// </summary>
internal sealed class PendingPools
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Prefix, PendingPool> _pools = [];

    public void Add(PoolId pool)
    {
        lock (_lock)
            _pools[pool.Subnet] = new(pool.Range, pool.Network, GatewayGiven: false);
    }

    public void GiveGateway(Prefix subnet)
    {
        lock (_lock)
        {
            if (_pools.TryGetValue(subnet, out var pool))
                _pools[subnet] = pool with { GatewayGiven = true };
        }
    }

    public PendingPool? Find(Prefix subnet)
    {
        lock (_lock)
            return _pools.GetValueOrDefault(subnet);
    }

    public void Remove(Prefix subnet)
    {
        lock (_lock)
            _pools.Remove(subnet);
    }

    public IReadOnlyList<Prefix> Subnets
    {
        get
        {
            lock (_lock)
                return [.. _pools.Keys];
        }
    }

    /// <summary>Another dockerd has begun: what the last one asked for it will never use.</summary>
    public void Clear()
    {
        lock (_lock)
            _pools.Clear();
    }
}

internal sealed record PendingPool(Prefix? Range, string Network, bool GatewayGiven);
