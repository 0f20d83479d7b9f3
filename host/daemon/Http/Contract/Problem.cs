namespace IpvlanActors.Daemon.Http.Contract;

/// <summary>An RFC 9457 problem (application/problem+json) with every reason, not only the first.</summary>
/// <param name="Status">400 bad input, 401 and 403 not allowed, 404 unknown, 409 conflict, 503 not now.</param>
public sealed record Problem(string Title, int Status, IReadOnlyList<ProblemReason> Reasons)
{
    /// <summary><c>urn:ipvland:refusal:</c> and the code of the first reason.</summary>
    public string Type { get; init; } = "about:blank";

    /// <summary>All reasons in one text.</summary>
    public string Detail { get; init; } = "";
}

/// <param name="Code">Stable.</param>
/// <param name="Text">Names the input, the rule and the way out.</param>
public sealed record ProblemReason(string Code, string Text);
