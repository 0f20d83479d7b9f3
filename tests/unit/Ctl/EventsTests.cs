using IpvlanActors.Daemon.Http.Contract;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace IpvlanActors.Tests.Unit.Ctl;

/// <summary>`events` and `top`.</summary>
public class EventsTests
{
    private const string Joined = """{"cursor":"7-0000abcd","at":"2026-11-25T12:00:00.5Z","hostId":"1f","persistenceId":"endpoint-0123456789abcdef","sequenceNr":2,"name":"EndpointJoined","text":"is to have link eth0","data":{},"networkId":"fedcba9876543210","endpointId":"0123456789abcdef"}""";
    private const string Started = """{"cursor":"8-0000abce","at":"2026-11-25T12:00:01Z","hostId":"1f","persistenceId":"host","sequenceNr":3,"name":"HostStarted","text":"start 2","data":{}}""";
    private const string Follow = "GET /v1/events?only=journal&follow=true";
    private const string All = "GET /v1/events?only=journal&follow=false";

    [Fact]
    public async Task What_has_happened_is_a_line_each()
    {
        await using var node = await FakeNode.Start();
        node.On(All, Stream(Event("journal", "7-0000abcd", Joined), Event("journal", "8-0000abce", Started), Event("live", "8-0000abce", "{}")), type: "text/event-stream");

        Assert.Equal(
            new Ran(0, """
                2026-11-25 12:00:00.500Z      7  EndpointJoined      endpoint 0123456789ab: is to have link eth0
                2026-11-25 12:00:01.000Z      8  HostStarted         start 2

                """, ""),
            await Tool.Run(node, "events"));
        Assert.Equal(new Ran(0, $"{Joined}\n{Started}\n", ""), await Tool.Run(node, "events --format json"));
    }

    [Fact]
    public async Task Who_follows_goes_on_behind_the_last_event_when_the_node_is_back()
    {
        await using var node = await FakeNode.Start();
        var asked = new List<string>();
        node.On(Follow, async context =>
        {
            asked.Add(context.Request.Headers["Last-Event-ID"].ToString());
            context.Response.ContentType = "text/event-stream";
            switch (asked.Count)
            {
                case 1:
                    await context.Response.WriteAsync(Event("live", "6-00000001", "{}") + ": still here\n\n" + Event("journal", "7-0000abcd", Joined) + "event: journal\nid: 8-00");
                    break;
                case 2:
                    await context.Response.WriteAsync(Event("journal", "8-0000abce", Started));
                    break;
                default:
                    context.Response.StatusCode = 400;
                    break;
            }
        });

        var ran = await Tool.Run(["events", "-f"], node.Socket, around => around with { ComeBack = TimeSpan.FromMilliseconds(1) });

        Assert.Equal(["", "7-0000abcd", "8-0000abce"], asked);
        Assert.Equal(2, ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(1, ran.Code);
    }

    [Fact]
    public async Task A_place_and_a_filter_are_handed_on()
    {
        await using var node = await FakeNode.Start();
        var last = "";
        node.On("GET /v1/events?only=journal&network=a%2Fb&endpoint=web&follow=false", context =>
        {
            last = context.Request.Headers["Last-Event-ID"].ToString();
            context.Response.ContentType = "text/event-stream";
            return context.Response.WriteAsync(Event("reset", "9-00000009", """{"cursor":"9-00000009","events":true,"state":false}"""));
        });

        var ran = await Tool.Run(node, "events --from 1042 --network a/b --endpoint web");

        Assert.Equal(("1042", 0), (last, ran.Code));
        Assert.StartsWith("ipvlanctl: note: that place is not in this node's journal", ran.Error, StringComparison.Ordinal);
        Assert.Equal((2, "ipvlanctl: --from: 'yesterday' is neither a number nor a cursor [usage]"), await Tool.Run(node, "events --from yesterday") is var wrong ? (wrong.Code, wrong.Error.Split('\n')[0]) : default);
    }

    [Fact]
    public async Task What_cannot_be_followed_is_told()
    {
        await using var node = await FakeNode.Start();
        node.Refuse(Follow, 404, new ProblemReason("network-unknown", "no network n"));
        Assert.Equal(new Ran(1, "", "ipvlanctl: no network n [network-unknown]\n"), await Tool.Run(node, "events --follow"));
        Assert.Equal(3, (await Tool.Run("events --follow", "/nowhere")).Code);
        Assert.Equal(3, (await Tool.Run("top", "/nowhere")).Code);
        node.On(All, Stream(Event("journal", "1", "{}")), type: "text/event-stream");
        Assert.EndsWith("[reply]\n", (await Tool.Run(node, "events")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_without_a_terminal_is_drawn_once()
    {
        await using var node = await FakeNode.Start();
        node.On("GET /v1/events?only=state&follow=false", Stream(
            Event("reset", "6-00000001", "{}"),
            State("""{"kind":"node","key":"","node":{"host":"h1","hostId":"1f","incarnation":3,"state":"degraded","problems":["eth0 [is] down\u001b[2J"]}}"""),
            State("""{"kind":"host","key":"10.0.0.2:4053","host":{"host":"h2","hostId":"2f","address":"10.0.0.2:4053","status":"Up","reachable":false,"registry":false,"blocks":4,"routes":5}}"""),
            State("""{"kind":"network","key":"n1","network":{"id":"n1","name":"db_net","mode":"l3","parent":"eth0","subnets":["10.1.0.0/16"],"endpoints":2,"state":"ready"}}"""),
            State("""{"kind":"network","key":"n2","network":{"id":"n2","name":"gone","mode":"l3","parent":"eth0","subnets":[],"endpoints":0,"state":"ready"}}"""),
            State("""{"kind":"network","key":"n2","gone":true}"""),
            State("""{"kind":"route","key":"r","route":{"prefix":"10.1.0.0/26","network":"db_net","host":"h2","nextHop":"10.0.0.2","device":"eth0","state":"rejected","kernel":"-","reason":"not theirs"}}"""),
            Event("live", "6-00000001", "{}")), type: "text/event-stream");

        var ran = await Tool.Run(["top"], node.Socket, around => around with { Terminal = () => null });

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        foreach (var expected in (string[])["h1  degraded  start 3  1 problems", "eth0 [is] down?[2J", "1 hosts  1 networks", "unreachable", "db_net", "10.1.0.0/16", "rejected", "not theirs"])
            Assert.Contains(expected, ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("gone", ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', ran.Out);
        Assert.Equal(6, (await Tool.Run(["top", "--format", "json"], node.Socket, around => around)).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static string Stream(params string[] events) => "retry: 1000\n\n" + string.Concat(events);

    private static string State(string data) => Event("state", null, data);

    private static string Event(string name, string? id, string data) => $"event: {name}\n{(id is null ? "" : $"id: {id}\n")}data: {data}\n\n";
}
