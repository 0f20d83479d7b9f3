using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Recovery;

/// <summary><c>ipvlanctl events --follow</c>: nothing is missed and nothing comes twice, whatever becomes of the node meanwhile.</summary>
public class FollowTests(OneHost fixture) : OnOneHost(fixture)
{
    [LabFact]
    public async Task Who_follows_misses_nothing_while_the_node_is_killed_and_stopped()
    {
        using var follower = Follow();
        await Host.Create("--subnet=192.168.110.0/24 -o parent=eth0 -o ipvlan_mode=l3 ipnet110");
        await Host.Run("ipnet110");
        await Host.Daemon.Kill();
        await Host.Daemon.Start();
        await Host.Run("ipnet110");
        await Host.Daemon.Stop();
        await Host.Daemon.Start();

        await Eventually.Holds(
            async () => Assert.Equal(Read(await Host.Ctl.Must("events --format json")), Read(string.Join('\n', follower.Lines))), 20, Host);
        Assert.Contains(Read(string.Join('\n', follower.Lines)), e => e.Name == "EndpointJoined");
    }

    private static List<(string Cursor, string Name)> Read(string lines) =>
    [
        .. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize(l, ContractJson.Default.JournalMessage)!)
            .Select(m => (m.Cursor, m.Name)),
    ];

    private Follower Follow() => new(Path.Combine(Machine.Programs, "ipvlanctl"), ["--socket", Host.Daemon.Socket, "events", "--follow", "--from", "0", "--format", "json"]);

    private sealed class Follower : IDisposable
    {
        private readonly Process _process;

        public Follower(string program, IEnumerable<string> words)
        {
            _process = new() { StartInfo = new(program, words) { RedirectStandardOutput = true } };
            _process.OutputDataReceived += (_, line) =>
            {
                if (line.Data is { } text)
                    Lines.Enqueue(text);
            };
            _process.Start();
            _process.BeginOutputReadLine();
        }

        public ConcurrentQueue<string> Lines { get; } = new();

        public void Dispose()
        {
            _process.Kill();
            _process.Dispose();
        }
    }
}
