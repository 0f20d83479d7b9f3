using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Runtime.Watching;

/// <summary>
/// What is new at a node since a mark: answered by <see cref="WatchReply"/> as soon as there is something, or after
/// <see cref="Wait"/> with nothing. Whoever follows asks again with the marks of the reply; the node keeps nothing about
/// who asks, so one that is slow costs nobody anything, and one that is lost just asks again.
/// <para>
/// Two kinds of news. <b>Events</b>: the journal of the asked host in the order in which it was written, every one of them
/// once, over restarts of node and asker alike. <b>State</b>: whatever the node shows (hosts, networks, blocks, endpoints,
/// routes, itself), also what is journaled elsewhere or nowhere; only the newest of each thing, and all of it at first.
/// </para>
/// </summary>
public sealed record WatchCommand : INodeCommand
{
    /// <summary>From the beginning of the journal.</summary>
    public const string Beginning = "0";

    /// <summary>From now on; or all that there is, for state.</summary>
    public const string Now = "";

    public const int MaxLimit = 1000;

    /// <summary>Events behind this one: a cursor, a number, <see cref="Beginning"/>, or <see cref="Now"/>. Null: no events.</summary>
    public string? Events { get; init; }

    /// <summary>State that has changed since this mark, or <see cref="Now"/>. Null: no state.</summary>
    public string? State { get; init; }

    /// <summary>Only what is about this network: a name, an id, or a unique beginning of one.</summary>
    public string? Network { get; init; }

    /// <summary>Only what is about this endpoint, likewise.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Only state of these kinds; none: all.</summary>
    public ImmutableArray<ShownKind> Kinds { get; init; } = [];

    /// <summary>At most so many of each kind in one reply, 1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 200;

    /// <summary>How long to wait if there is nothing; at most <see cref="MaxWait"/>.</summary>
    public TimeSpan Wait { get; init; }

    public static TimeSpan MaxWait { get; } = TimeSpan.FromSeconds(30);
}

/// <param name="Events">In order; each behind the one before, none left out but those that the filter leaves out.</param>
/// <param name="State">In the order of their last change; of each thing once.</param>
public sealed record WatchReply(ImmutableArray<JournalChange> Events, ImmutableArray<StateChange> State)
{
    /// <summary>To go on from, if events were asked for: the last event looked at, also if the filter left it out.</summary>
    public string? EventsMark { get; init; }

    /// <summary>To go on from, if state was asked for.</summary>
    public string? StateMark { get; init; }

    /// <summary>
    /// The journal has never had that cursor: it is another host's, or was restored from a copy since. Nothing can be missed
    /// out of it, so this reply goes on from now; what came before is to be had from <see cref="WatchCommand.Beginning"/>.
    /// </summary>
    public bool EventsReset { get; init; }

    /// <summary>Forget all state that came before: it comes again as a whole, in this reply and those that follow.</summary>
    public bool StateReset { get; init; }

    /// <summary>There is more already.</summary>
    public bool More { get; init; }
}

/// <summary>An event of the asked host's journal; where the registry journals there too, of the registry.</summary>
/// <param name="Cursor">Its place, and a proof of it: good for this journal and no other.</param>
/// <param name="At">When it was decided, by which host.</param>
/// <param name="Name">Permanent: <c>AddressAllocated</c>, ...</param>
/// <param name="Text">In words.</param>
/// <param name="Json">All of it; an object.</param>
public sealed record JournalChange(
    string Cursor, DateTimeOffset At, HostId By, string PersistenceId, long SequenceNr, string Name, string Text, string Json)
{
    public NetworkId? Network { get; init; }

    public EndpointId? Endpoint { get; init; }
}

/// <param name="Value">As it is now; null: it is no more.</param>
public sealed record StateChange(ShownKind Kind, string Key, Shown? Value);
