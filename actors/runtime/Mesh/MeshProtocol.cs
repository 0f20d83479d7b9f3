using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Feeds;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>What one host's node says to another's. All of it crosses the wire.</summary>
public interface IMeshMessage;

/// <summary>Asked of the registry by a host. Answered by the reply named, or by <see cref="RegistryRefused"/>.</summary>
public interface IRegistryRequest : IMeshMessage
{
    Stamp Stamp { get; }
}

/// <summary>Answered by <see cref="HostKnown"/>. Said again and again, so that a registry that has forgotten hears of it.</summary>
/// <param name="Incarnation">Counts the host's starts.</param>
/// <param name="Seen">The highest version of the catalogue that the host has seen; 0: none.</param>
/// <param name="MustConfirm">The host's journal was copied, moved or restored, and is not confirmed yet.</param>
/// <param name="Life">Of this start alone: a copy of the journal that counts to the same incarnation has another.</param>
public sealed record RegisterHostRequest(
    Stamp Stamp, string Name, long Incarnation = 0, long Seen = 0, bool MustConfirm = false, Guid Life = default) : IRegistryRequest;

/// <summary>Answered by <see cref="NetworkGranted"/>.</summary>
public sealed record CreateNetworkRequest(
    Stamp Stamp, NetworkId Network, NetworkSpec Spec, ImmutableArray<Prefix> Avoid) : IRegistryRequest;

/// <summary>Answered by <see cref="NetworkGone"/> once every host that owned a block has surrendered it.</summary>
public sealed record RemoveNetworkRequest(Stamp Stamp, NetworkId Network) : IRegistryRequest;

/// <summary>Answered by <see cref="BlockGranted"/>.</summary>
/// <param name="Seen">The highest epoch that the host ever held in this network.</param>
public sealed record ClaimBlockRequest(
    Stamp Stamp, NetworkId Network, Prefix Subnet, Ip? Wanted, ImmutableArray<Prefix> Held, long Seen = 0) : IRegistryRequest;

/// <summary>The host has journaled that it gives out no address of these. Answered by <see cref="BlocksReleased"/>.</summary>
public sealed record ReleaseBlocksRequest(Stamp Stamp, NetworkId Network, ImmutableArray<Claim> Claims) : IRegistryRequest;

/// <summary>An operator says that this host is dead. Answered by <see cref="HostGone"/>.</summary>
public sealed record ForgetHostRequest(Stamp Stamp, HostId Host) : IRegistryRequest;

/// <summary>The host that stamped it has given up everything and goes. Answered by <see cref="HostGone"/>.</summary>
public sealed record LeaveClusterRequest(Stamp Stamp) : IRegistryRequest;

/// <param name="Version">Of the catalogue when the registry said so.</param>
/// <param name="Later">A start of this host that is on record, is not below the one told, and was another life's; 0: none.</param>
/// <param name="At">What the registry's clock showed; null: it does not say. For people to see, and nothing is decided by it.</param>
public sealed record HostKnown(HostId Host, long Version = 0, long Later = 0, DateTimeOffset? At = null) : IMeshMessage;

/// <param name="Spec">As asked, and with a default subnet if it wanted one.</param>
/// <param name="Version">Of the first catalogue that has it.</param>
public sealed record NetworkGranted(NetworkId Network, NetworkSpec Spec, DateTimeOffset Created, long Version) : IMeshMessage;

public sealed record NetworkGone(NetworkId Network) : IMeshMessage;

public sealed record BlockGranted(NetworkId Network, Prefix Block, long Epoch) : IMeshMessage;

public sealed record BlocksReleased(NetworkId Network) : IMeshMessage;

/// <summary>The registry knows the host no more, and nothing belongs to it.</summary>
public sealed record HostGone(HostId Host) : IMeshMessage;

public sealed record RegistryRefused(Refusal Reason) : IMeshMessage;

/// <summary>The registry asks a host for all its blocks of a network, for the network is to go. Answered by <see cref="BlocksSurrendered"/>.</summary>
public sealed record SurrenderRequest(NetworkId Network) : IMeshMessage;

/// <param name="Refusal">Why the host keeps them; null if it has journaled that it gives out no address of them any more.</param>
public sealed record BlocksSurrendered(NetworkId Network, HostId Host, Refusal? Refusal) : IMeshMessage
{
    /// <summary>What it surrendered just now; it may have surrendered others before.</summary>
    public ImmutableArray<Claim> Claims { get; init; } = [];
}

/// <summary>The registry asks the owner of the block around an address to lend it to another host. Answered by <see cref="AddressLoan"/>.</summary>
public sealed record LendRequest(NetworkId Network, Ip Address, HostId To, long Epoch) : IMeshMessage;

/// <param name="Refusal">Why not; null if the owner has journaled that it does not give the address out.</param>
public sealed record AddressLoan(NetworkId Network, Ip Address, long Epoch, Refusal? Refusal) : IMeshMessage;

/// <summary>
/// The registry was restored from a copy and asks a host for all that it knows: what it has seen, and what it holds. Part by
/// part, since a large message would hold up heartbeats on the same connection. Answered by <see cref="Witness"/>.
/// </summary>
/// <param name="Part">Counted from 0.</param>
public sealed record WitnessRequest(int Part) : IMeshMessage;

/// <param name="Part">
/// Of what leads from nothing to the catalogue as the host saw it last, with what it holds itself by its own journal. Part 0
/// where what was asked for is not there: the host has begun anew.
/// </param>
public sealed record Witness(HostId Host, FeedPart Part) : IMeshMessage;

/// <summary>The registry's whole catalogue. Between hosts it goes as a feed; so it is told inside one, and answered to who asks.</summary>
public sealed record CatalogueUpdate(Catalogue Catalogue) : IMeshMessage;

/// <summary>Answered by <see cref="CatalogueUpdate"/>.</summary>
public sealed record CatalogueRequest : IMeshMessage;
