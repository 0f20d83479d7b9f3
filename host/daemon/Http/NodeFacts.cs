using System.Diagnostics;
using Akka.Event;
using IpvlanActors.Daemon.Config;

namespace IpvlanActors.Daemon.Http;

/// <summary>What the status shows beside the boards.</summary>
/// <param name="startedTicks">Stopwatch ticks at the start of the process.</param>
/// <param name="ready">When the doors opened.</param>
internal sealed class NodeFacts(Node node, DaemonSettings settings, long startedTicks, DateTimeOffset ready)
{
    public Node Node => node;

    public DaemonSettings Settings => settings;

    public DateTimeOffset Ready => ready;

    public double ReadySeconds { get; } = Stopwatch.GetElapsedTime(startedTicks).TotalSeconds;

    /// <summary>Something could not be opened though it was configured: told in the log, and as a problem.</summary>
    public void Trouble(string text)
    {
        node.Context.Boards.Troubles.Current = node.Context.Boards.Troubles.Current.Add(text);
        node.System.Log.Error(text);
    }
}
