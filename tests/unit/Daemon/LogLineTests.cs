using System.Text.Json;
using Akka.Event;
using Akka.TestKit.Xunit2;
using IpvlanActors.Daemon.Logging;
using Xunit;

namespace IpvlanActors.Tests.Unit.Daemon;

public class LogLineTests() : TestKit("akka.loglevel = ERROR, akka.stdout-loglevel = OFF, akka.loggers = [\"Akka.TestKit.TestEventListener, Akka.TestKit\"]")
{
    [Fact]
    public void Text_is_one_line_whatever_the_message_and_its_cause_hold()
    {
        var line = LogLine.AsText(Fault());
        Assert.DoesNotContain('\n', line);
        Assert.Contains(" error /user/node: endpoint ab12 (web | evil) is fenced | InvalidOperationException: no | really", line, StringComparison.Ordinal);
        Assert.Contains("LogLineTests", line, StringComparison.Ordinal); // where it was thrown
    }

    [Fact]
    public void Json_is_one_line_with_the_values_by_their_names()
    {
        var line = LogLine.AsJson(Fault());
        Assert.DoesNotContain('\n', line);
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(("error", "ab12", "web\nevil"), (Of("level"), Of("endpoint"), Of("name")));
        Assert.Equal("endpoint {Endpoint} ({Name}) is fenced", Of("template"));
        Assert.Contains("InvalidOperationException", Of("error"), StringComparison.Ordinal);

        string? Of(string name) => json.GetProperty(name).GetString();
    }

    [Fact]
    public void What_is_logged_without_values_is_told_as_it_is()
    {
        var json = JsonDocument.Parse(LogLine.AsJson(new Info("x", typeof(LogLineTests), "a \"word\""))).RootElement;
        Assert.Equal("a \"word\"", json.GetProperty("message").GetString());
        Assert.False(json.TryGetProperty("template", out _));
    }

    /// <summary>As an actor of ours logs it.</summary>
    private Error Fault()
    {
        EventFilter.Error().Mute();
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        try
        {
            throw new InvalidOperationException("no\nreally");
        }
        catch (InvalidOperationException e)
        {
            Logging.GetLogger(Sys, "/user/node").Error(e, "endpoint {Endpoint} ({Name}) is fenced", "ab12", "web\nevil");
        }

        return ExpectMsg<Error>();
    }
}
