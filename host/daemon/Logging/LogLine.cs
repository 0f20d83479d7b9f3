using System.Globalization;
using System.Text;
using System.Text.Json;
using Akka.Event;
using LogLevel = Akka.Event.LogLevel;

namespace IpvlanActors.Daemon.Logging;

/// <summary>
/// One event as one line. Text is time, level, who, what, for people and grep. JSON has besides the values of the message by
/// their names (endpoint, network, host), so that ids can be searched for as such.
/// </summary>
public static class LogLine
{
    public const string Text = "text";
    public const string Json = "json";

    private const string Time = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public static string AsText(LogEvent e)
    {
        var cause = e.Cause is null ? "" : $" | {e.Cause.GetType().Name}: {OneLine(e.Cause.Message)}";
        var detail = e.Cause?.StackTrace is { } stack && e.LogLevel() == LogLevel.ErrorLevel ? " | " + OneLine(stack) : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{e.Timestamp.ToString(Time, CultureInfo.InvariantCulture)} {Level(e),-5} {Who(e)}: {OneLine(e.Message?.ToString() ?? "")}{cause}{detail}");
    }

    public static string AsJson(LogEvent e)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("time", e.Timestamp.ToString(Time, CultureInfo.InvariantCulture));
            json.WriteString("level", Level(e));
            json.WriteString("actor", Who(e));
            json.WriteString("message", e.Message?.ToString());
            if (e.Message is LogMessage message)
                WriteValues(json, message);
            if (e.Cause is not null)
                json.WriteString("error", e.Cause.ToString());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void WriteValues(Utf8JsonWriter json, LogMessage message)
    {
        json.WriteString("template", message.Format);
        foreach (var (name, value) in message.GetProperties())
        {
            if (name.Length > 0 && char.IsLetter(name[0])) // {0} names nothing
                json.WriteString(JsonNamingPolicy.CamelCase.ConvertName(name), Convert.ToString(value, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>An actor's path below its system (<c>akka://host/user/node</c>), or a name without it (<c>Cluster (akka://host)</c>).</summary>
    private static string Who(LogEvent e)
    {
        const string Scheme = "akka://";
        var source = e.LogSource;
        if (source.StartsWith(Scheme, StringComparison.Ordinal) && source.IndexOf('/', Scheme.Length) is var slash and > 0)
            return source[slash..];
        return source.IndexOf(" (" + Scheme, StringComparison.Ordinal) is var system and > 0 ? source[..system] : source;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" | ");

    private static string Level(LogEvent e) => e.LogLevel() switch
    {
        LogLevel.DebugLevel => "debug",
        LogLevel.InfoLevel => "info",
        LogLevel.WarningLevel => "warn",
        _ => "error",
    };
}
