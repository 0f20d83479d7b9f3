using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Client;

/// <summary>What any door, or any service, may ask of a node. Answered by the reply named, or by <see cref="Refused"/>.</summary>
public interface INodeCommand;

/// <summary>Answered by <see cref="NetworkReply"/> when the network is journaled and its parent link stands on the asked node.</summary>
public sealed record CreateNetworkCommand(NetworkRequest Request) : INodeCommand
{
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
    /// <summary>As that of <see cref="CreateNetworkCommand"/>. Known as long as the endpoint is.</summary>
    public string? Key { get; init; }
}

/// <summary>The container loses its link, the endpoint keeps its addresses. Answered by <see cref="EndpointReply"/>.</summary>
public sealed record LeaveEndpointCommand(string Endpoint) : INodeCommand;

/// <summary>The endpoint goes, and its addresses are free. Answered by <see cref="EndpointReply"/>.</summary>
public sealed record RemoveEndpointCommand(string Endpoint) : INodeCommand;

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
public sealed record EndpointReply(EndpointState Endpoint);

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
