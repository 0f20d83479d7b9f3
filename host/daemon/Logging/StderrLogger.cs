using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace IpvlanActors.Daemon.Logging;

/// <summary>One line per event on stderr, as text or as JSON. Standard output is for what scripts read.</summary>
public sealed class StderrLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    /// <summary>Where the actor system's configuration says which: text or json.</summary>
    public const string FormatKey = "ipvland.log.format";

    public StderrLogger()
    {
        Func<LogEvent, string> line = Context.System.Settings.Config.GetString(FormatKey, LogLine.Text) == LogLine.Json ? LogLine.AsJson : LogLine.AsText;
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(e => Console.Error.WriteLine(line(e)));
    }
}
