using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Kernel;

/// <summary>
/// An endpoint's link that a container runtime handles. It stands in the host's own namespace before the runtime takes it
/// and after it is given back, and in the container meanwhile; its alias says whose it is wherever it stands. What is on it
/// there is the runtime's.
/// </summary>
/// <param name="Parent">A link of the host's own namespace.</param>
/// <param name="Mtu">None: the parent's.</param>
public sealed record LooseSlave(NetworkId Network, EndpointId Endpoint, LinkName Parent, IpvlanMode Mode, IpvlanFlag Flag, int? Mtu)
{
    public string Alias => Ownership.SlaveAlias(Network, Endpoint);

    public LinkName Name => Ownership.TemporaryName(Endpoint);
}
