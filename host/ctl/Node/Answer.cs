using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Node;

/// <summary>How a request ended.</summary>
internal abstract record Answer
{
    private protected Answer()
    {
    }
}

/// <param name="Body">JSON, or nothing.</param>
internal sealed record Answered(byte[] Body) : Answer;

internal sealed record Declined(IReadOnlyList<ProblemReason> Reasons) : Answer;

/// <param name="Text">Names the socket, the reason and the way out.</param>
internal sealed record NotReached(string Text) : Answer;
