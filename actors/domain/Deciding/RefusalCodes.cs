namespace IpvlanActors.Domain.Deciding;

/// <summary>Every code that a refusal may carry. Stable: services act on them.</summary>
public static class RefusalCodes
{
    public const string Invalid = "invalid";
}
