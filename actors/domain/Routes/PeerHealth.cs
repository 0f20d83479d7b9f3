namespace IpvlanActors.Domain.Routes;

/// <summary>
/// What is thought of a peer by its membership alone. It never takes a route away: containers run without their daemon.
/// </summary>
public enum PeerState : byte
{
    /// <summary>Not a member, or not heard of for long: its routes are what it last said.</summary>
    Stale,

    /// <summary>A member that cannot be reached.</summary>
    Suspect,

    Live,
}

/// <param name="Since">When it came to be so.</param>
public readonly record struct PeerHealth(PeerState State, DateTimeOffset Since)
{
    /// <summary>A peer that is suspect for longer is not coming back by itself.</summary>
    public static readonly TimeSpan SuspectFor = TimeSpan.FromMinutes(1);

    /// <param name="reachable">Null: it is no member.</param>
    public PeerHealth Next(bool? reachable, DateTimeOffset now)
    {
        var state = reachable switch
        {
            true => PeerState.Live,
            null => PeerState.Stale,
            false when State == PeerState.Live || (State == PeerState.Suspect && now - Since < SuspectFor) => PeerState.Suspect,
            false => PeerState.Stale,
        };
        return state == State ? this : new(state, now);
    }
}
