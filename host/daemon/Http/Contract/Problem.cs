namespace IpvlanActors.Daemon.Http.Contract;

/// <summary>An RFC 9457 problem (application/problem+json) with every reason, not only the first.</summary>
/// <param name="Status">400 bad input, 404 unknown, 409 conflict, 503 not now.</param>
public sealed record Problem(string Title, int Status, IReadOnlyList<ProblemReason> Reasons);

/// <param name="Code">Stable.</param>
/// <param name="Text">Names the input, the rule and the way out.</param>
public sealed record ProblemReason(string Code, string Text);
