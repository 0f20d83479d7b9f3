namespace IpvlanActors.Cni;

/// <summary>What a run touches besides the node's socket: configuration in, result or error out, and the environment.</summary>
internal sealed record Surroundings(Stream Input, Stream Output, Func<string, string?> Variable)
{
    /// <summary>How long the node may take to answer; a little longer than it gives itself.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}
