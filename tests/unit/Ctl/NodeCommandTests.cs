using IpvlanActors.Daemon.Http.Contract;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace IpvlanActors.Tests.Unit.Ctl;

public class NodeCommandTests
{
    [Fact]
    public async Task Status_tells_each_problem()
    {
        await using var node = await FakeNode.Start();
        var started = new DateTimeOffset(2026, 11, 23, 13, 0, 0, TimeSpan.FromHours(1));
        node.On("GET /v1/status", new NodeStatus("h1", "1f", 3, "degraded", ["eth0 is down", "h2 is silent"], 1, 2, 3, 40, "/var/lib/ipvland", started, 0.25), c => c.NodeStatus);

        Assert.Equal(
            """
            Host:        h1 (1f, incarnation 3)
            State:       degraded
            Problems:    eth0 is down
                         h2 is silent
            Networks:    1
            Endpoints:   2
            Routes:      3
            Journal:     40 events in /var/lib/ipvland
            Started:     2026-11-23 12:00:00Z
            Ready:       after 0.25 s

            """,
            (await Tool.Run(node, "status")).Out);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task The_doctor_s_verdict_is_the_exit_code(bool healthy, int code)
    {
        await using var node = await FakeNode.Start();
        node.On("GET /v1/doctor", new DoctorReport(healthy, [new("kernel", "ok", "ipvlan is there", ""), new("socket", "warning", "docker is not", "start it")]), c => c.DoctorReport);

        var table = await Tool.Run(node, "doctor");
        var json = await Tool.Run(node, "doctor --format json");

        Assert.Equal((code, code), (table.Code, json.Code));
        Assert.Equal(
            """
            LEVEL     CHECK    FINDING
            ok        kernel   ipvlan is there
            warning   socket   docker is not
                               -> start it

            """,
            table.Out);
        Assert.StartsWith("{\n  \"healthy\": ", json.Out, StringComparison.Ordinal);
    }

    /// <summary>Only at a terminal, and it leaves nothing there.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Leaving_shows_how_far_it_is_to_whoever_waits(bool atTerminal)
    {
        await using var node = await FakeNode.Start();
        using var looked = new SemaphoreSlim(0);
        node.On("GET /v1/cluster", async http =>
        {
            await http.Response.WriteAsJsonAsync(new ClusterStatus("h1", "10.0.0.1:4053", [new("h1", "1f", "10.0.0.1:4053", "Up", true, true, 4, 2)]), ContractJson.Default.ClusterStatus);
            await http.Response.CompleteAsync();
            looked.Release();
        });
        node.On("POST /v1/cluster/leave", async http =>
        {
            if (atTerminal)
                await looked.WaitAsync();
            http.Response.StatusCode = 204;
        });

        var ran = await Tool.Run(["cluster", "leave"], node.Socket, around => around with { Terminal = () => atTerminal ? (30, 24) : null, Frame = TimeSpan.FromMilliseconds(1) });

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        if (atTerminal)
            Assert.Matches("^(\r\\e\\[Kleaving: 4 blocks and 2 route)+\r\\e\\[Kleft\n$", ran.Out);
        else
            Assert.Equal("left\n", ran.Out);
    }

    [Fact]
    public async Task Version_tells_both()
    {
        await using var node = await FakeNode.Start();
        node.On("GET /v1/version", new VersionReply("2.0", "6.12.1", ".NET 10.0.1"), c => c.VersionReply);

        Assert.EndsWith("ipvland:     2.0 (kernel 6.12.1, .NET 10.0.1)\n", (await Tool.Run(node, "version")).Out, StringComparison.Ordinal);
        Assert.Contains("\"kernel\": \"6.12.1\"", (await Tool.Run(node, "--version --format json")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_works_without_a_node()
    {
        var table = await Tool.Run("version", "/nowhere");
        var json = await Tool.Run("version --format json", "/nowhere");

        Assert.Equal((0, 0, ""), (table.Code, json.Code, table.Error));
        Assert.Contains("ipvland:     not reached: /nowhere: no such file", table.Out, StringComparison.Ordinal);
        Assert.EndsWith("\"ipvland\": null\n}\n", json.Out, StringComparison.Ordinal);
    }
}
