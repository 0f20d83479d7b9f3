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

public sealed record NetworkRemoved(Stamp Stamp) : NetworkEvent(Stamp);
