using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Routes;

/// <summary>
/// The port to the echo between the hosts' daemons: asks a hop's daemon for an answer, and answers others. Whoever opens it
/// gives a function that is called, on a thread of the port's own, with the number of each answer.
/// </summary>
public interface IEcho : IDisposable
{
    /// <summary>Sends one question and waits for nothing; what cannot be sent is lost like one that nobody answers.</summary>
    /// <param name="link">The index of the link that the address is on.</param>
    /// <param name="number">Comes back in the answer, and must not be guessable.</param>
    void Ask(Ip address, int link, ulong number);
}
