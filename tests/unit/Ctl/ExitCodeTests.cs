using System.Net.Sockets;
using IpvlanActors.Daemon.Http.Contract;
using Xunit;

namespace IpvlanActors.Tests.Unit.Ctl;

/// <summary>0 done, 1 refused, 2 usage, 3 unreachable; and what stderr says then.</summary>
public class ExitCodeTests
{
    private const string Start = "start it: systemctl start ipvland, or ./host/run; or name another socket with --socket [unreachable]\n";

    [Fact]
    public async Task Every_reason_of_a_refusal_has_a_line_with_its_code()
    {
        await using var node = await FakeNode.Start();
        node.Refuse("POST /v1/networks", 400, new("subnet.overlap", "10.0.0.0/24 overlaps db_net"), new("option.unknown", "no option 'parrent'"));

        var ran = await Tool.Run(node, "network create --subnet 10.0.0.0/24 -o parrent=eth0 n");

        Assert.Equal(new Ran(1, "", "ipvlanctl: 10.0.0.0/24 overlaps db_net [subnet.overlap]\nipvlanctl: no option 'parrent' [option.unknown]\n"), ran);
    }

    [Fact]
    public async Task Of_several_names_all_are_done_and_one_refusal_is_a_refusal()
    {
        await using var node = await FakeNode.Start();
        node.Empty("DELETE /v1/networks/a").Empty("DELETE /v1/networks/c").Refuse("DELETE /v1/networks/b", 404, new ProblemReason("network.unknown", "no network b"));

        var ran = await Tool.Run(node, "network rm a b c");

        Assert.Equal(new Ran(1, "a\nc\n", "ipvlanctl: no network b [network.unknown]\n"), ran);
    }

    [Fact]
    public async Task A_refusal_without_a_problem_is_told_by_its_status()
    {
        await using var node = await FakeNode.Start();

        var ran = await Tool.Run(node, "status");

        Assert.Equal(new Ran(1, "", "ipvlanctl: the node answered 404 to GET /v1/status; are ipvlanctl and ipvland of one version? [http-404]\n"), ran);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("""[{"id":"x"}]""")]
    [InlineData("""[{"id":null,"name":"n","mode":"l2","parent":"","subnets":[],"endpoints":0,"state":"ready"}]""")]
    public async Task A_reply_that_cannot_be_read_is_told_as_such(string reply)
    {
        await using var node = await FakeNode.Start();
        node.On("GET /v1/networks", reply);

        var ran = await Tool.Run(node, "network ls");

        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.EndsWith("[reply]\n", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_socket_file_is_told_with_the_way_out()
    {
        var ran = await Tool.Run("network rm a b", socket: "/nowhere/api.sock");

        Assert.Equal(new Ran(3, "", $"ipvlanctl: /nowhere/api.sock: no such file; {Start}"), ran);
    }

    [Fact]
    public async Task A_socket_nobody_listens_on_is_told()
    {
        var path = Path.Combine(Path.GetTempPath(), $"ctl-{Guid.NewGuid():N}.sock");
        using (var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            stale.Bind(new UnixDomainSocketEndPoint(path));
        await File.WriteAllTextAsync(path, "");

        var ran = await Tool.Run("status", path);

        File.Delete(path);
        Assert.Equal(new Ran(3, "", $"ipvlanctl: {path}: connection refused (no ipvland listens); {Start}"), ran);
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_is_told()
    {
        var ran = await Tool.Run("status", "/" + new string('x', 200));

        Assert.Equal(3, ran.Code);
        Assert.Contains("at most 107 bytes", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_goes_away_while_it_answers_is_told()
    {
        await using var node = await FakeNode.Start();
        node.On("GET /v1/status", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        var ran = await Tool.Run(node, "status");

        Assert.Equal(3, ran.Code);
        Assert.Contains($"{node.Socket}: the connection broke", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_never_answers_is_given_up()
    {
        await using var node = await FakeNode.Start();
        node.On("GET /v1/status", context => Task.Delay(Timeout.Infinite, context.RequestAborted));

        var ran = await Tool.Run(["status"], node.Socket, around => around with { Patience = TimeSpan.FromMilliseconds(300) });

        Assert.Equal(3, ran.Code);
        Assert.Contains("no answer in time", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_socket_option_wins_over_the_variable_wherever_it_stands()
    {
        await using var node = await FakeNode.Start();
        node.Empty("DELETE /v1/networks/a");

        Assert.Equal(0, (await Tool.Run($"network rm a --socket {node.Socket}", "/nowhere")).Code);
        Assert.Equal(0, (await Tool.Run($"--socket={node.Socket} network rm a", "/nowhere")).Code);
        Assert.Equal(3, (await Tool.Run(node, "network rm a --socket /nowhere")).Code);
    }

    [Theory]
    [InlineData("", "a command is missing: network, endpoint, route, cluster, journal, events, top, status, doctor, uninstall, version, completions", "ipvlanctl")]
    [InlineData("netwrok ls", "unknown command: netwrok", "ipvlanctl")]
    [InlineData("network", "a command is missing: create, ls, inspect, rm", "ipvlanctl network")]
    [InlineData("network ls --format xml", "--format: 'xml' is none of table, json", "ipvlanctl network ls")]
    [InlineData("network rm", "NETWORK is missing", "ipvlanctl network rm")]
    [InlineData("endpoint join n", "--netns is missing", "ipvlanctl endpoint join")]
    [InlineData("endpoint rm ..", "ENDPOINT: '..' is neither a name nor an id", "ipvlanctl endpoint rm")]
    [InlineData("status now", "one word too many: now", "ipvlanctl status")]
    [InlineData("journal show", "PERSISTENCE-ID is missing", "ipvlanctl journal show")]
    [InlineData("journal show x --from ten", "--from: 'ten' is not a number", "ipvlanctl journal show")]
    public async Task A_wrong_line_is_one_line_and_a_hint(string line, string text, string help)
    {
        var ran = await Tool.Run(line, "/nowhere");

        Assert.Equal(new Ran(2, "", $"ipvlanctl: {text} [usage]\nsee '{help} --help'\n"), ran);
    }
}
