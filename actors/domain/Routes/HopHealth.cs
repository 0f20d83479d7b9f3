using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Domain.Routes;

/// <summary>
/// Whether a hop carries packets, by two independent witnesses: the echo of the daemon there, and the kernel's own
/// resolution, which the kernel there answers without the daemon. Only if both are silent is a hop dead; a word of either
/// brings it back at once.
/// </summary>
/// <param name="Lost">Echoes in a row that did not come back.</param>
/// <param name="Deaf">Looks in a row at which the kernel had asked for the hop and had no answer.</param>
/// <param name="Awaiting">An echo is under way.</param>
/// <param name="IsDead">Packets to it go nowhere, so its routes are better withdrawn: senders then hear of it.</param>
public sealed record HopHealth(int Lost, int Deaf, bool Awaiting, bool IsDead)
{
    /// <summary>A look that makes the kernel ask, and one that finds no answer.</summary>
    private const int LooksToBeDeaf = 2;

    /// <summary>Counters end here, so that a state that lasts is one state.</summary>
    private const int Many = 1000;

    public static HopHealth Fresh { get; } = new(0, 0, false, false);

    /// <summary>One that is in doubt is asked at every tick until it is clear what to think of it, others only in their turn.</summary>
    public bool IsDue(bool turn, int count) => turn || (Awaiting && Lost < count + LooksToBeDeaf);

    /// <summary>The next echo goes out; the last one, if it has not come back by now, is lost.</summary>
    public HopHealth Asked() => this with { Lost = Awaiting ? Math.Min(Lost + 1, Many) : Lost, Awaiting = true };

    /// <summary>The kernel's word counts while echoes are lost: one that it gave before may be old.</summary>
    /// <param name="count">Echoes that must be lost before anything is concluded.</param>
    public HopHealth Seen(NeighbourState neighbour, int count)
    {
        if (Lost == 0)
            return this;
        if (neighbour is not (NeighbourState.Asked or NeighbourState.Failed))
            return this with { Deaf = 0, IsDead = IsDead && neighbour == NeighbourState.Unproven };
        var deaf = Math.Min(Deaf + 1, Many);
        return this with { Deaf = deaf, IsDead = IsDead || (Lost >= count && deaf >= LooksToBeDeaf) };
    }
}
