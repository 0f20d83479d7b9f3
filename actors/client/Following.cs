namespace IpvlanActors.Client;

/// <summary>
/// From where on, and what, somebody follows. <see cref="News.Next"/> is where to go on; keep it where the work that news
/// caused is kept, and nothing is missed or done twice.
/// </summary>
public sealed record FollowFrom
{
    /// <summary>From the beginning of the journal.</summary>
    public const string Beginning = "0";

    /// <summary>Events from now on; or all state that there is.</summary>
    public const string Now = "";

    /// <summary>
    /// Events behind this mark, <see cref="Beginning"/>, or <see cref="Now"/>; null: none. They are of one host's journal, so
    /// the host has to be named (<see cref="IpvlanClient.On"/>).
    /// </summary>
    public string? Events { get; init; }

    /// <summary>State that has changed since this mark, or <see cref="Now"/>: everything first; null: none.</summary>
    public string? State { get; init; } = Now;

    /// <summary>Only what is about this network: a name, an id, or a unique beginning of one; empty: all.</summary>
    public string Network { get; init; } = "";

    /// <summary>Only what is about this endpoint, likewise.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Only state of these kinds; none: all.</summary>
    public IReadOnlyList<ItemKind> Kinds { get; init; } = [];
}

/// <summary>What a host has to tell; to be taken in whole, then <see cref="Next"/> counts.</summary>
public sealed record News
{
    /// <summary>Whose news it is.</summary>
    public string Host { get; init; } = "";

    public string HostId { get; init; } = "";

    /// <summary>Of the host's journal (and the registry's, where that is in it), in order, each once.</summary>
    public IReadOnlyList<EventInfo> Events { get; init; } = [];

    /// <summary>The newest of each thing that has changed.</summary>
    public IReadOnlyList<StateChange> State { get; init; } = [];

    /// <summary>The mark was of another journal, or of one that was restored since: news go on from now, and <see cref="FollowFrom.Beginning"/> has all.</summary>
    public bool EventsReset { get; init; }

    /// <summary>Forget all state that came before: it comes again as a whole, in this news and those that follow.</summary>
    public bool StateReset { get; init; }

    /// <summary>There is more already; what is known is whole only with news that say no.</summary>
    public bool More { get; init; }

    /// <summary>Where to go on.</summary>
    public FollowFrom Next { get; init; } = new();
}

/// <summary>Something that was decided, for ever.</summary>
public sealed record EventInfo
{
    /// <summary>Its place, and a proof of it: good as a mark for this journal and no other.</summary>
    public string Cursor { get; init; } = "";

    public DateTimeOffset At { get; init; }

    /// <summary>The id of the host that decided it.</summary>
    public string By { get; init; } = "";

    public string PersistenceId { get; init; } = "";

    public long SequenceNr { get; init; }

    /// <summary>Permanent: <c>AddressAllocated</c>, ...</summary>
    public string Name { get; init; } = "";

    /// <summary>In words.</summary>
    public string Text { get; init; } = "";

    /// <summary>All of it; an object.</summary>
    public string Json { get; init; } = "";

    /// <summary>Empty: it is about none.</summary>
    public string NetworkId { get; init; } = "";

    /// <summary>Empty: it is about none.</summary>
    public string EndpointId { get; init; } = "";
}

/// <param name="Value">As it is now; null: it is no more.</param>
public sealed record StateChange(ItemKind Kind, string Key, ItemInfo? Value);
