using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Event;
using IpvlanActors.Daemon.Config;

namespace IpvlanActors.Daemon.Http;

/// <summary>What the status shows beside the boards.</summary>
/// <param name="startedTicks">Stopwatch ticks at the start of the process.</param>
/// <param name="ready">When the doors opened.</param>
internal sealed class NodeFacts(Node node, DaemonSettings settings, long startedTicks, DateTimeOffset ready)
{
    private ImmutableArray<string> _troubles = [];

    /// <summary>What could not be opened though it was configured, for the operator.</summary>
    public IEnumerable<string> Troubles => _troubles;

    public Node Node => node;

    public DaemonSettings Settings => settings;

    public DateTimeOffset Ready => ready;

    public double ReadySeconds { get; } = Stopwatch.GetElapsedTime(startedTicks).TotalSeconds;

    public void Trouble(string text)
    {
        ImmutableInterlocked.Update(ref _troubles, t => t.Add(text));
        node.System.Log.Error(text);
    }
}
