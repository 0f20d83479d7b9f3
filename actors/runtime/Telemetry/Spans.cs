using System.Diagnostics;
using Akka.Actor;

namespace IpvlanActors.Runtime.Telemetry;

/// <summary>
/// The way of one command through the node. Messages carry the <see cref="ActivityContext"/> of whoever sent them, since
/// what is current does not follow a message into another actor.
/// </summary>
public static class Spans
{
    public const string SourceName = "ipvland";

    private static readonly ActivitySource Source = new(SourceName);

    /// <returns>Null while nobody listens: then it costs nothing.</returns>
    public static Activity? Start(string name, ActivityContext parent)
    {
        if (!Source.HasListeners())
            return null;
        // a parent is given or there is none: what is current here is of whoever had this thread before
        var current = Activity.Current;
        Activity.Current = null;
        var span = Source.StartActivity(name, ActivityKind.Internal, parent);
        Activity.Current = current;
        return span;
    }

    /// <summary>What those who go on for it are to have as parent: it, or what was its own if nobody listens.</summary>
    public static ActivityContext Or(this Activity? span, ActivityContext parent) => span?.Context ?? parent;
}

/// <summary>A command of somebody whose trace goes on in the node. Answered as the command is.</summary>
public sealed record Traced(INodeCommand Command, ActivityContext Parent) : INoSerializationVerificationNeeded;
