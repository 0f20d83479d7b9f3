using Akka.Actor;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>
/// Messages to the same actor on other hosts, in order, and not so many at a time that heartbeats on the same connection
/// come late: what is more than a burst waits for the next one. Lives inside that actor.
/// </summary>
internal sealed class FeedOutbox(IActorContext context, string name)
{
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(20);

    /// <summary>Of at most 32 KB each.</summary>
    private const int Burst = 32;

    private readonly Dictionary<Address, Line> _lines = [];

    /// <summary>There is something to go on with.</summary>
    public bool IsOpen => _lines.Count > 0;

    public void Send(Address to, object message)
    {
        if (!_lines.TryGetValue(to, out var line))
            _lines[to] = line = new(context.ActorSelection(to + "/user/" + name));
        line.Waiting.Enqueue(message);
        line.Send(context.Self);
    }

    public void GoOn()
    {
        foreach (var (to, line) in _lines.ToList())
        {
            if (line.Waiting.Count == 0)
                _lines.Remove(to);
            line.Left = Burst;
            line.Send(context.Self);
        }
    }

    private sealed class Line(ActorSelection to)
    {
        public Queue<object> Waiting { get; } = [];

        public int Left { get; set; } = Burst;

        public void Send(IActorRef self)
        {
            for (; Left > 0 && Waiting.TryDequeue(out var message); Left--)
                to.Tell(message, self);
        }
    }
}
