extern alias ctl;
using System.Net.ServerSentEvents;
using ctl::IpvlanActors.Ctl.Commands;
using Xunit;

namespace IpvlanActors.Tests.Unit.Ctl;

public class TopTests
{
    [Fact]
    public void Rates_are_of_the_last_ten_seconds()
    {
        var now = 100.0;
        var picture = new NodePicture(() => now);
        for (var n = 0; n < 20; n++)
            picture.Take(Event(n % 2 == 0 ? "EndpointJoined" : "EndpointLeft"));
        now += 5;
        picture.Take(Event("EndpointJoined"));
        Assert.Equal((2.1, 1.1), (picture.Rate(), picture.Rate("EndpointJoined")));
        now += 6;
        Assert.Equal(0.1, picture.Rate());
        Assert.Equal(5, picture.Last.Count);
    }

    /// <summary>However much there is: the screen is not longer than it is, nor wider.</summary>
    [Theory]
    [InlineData(80, 24)]
    [InlineData(200, 60)]
    [InlineData(40, 16)]
    public void A_large_cluster_fits_on_the_screen(int width, int height)
    {
        var picture = new NodePicture(() => 0);
        picture.Take(State("""{"kind":"node","key":"","node":{"host":"h1","hostId":"1f","incarnation":3,"state":"ready","problems":[]}}"""));
        for (var n = 0; n < 200; n++)
            picture.Take(State($$$"""{"kind":"host","key":"h{{{n}}}","host":{"host":"h{{{n}}}","hostId":"2f","address":"10.0.0.{{{n}}}:4053","status":"Up","reachable":true,"registry":false,"blocks":4,"routes":5}}"""));
        for (var n = 0; n < 1000; n++)
            picture.Take(State($$$"""{"kind":"route","key":"r{{{n}}}","route":{"prefix":"10.{{{n / 256}}}.{{{n % 256}}}.0/26","network":"n{{{n % 40}}}","host":"h{{{n % 200}}}","nextHop":"10.0.0.2","device":"eth0","state":"accepted","kernel":"installed","reason":""}}"""));
        var lines = TopText.Draw(picture, width, height, colours: false).TrimEnd('\n').Split('\n');
        Assert.All(lines, l => Assert.True(l.TrimEnd().Length <= width, l));
        Assert.Contains(lines, l => l.Contains("more", StringComparison.Ordinal));
        Assert.True(lines.Length <= height || height < 24, $"{lines.Length} lines");
    }

    private static SseItem<string> State(string data) => new(data, "state");

    private static SseItem<string> Event(string name) => new(
        $$$"""{"cursor":"7-0000abcd","at":"2026-11-25T12:00:00.5Z","hostId":"1f","persistenceId":"host","sequenceNr":2,"name":"{{{name}}}","text":"","data":{}}""", "journal");
}
