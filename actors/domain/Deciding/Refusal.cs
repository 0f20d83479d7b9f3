namespace IpvlanActors.Domain.Deciding;

/// <summary>
/// A reason a caller can act on. <paramref name="Code"/> is stable (see <see cref="RefusalCodes"/>);
/// <paramref name="Text"/> is for people: it names the input, the rule and the way out.
/// </summary>
public sealed record Refusal(string Code, string Text)
{
    public override string ToString() => $"{Text} [{Code}]";
}
