using System.Diagnostics;
using IpvlanActors.Daemon.Http.Contract;
using Xunit;

namespace IpvlanActors.Tests.Unit.Ctl;

/// <summary>Names of the node, and the scripts as the shells run them.</summary>
public sealed class CompletionTests : IAsyncLifetime
{
    private FakeNode _node = null!;

    public async Task InitializeAsync() => _node = (await FakeNode.Start())
        .On("GET /v1/networks", [Network("web"), Network("db_net"), Network("$(reboot)"), Network("two words")], c => c.IReadOnlyListNetworkSummary)
        .On("GET /v1/endpoints", [Endpoint("c1"), Endpoint("c2")], c => c.IReadOnlyListEndpointSummary)
        .On("GET /v1/journal", [new("host", 2, 2), new("network-2f", 1, 1)], c => c.IReadOnlyListJournalSummary)
        .On("GET /v1/cluster", new ClusterStatus("h1", "10.0.0.1:4053", [Member("h1"), Member("h2")]), c => c.ClusterStatus);

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("ipvlanctl network rm ", "db_net\nweb\n")]
    [InlineData("ipvlanctl network rm db_net w", "web\n")]
    [InlineData("ipvlanctl network inspect d", "db_net\n")]
    [InlineData("ipvlanctl endpoint leave ", "c1\nc2\n")]
    [InlineData("ipvlanctl endpoint ls --network ", "db_net\nweb\n")]
    [InlineData("ipvlanctl events --endpoint c", "c1\nc2\n")]
    [InlineData("ipvlanctl journal show n", "network-2f\n")]
    [InlineData("ipvlanctl cluster forget ", "h1\nh2\n")]
    [InlineData("ipvlanctl route ls --host h", "h1\nh2\n")]
    public async Task A_name_that_the_node_knows_is_offered_and_nothing_that_a_shell_would_run(string line, string words) =>
        Assert.Equal(words, string.Concat((await Tool.Run(["complete", $"{line.Length}", line], _node.Socket, around => around)).Out
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(w => w[0] != '-' && w != "/?").Select(w => w + "\n")));

    [Fact]
    public async Task A_node_that_is_down_offers_nothing_and_says_nothing()
    {
        const string Line = "ipvlanctl network rm w";
        Assert.Equal(new Ran(0, "", ""), await Tool.Run(["complete", $"{Line.Length}", Line], "/nonexistent.sock", around => around));
        const string Other = "ipvlanctl --socket /nonexistent.sock network rm w";
        Assert.Equal(new Ran(0, "", ""), await Tool.Run(["complete", $"{Other.Length}", Other], _node.Socket, around => around));
    }

    /// <summary>The words that a shell would put on the line, by the script that it was given, from the program itself.</summary>
    [Theory]
    [InlineData("bash", "netw", "network")]
    [InlineData("bash", "network rm ", "db_net web")]
    [InlineData("bash", "network rm db_net w", "web")]
    [InlineData("bash", "network create --gat", "--gateway")]
    [InlineData("zsh", "netw", "network")]
    [InlineData("zsh", "network rm ", "db_net web")]
    public async Task A_shell_completes_by_its_script(string shell, string typed, string words)
    {
        var tool = Path.Combine(AppContext.BaseDirectory, "ipvlanctl");
        var line = $"{tool} {typed}";
        var typedWords = line.Split(' ');
        var script = $"""
            source <('{tool}' completions {shell})
            COMP_LINE='{line}' COMP_POINT={line.Length} COMP_CWORD={typedWords.Length - 1}
            {(shell == "zsh" ? "setopt ksharrays" : ":")}
            COMP_WORDS=({string.Join(' ', typedWords.Select(w => $"'{w}'"))})
            _ipvlanctl
            printf '%s\n' "${"{COMPREPLY[@]}"}"
            """;
        if (await Run(shell, script) is { } said) // else there is no such shell here
            Assert.Equal(words, string.Join(' ', said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(w => typed.Contains('-', StringComparison.Ordinal) || w[0] is not ('-' or '/'))));
    }

    private async Task<string?> Run(string shell, string script)
    {
        var start = new ProcessStartInfo(shell) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["IPVLAND_SOCKET"] = _node.Socket } };
        foreach (var word in shell == "zsh" ? ["-f", "-c", "autoload -U +X compinit && compinit -D -u; " + script] : new[] { "--norc", "-c", script })
            start.ArgumentList.Add(word);
        try
        {
            using var process = Process.Start(start)!;
            var said = process.StandardOutput.ReadToEndAsync();
            var complained = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.Equal("", complained);
            return await said;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static NetworkSummary Network(string name) => new("2f", name, "l2", "eth0", ["10.1.0.0/16"], 0, "ready");

    private static EndpointSummary Endpoint(string name) => new("1f", name, "web", ["10.1.0.2/16"], "joined", "/run/netns/c1");

    private static MemberDetail Member(string host) => new(host, "2f", "10.0.0.1:4053", "Up", true, true, 1, 2);
}
