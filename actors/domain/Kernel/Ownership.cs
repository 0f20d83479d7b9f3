using System.Diagnostics.CodeAnalysis;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Kernel;

/// <summary>
/// How a newborn daemon without memory knows its own objects in the kernel: routes by their protocol number, links by
/// their alias, dummies and half-made slaves by their name as well. Nothing else is ever changed or deleted.
/// </summary>
public static class Ownership
{
    /// <summary>Unused in linux/rtnetlink.h, in iproute2's rt_protos and by the routing daemons that we know of.</summary>
    public const byte RouteProtocol = 213;

    /// <summary>Routes to other hosts' blocks; a metric of our own, so that no route of others is ever overwritten.</summary>
    public const uint PeerMetric = 4213;

    /// <summary>Guards (unreachable routes) for this host's own blocks.</summary>
    public const uint BlockGuardMetric = 4214;

    /// <summary>Guards for whole subnets of L3 networks.</summary>
    public const uint PoolGuardMetric = 4215;

    private const string AliasPrefix = "ipvland:";

    /// <summary>A sub-interface may serve several networks, and goes with the last of them: it is marked as ours, not as one network's.</summary>
    public const string VlanAlias = AliasPrefix + "vlan";

    private const string DummyPrefix = "di-";
    private const string SlavePrefix = "iv-";

    /// <summary>RTPROT_BOOT: routes inside a container carry it, as those that Docker makes do.</summary>
    public const byte ContainerRouteProtocol = 3;

    public static string DummyAlias(NetworkId network) => AliasPrefix + network;

    public static string SlaveAlias(NetworkId network, EndpointId endpoint) => $"{AliasPrefix}{network}:{endpoint}";

    /// <summary><c>di-</c> and the first 12 digits of the network's id: exactly the 15 bytes that a link name may have.</summary>
    public static LinkName DummyName(NetworkId network) => LinkName.Parse(DummyPrefix + network.Short);

    /// <summary>
    /// The name under which a slave is created in its namespace. It is renamed and given its alias in one step, so a
    /// crash between the two leaves a link that still tells whose it is.
    /// </summary>
    public static LinkName TemporaryName(EndpointId endpoint) => LinkName.Parse(SlavePrefix + endpoint.Short);

    public static bool IsOurAlias(string? alias) => alias?.StartsWith(AliasPrefix, StringComparison.Ordinal) == true;

    public static bool IsTemporaryName(string name) =>
        name.Length == LinkName.MaxBytes && name.StartsWith(SlavePrefix, StringComparison.Ordinal);

    public static bool IsSlaveAlias([NotNullWhen(true)] string? alias, out NetworkId network, out EndpointId endpoint)
    {
        network = default;
        endpoint = default;
        if (!IsOurAlias(alias))
            return false;
        var parts = alias![AliasPrefix.Length..].Split(':');
        return parts.Length == 2 && NetworkId.TryParse(parts[0], out network) && EndpointId.TryParse(parts[1], out endpoint);
    }
}
