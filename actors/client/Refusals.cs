namespace IpvlanActors.Client;

/// <param name="Code">Stable, to act on: <c>address-in-use</c>, <c>network-unknown</c>, ...</param>
/// <param name="Text">For people: names the input, the rule and the way out.</param>
public sealed record RefusalReason(string Code, string Text)
{
    public override string ToString() => $"{Text} [{Code}]";
}

/// <summary>The node said no, and nothing was changed.</summary>
public sealed class IpvlanRefusedException : Exception
{
    internal IpvlanRefusedException(IReadOnlyList<RefusalReason> reasons)
        : base(string.Join(' ', reasons)) => Reasons = reasons;

    /// <summary>All of them, at least one.</summary>
    public IReadOnlyList<RefusalReason> Reasons { get; }

    /// <summary>Of the first reason.</summary>
    public string Code => Reasons[0].Code;
}
