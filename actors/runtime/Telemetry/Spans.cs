using System.Diagnostics;

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
    public static Activity? Start(string name, ActivityContext parent) => Source.StartActivity(name, ActivityKind.Internal, parent);
}
