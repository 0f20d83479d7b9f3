using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Deciding;

/// <summary>When something was decided, to the millisecond, and by which host. Every command brings one and every event keeps it.</summary>
public readonly record struct Stamp
{
    public Stamp(DateTimeOffset at, HostId host)
    {
        At = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        Host = host;
    }

    public DateTimeOffset At { get; }

    public HostId Host { get; }
}
