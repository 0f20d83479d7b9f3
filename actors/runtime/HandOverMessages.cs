using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime;

// For container runtimes that keep ids of their own, ask for addresses before there is an endpoint, and move links
// themselves, as Docker does.

/// <summary>
/// The runtime has the network on the asked node too, and calls it <paramref name="Key"/>. Answered by
/// <see cref="NetworkReply"/>; asked again it changes nothing.
/// </summary>
/// <param name="Network">A name, an id, or a beginning of an id that fits one network only.</param>
/// <param name="IsMaker">The runtime made the network, and removes it from the cluster when it removes its own.</param>
/// <param name="Asked">What the runtime was told of its own, which must not contradict the network.</param>
public sealed record BindNetworkCommand(string Network, string Key, bool IsMaker, RuntimeNetwork Asked) : INodeCommand;

/// <summary>
/// The runtime has removed its network. One that it made goes from the cluster, unless it is used elsewhere; answered by
/// <see cref="NetworkReply"/>, also if no network is called so.
/// </summary>
public sealed record UnbindNetworkCommand(string Key) : INodeCommand;

/// <summary>A subnet for a network that names none, before that network exists. Answered by <see cref="SubnetReply"/>.</summary>
/// <param name="Avoid">What was answered before, and not used yet.</param>
public sealed record ChooseSubnetCommand(ImmutableArray<Prefix> Avoid) : INodeCommand;

/// <summary>
/// An address for an endpoint that does not exist yet. Whoever creates an endpoint with it takes it over; if nobody does in
/// a minute, or before the node starts again, it is free. Answered by <see cref="AddressReply"/>.
/// </summary>
/// <param name="Wanted">None: the lowest free.</param>
public sealed record ReserveAddressCommand(string Network, IpFamily Family, Ip? Wanted) : INodeCommand;

/// <summary>Nobody will create an endpoint with it. What an endpoint holds stays its own. Answered by <see cref="AddressReply"/>.</summary>
public sealed record ReleaseReservationCommand(string Network, Ip Address) : INodeCommand;

/// <summary>
/// Creates an endpoint with exactly these addresses, reserved or free, without joining it. Answered by
/// <see cref="EndpointReply"/>; asked again it changes nothing.
/// </summary>
/// <param name="Mac">Refused if there is any: slaves share their parent's.</param>
/// <param name="BringsDefault">Whether the container's default route is to lead by it; null: as the network says.</param>
public sealed record CreateEndpointCommand(
    string Network, EndpointId Endpoint, string? Ip, string? Ip6, string? Mac, bool? BringsDefault) : INodeCommand;

/// <summary>
/// Makes the endpoint's link in the host's own namespace; the runtime moves it to the sandbox, names and addresses it, and
/// moves it back before it removes the endpoint. Answered by <see cref="HandOverReply"/>; asked again it changes nothing.
/// </summary>
/// <param name="Sandbox">A path that will lead to the container's namespace, if it does not yet.</param>
public sealed record HandOverEndpointCommand(EndpointId Endpoint, string Sandbox) : INodeCommand;

/// <summary>The runtime knows the endpoint no more, and has not said so at the time. Answered by <see cref="EndpointReply"/>.</summary>
public sealed record ForgetEndpointCommand(EndpointId Endpoint) : INodeCommand;

/// <param name="Routes">What the runtime is to put on the link beside the connected ones.</param>
public sealed record HandOverReply(EndpointState Endpoint, LinkName Link, ImmutableArray<Route> Routes);

/// <summary>With the length of its subnet.</summary>
public sealed record AddressReply(InterfaceAddress Address);

public sealed record SubnetReply(Prefix Subnet);
