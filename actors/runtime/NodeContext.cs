using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime.EventSourcing;

namespace IpvlanActors.Runtime;

/// <summary>What every actor of the host system knows: who this host is, what time it is, what has happened here.</summary>
/// <param name="Rest">How long a released address waits before it is given out again by itself.</param>
/// <param name="CrashPoint">Called with the name of each point where a crash would be most awkward; a test makes one happen.</param>
public sealed record NodeContext(
    HostId Host, string HostName, string BootId, TimeProvider Clock, Boards Boards, TimeSpan Rest, Action<string> CrashPoint)
{
    /// <summary>Which file on which machine the journal lies in; empty: nobody looked.</summary>
    public string Journal { get; init; } = "";

    /// <summary>Of this start of the node, and of no other: not of one on a copy of its journal either.</summary>
    public Guid Life { get; } = Guid.NewGuid();

    /// <summary>How long a block that a host gave back waits before another may claim it.</summary>
    public TimeSpan BlockRest { get; init; } = TimeSpan.FromSeconds(60);

    public HostViewStore View => Boards.View;

    /// <summary>How many prefixes one other host may tell of.</summary>
    public int MaxPrefixesPerHost { get; init; } = 10_000;

    /// <summary>What peers tell is judged by this. A test lets a node judge wrong, to see that the wrong is found.</summary>
    public RouteJudge Judge { get; init; } = RouteVerifier.Judge;

    /// <summary>What this host tells. A test lets a node lie.</summary>
    public RouteSource Origin { get; init; } = RouteOrigin.Of;

    /// <summary>What the registry's word means for this host's blocks. A test lets a node hear only half of it.</summary>
    public BlockJudge CheckBlocks { get; init; } = BlockCheck.Of;

    public Stamp Now() => new(Clock.GetUtcNow(), Host);
}

/// <summary>Nothing went wrong.</summary>
public sealed record Done
{
    private Done()
    {
    }

    public static Done Instance { get; } = new();
}
