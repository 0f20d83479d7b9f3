using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using IpvlanActors.Tests.Lab.Support;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>A container of one host pings a container of another, five times a second, until it is stopped.</summary>
internal sealed partial class BackgroundPing : IAsyncDisposable
{
    private readonly string _words;
    private readonly Process _process;
    private readonly SortedSet<int> _answered = [];
    private readonly Lock _lock = new();

    private BackgroundPing(string words, Netns from, string address)
    {
        _words = words;
        _process = new() { StartInfo = new("nsenter", [$"--net={from.Path}", "ping", "-n", "-i", "0.2", address]) { RedirectStandardOutput = true } };
        _process.OutputDataReceived += (_, line) => Note(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
    }

    /// <summary>Between the first two containers that reach each other now; none if no two do.</summary>
    public static async Task<BackgroundPing?> Between(Site site, IEnumerable<Site> others)
    {
        foreach (var container in site.Host.Containers)
        {
            foreach (var (other, peer) in others.SelectMany(s => s.Host.Containers.Select(c => (s, c))))
            {
                if (AddressOf(await peer.Look()) is { } address && await container.Space.Answers(address))
                    return new($"ping from {container.Name} on {site.Name} to {address} on {other.Name}", container.Space, address);
            }
        }

        return null;
    }

    /// <summary>Gives the numbers of those that were never answered, but for the last ones, which were on their way.</summary>
    public async Task<IReadOnlyList<int>> Stop()
    {
        await DisposeAsync();
        lock (_lock)
            return _answered.Count == 0 ? [1] : [.. Enumerable.Range(1, _answered.Max).Except(_answered)];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    public override string ToString() => _words;

    private void Note(string line)
    {
        if (Sequence().Match(line) is { Success: true } match)
        {
            lock (_lock)
                _answered.Add(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        }
    }

    private static string? AddressOf(View view) => view.Find("eth0") is { Global: [var first, ..] } ? first.Split('/')[0] : null;

    [GeneratedRegex(@"bytes from .*icmp_seq=(\d+)")]
    private static partial Regex Sequence();
}
