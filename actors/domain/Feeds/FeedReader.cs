using System.Collections.Immutable;

namespace IpvlanActors.Domain.Feeds;

/// <summary>What became of a delta.</summary>
public enum FeedOutcome
{
    /// <summary>The copy is as new as the delta.</summary>
    Taken,

    /// <summary>The copy was as new already, or newer.</summary>
    Old,

    /// <summary>Something between the copy and the delta was missed: it has to be asked for.</summary>
    Behind,

    /// <summary>Neither from the writer nor what the newest digest says: not looked at.</summary>
    Unproven,

    /// <summary>It does not lead to the digest that it came with.</summary>
    Broken,

    /// <summary>More items than such a feed may have.</summary>
    TooLarge,
}

/// <summary>
/// A copy of somebody's feed, and what is known of the original. The writer's own word counts; everybody else's only if it
/// leads to exactly what the newest digest says, so nobody can alter what they relay.
/// </summary>
/// <param name="Known">The newest digest that has been heard of.</param>
/// <param name="Limit">How many items such a feed may have.</param>
/// <param name="OnlyWhole">A delta turned out broken: nothing but the whole will do.</param>
public sealed record FeedReader(Feed Held, FeedDigest Known, int Limit, bool OnlyWhole)
{
    public static FeedReader New(int limit) => new(Feed.Nothing, FeedDigest.None, limit, OnlyWhole: false);

    /// <summary>
    /// The newest mark that has come from the writer itself, in the order of its telling: what it told before has come too, or is
    /// lost. Digests come by other ways, and often before what they are of.
    /// </summary>
    public FeedMark Seen { get; private init; } = FeedMark.None;

    /// <summary>Something that the writer told is lost. Otherwise what is missing may still be on its way.</summary>
    public bool HasGap => Seen.CompareTo(Held.Mark) > 0 || OnlyWhole;

    /// <summary>What to ask for: whatever is newer than this mark. None: nothing is missing.</summary>
    public FeedMark? Wants
    {
        get
        {
            var order = Known.Mark.CompareTo(Held.Mark);
            if (order < 0 || (order == 0 && Known == Held.Digest))
                return null;
            return order == 0 || OnlyWhole ? FeedMark.None : Held.Mark;
        }
    }

    public FeedReader Learn(FeedDigest digest) => digest.CompareTo(Known) > 0 ? this with { Known = digest } : this;

    /// <summary>A message of the writer's own has come; whether anything can be done with it shows later.</summary>
    public FeedReader Pass(FeedPart part) =>
        part.Number == part.Count - 1 && part.Digest.Mark.CompareTo(Seen) > 0 ? this with { Seen = part.Digest.Mark } : this;

    /// <param name="says">The digest that came with it.</param>
    /// <returns>The changes to what was held, if it was taken.</returns>
    public (FeedReader Next, FeedOutcome Outcome, ImmutableArray<FeedChange> Changes) Take(FeedDelta delta, FeedDigest says, bool fromWriter)
    {
        if (says.Mark != delta.Mark || delta.From > delta.To)
            return (this, FeedOutcome.Broken, []);
        if (!fromWriter && says != Known)
            return (this, FeedOutcome.Unproven, []);
        if (says.Mark.CompareTo(Held.Mark) < 0 || says == Held.Digest)
            return (this, FeedOutcome.Old, []);
        if (says.Count > Limit)
            return (this, FeedOutcome.TooLarge, []);
        if (Held.Apply(delta) is not { } next)
            return (Learn(says), FeedOutcome.Behind, []);
        if (next.Digest != says)
            return (Learn(says) with { OnlyWhole = true }, FeedOutcome.Broken, []);
        var changes = delta.From == 0 ? Held.Content.To(next.Content) : delta.Changes;
        return (Learn(says) with { Held = next, OnlyWhole = false }, FeedOutcome.Taken, changes);
    }
}
