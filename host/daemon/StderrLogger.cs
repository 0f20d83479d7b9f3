using System.Globalization;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using LogLevel = Akka.Event.LogLevel;

namespace IpvlanActors.Daemon;

/// <summary>One line per event on stderr: time, level, who, what. Standard output is for what scripts read.</summary>
public sealed class StderrLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    public StderrLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    private static void Write(LogEvent e)
    {
        var who = e.LogSource.IndexOf('/', "akka://".Length) is var slash and > 0 ? e.LogSource[slash..] : e.LogSource;
        var cause = e.Cause is null ? "" : $" | {e.Cause.GetType().Name}: {e.Cause.Message}";
        var detail = e.Cause is not null && e.LogLevel() == LogLevel.ErrorLevel ? Environment.NewLine + e.Cause : "";
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{e.Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ} {Level(e)} {who}: {e.Message}{cause}{detail}"));
    }

    private static string Level(LogEvent e) => e.LogLevel() switch
    {
        LogLevel.DebugLevel => "debug",
        LogLevel.InfoLevel => "info ",
        LogLevel.WarningLevel => "warn ",
        _ => "error",
    };
}
