using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>What has happened to one network, cluster-wide. Stored for ever: cases are added, never changed.</summary>
public abstract record NetworkEvent
{
    private protected NetworkEvent(Stamp stamp) => Stamp = stamp;

    public Stamp Stamp { get; }
}

public sealed record NetworkCreated(Stamp Stamp, NetworkId Network, NetworkSpec Spec) : NetworkEvent(Stamp);

/// <param name="Epoch">Counts claims in this network; a block claimed again has a higher one.</param>
public sealed record BlockClaimed(Stamp Stamp, Prefix Block, HostId Owner, long Epoch) : NetworkEvent(Stamp);

public sealed record BlockReleased(Stamp Stamp, Prefix Block, long Epoch) : NetworkEvent(Stamp);

/// <summary>Claims up to this one were made in a history that is lost: their epochs are not given again.</summary>
public sealed record EpochsSkipped(Stamp Stamp, long To) : NetworkEvent(Stamp);

/// <summary>Taken by force from a host that was given up for dead.</summary>
/// <param name="Host">Whose it was.</param>
/// <param name="Epoch">Above that of its claim: whoever knows this one knows that the claim is over.</param>
public sealed record BlockFenced(Stamp Stamp, Prefix Block, HostId Host, long Epoch) : NetworkEvent(Stamp);

/// <summary>An address of one host's block is held for another. Written before the owner is asked, so that nobody else gets it meanwhile.</summary>
public sealed record LoanOffered(Stamp Stamp, Ip Address, HostId From, HostId To, long Epoch) : NetworkEvent(Stamp);

/// <summary>The owner agreed. Written before the borrower is told; written again at a new epoch if it may not have heard.</summary>
public sealed record AddressLent(Stamp Stamp, Ip Address, HostId From, HostId To, long Epoch) : NetworkEvent(Stamp);

/// <summary>The loan is over, or came to nothing.</summary>
public sealed record AddressReturned(Stamp Stamp, Ip Address, long Epoch) : NetworkEvent(Stamp);

public sealed record NetworkRemoved(Stamp Stamp) : NetworkEvent(Stamp);
