using IpvlanActors.Runtime.Watching;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Watching;

/// <summary>Follows a node by its marks, and holds what it has been told.</summary>
internal sealed class Follower(WatchCommand command)
{
    public WatchCommand Command { get; private set; } = command;

    public List<JournalChange> Events { get; } = [];

    public Dictionary<(ShownKind, string), Shown> State { get; } = [];

    public int Resets { get; private set; }

    public IEnumerable<string> Names => Events.Select(e => e.Name);

    /// <summary>One question and its answer.</summary>
    public async Task<WatchReply> Ask(TestNode node, TimeSpan wait = default)
    {
        var reply = Assert.IsType<WatchReply>(await node.Ask(Command with { Wait = wait }));
        if (reply.StateReset)
            State.Clear();
        Resets += reply.StateReset || reply.EventsReset ? 1 : 0;
        Events.AddRange(reply.Events);
        foreach (var change in reply.State)
        {
            if (change.Value is null)
                State.Remove((change.Kind, change.Key));
            else
                State[(change.Kind, change.Key)] = change.Value;
        }

        Command = Command with { Events = reply.EventsMark, State = reply.StateMark };
        return reply;
    }

    /// <summary>Asks until there is no more for now.</summary>
    public async Task CatchUp(TestNode node)
    {
        while ((await Ask(node)).More)
        {
        }
    }

    public async Task Until(TestNode node, Func<bool> seen, string what)
    {
        var until = DateTime.UtcNow.AddSeconds(20);
        while (!seen())
        {
            Assert.True(DateTime.UtcNow < until, $"never saw {what}; last: {string.Join(", ", Names.TakeLast(5))}");
            await Ask(node, TimeSpan.FromSeconds(1));
        }
    }
}
