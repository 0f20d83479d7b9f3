using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime;

/// <summary>What any door, or any service, may ask of a node. Answered by the reply named, or by <see cref="Refused"/>.</summary>
public interface INodeCommand;

/// <summary>Answered by <see cref="NetworkReply"/> when the network is journaled and its parent link stands on the asked node.</summary>
public sealed record CreateNetworkCommand(NetworkRequest Request) : INodeCommand
{
    /// <summary>None: a new one. Asked again with the id of a network of that name, it changes nothing.</summary>
    public NetworkId? Id { get; init; }

    /// <summary>
    /// Asked again with the same key and in the same words, it is not done again and answered as before; in other words, it is
    /// refused. Known as long as the network is.
    /// </summary>
    public string? Key { get; init; }
}

/// <summary>Answered by <see cref="NetworkReply"/>. Refused while any endpoint of it exists on any host.</summary>
/// <param name="Network">A name, an id, or a beginning of an id that fits one network only.</param>
public sealed record RemoveNetworkCommand(string Network) : INodeCommand;

/// <summary>
/// Create, allocate and join in one; answered by <see cref="EndpointReply"/> when the container has its link. Asked again
/// with the same name and namespace it changes nothing.
/// </summary>
/// <param name="Netns">A path, a name under /run/netns, or <c>pid:N</c>; of the asked node.</param>
/// <param name="Name">None: the first 12 digits of the new id.</param>
public sealed record JoinEndpointCommand(
    string Network, string Netns, string? Name, string? Ip, string? Ip6, string Interface) : INodeCommand
{
    /// <summary>How the network is to be, and whether it is made if it is not there. None: it must be there, and may be anything.</summary>
    public NetworkWish? Wish { get; init; }

    /// <summary>An endpoint that has the name already is a refusal.</summary>
    public bool MustBeNew { get; init; }

    /// <summary>
    /// All addresses that it is to have, in the place of <see cref="Ip"/> and <see cref="Ip6"/>: each an address, a subnet of the
    /// network (any of it), or 0.0.0.0/0 or ::/0 (any of the family).
    /// </summary>
    public ImmutableArray<string>? Addresses { get; init; }

    /// <summary>Routes in the place of the network's own, in iproute2's words (<c>10.0.0.0/8 via 10.1.0.1</c>). None: the network's own.</summary>
    public ImmutableArray<string>? Routes { get; init; }

    /// <summary>As that of <see cref="CreateNetworkCommand"/>. Known as long as the endpoint is.</summary>
    public string? Key { get; init; }
}

/// <summary>The container loses its link, the endpoint keeps its addresses. Answered by <see cref="EndpointReply"/>.</summary>
public sealed record LeaveEndpointCommand(string Endpoint) : INodeCommand;

/// <summary>The endpoint goes, and its addresses are free. Answered by <see cref="EndpointReply"/>.</summary>
public sealed record RemoveEndpointCommand(string Endpoint) : INodeCommand
{
    /// <summary>Only an endpoint of this network is meant. None: of any.</summary>
    public string? Network { get; init; }
}

/// <summary>
/// Whether the endpoint is joined, and the kernel has all of it: answered by <see cref="EndpointReply"/>. What is missing is
/// a refusal, and nothing is mended by asking.
/// </summary>
/// <param name="Network">Only an endpoint of this network is meant.</param>
public sealed record CheckEndpointCommand(string Endpoint, string Network) : INodeCommand
{
    /// <summary>How the network is to be. None: it may be anything.</summary>
    public NetworkWish? Wish { get; init; }
}

/// <summary>
/// Whether an endpoint could join now: the network is here and whole, or could be made, and has addresses left. Answered by
/// <see cref="NetworkReply"/>.
/// </summary>
public sealed record CheckNetworkCommand(string Network, NetworkWish? Wish) : INodeCommand;

/// <summary>
/// Gives a dead host up: its blocks are taken from it, and others may claim them after a cool-down. Refused while that
/// host can be reached. Answered by <see cref="HostReply"/>.
/// </summary>
/// <param name="Host">A name, or an id.</param>
public sealed record ForgetHostCommand(string Host) : INodeCommand;

/// <summary>
/// The asked node gives everything up and leaves the cluster, until it is started again. Refused while it has endpoints.
/// Answered by <see cref="HostReply"/>.
/// </summary>
public sealed record LeaveClusterCommand : INodeCommand;

public sealed record HostReply(HostId Host, string Name);

public sealed record NetworkReply(NetworkId Network, string Name);

/// <summary>The endpoint as it is now, or last was.</summary>
public sealed record EndpointReply(EndpointState Endpoint)
{
    /// <summary>Of the endpoint's link, which are its parent's. Empty where nobody has seen that yet.</summary>
    public string Mac { get; init; } = "";

    /// <summary>0: not seen yet.</summary>
    public int Mtu { get; init; }
}

/// <summary>Nothing was changed.</summary>
/// <param name="Reasons">All of them, at least one.</param>
public sealed record Refused(ImmutableArray<Refusal> Reasons)
{
    public Refused(Refusal reason)
        : this([reason])
    {
    }

    public bool Equals(Refused? other) => other is not null && Reasons.SequenceEqual(other.Reasons);

    public override int GetHashCode() => Reasons.Length;
}
