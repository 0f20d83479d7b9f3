namespace IpvlanActors.Cni;

/// <summary>
/// An attachment is known to CNI by network, container and interface; to the node it is an endpoint of that name in a
/// cluster network. So DEL, CHECK and GC find it without anything being kept here:
/// <c>cni.IFNAME.CONTAINER</c>, or <c>cni-NETWORK.IFNAME.CONTAINER</c> where the configuration's name is not the network's.
/// </summary>
/// <remarks>Dots within NETWORK and IFNAME are doubled, so that no two attachments have the same name.</remarks>
internal static class Attachment
{
    public static string Name(Configuration configuration, string container, string ifName) =>
        $"{Prefix(configuration)}{Doubled(ifName)}.{container}";

    /// <summary>What the endpoints of a configuration, and no others, begin with.</summary>
    public static string Prefix(Configuration configuration) =>
        configuration.Name == configuration.Network ? "cni." : $"cni-{Doubled(configuration.Name)}.";

    private static string Doubled(string text) => text.Replace(".", "..", StringComparison.Ordinal);
}
