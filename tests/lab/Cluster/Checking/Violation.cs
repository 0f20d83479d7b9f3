namespace IpvlanActors.Tests.Lab.Cluster.Checking;

/// <summary>An invariant that did not hold.</summary>
/// <param name="Invariant">I1 to I10 of the design, or a word.</param>
/// <param name="Evidence">What was seen, when and where.</param>
public sealed record Violation(string Invariant, string Evidence)
{
    public override string ToString() => $"{Invariant}: {Evidence}";
}
