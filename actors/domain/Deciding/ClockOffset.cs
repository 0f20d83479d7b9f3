namespace IpvlanActors.Domain.Deciding;

/// <summary>How far another host's clock is from this one's, as one question and its answer tell.</summary>
/// <param name="Ahead">Of the other's before this one's; negative: it is behind.</param>
/// <param name="RoundTrip">The answer was given at some time within it, so half of it may be wrong.</param>
public sealed record ClockOffset(TimeSpan Ahead, TimeSpan RoundTrip)
{
    /// <param name="told">What the other's clock showed when it answered.</param>
    /// <param name="heard">What this one's shows now.</param>
    public static ClockOffset Of(DateTimeOffset told, DateTimeOffset heard, TimeSpan roundTrip) =>
        new(told + (roundTrip / 2) - heard, roundTrip);

    /// <summary>Also if the answer was given at the worst moment for saying so.</summary>
    public bool IsBeyond(TimeSpan limit) => Ahead.Duration() - (RoundTrip / 2) > limit;
}

/// <summary>What the registry's host said of its clock.</summary>
/// <param name="Offset">Null: it has not said yet, or runs a version that does not.</param>
public sealed record RegistryClock(ClockOffset? Offset)
{
    public static RegistryClock Unknown { get; } = new((ClockOffset?)null);
}
