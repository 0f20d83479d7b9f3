using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Kernel;

namespace IpvlanActors.Runtime;

/// <summary>What every actor of the host system knows: who this host is, what time it is, what has happened here.</summary>
/// <param name="Kernel">What the last pass found and did.</param>
/// <param name="Rest">How long a released address waits before it is given out again by itself.</param>
/// <param name="CrashPoint">Called with the name of each point where a crash would be most awkward; a test makes one happen.</param>
public sealed record NodeContext(
    HostId Host, string HostName, string BootId, TimeProvider Clock, HostViewStore View, Latest<KernelReport> Kernel, TimeSpan Rest, Action<string> CrashPoint)
{
    public Stamp Now() => new(Clock.GetUtcNow(), Host);
}

/// <summary>Nothing went wrong.</summary>
public sealed record Done
{
    private Done()
    {
    }

    public static Done Instance { get; } = new();
}

/// <summary>The newest of something that one actor makes and many read.</summary>
public sealed class Latest<T>(T first)
    where T : class
{
    private T _current = first;

    public T Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}
