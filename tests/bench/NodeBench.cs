using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace IpvlanActors.Tests.Bench;

/// <summary>
/// A whole node, as it is built by <c>host/build</c>: start to ready on an empty journal and on one of 10,000 events, memory
/// at rest, and, where the kernel has ipvlan, joins and leaves through its API. In a network namespace of its own.
/// </summary>
internal static class NodeBench
{
    private const int Events = 10_000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    public static async Task<int> Run(string[] arguments)
    {
        var program = Path.GetFullPath(arguments.Length > 0 ? arguments[0] : "out/bin/ipvland");
        var joins = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 100;
        var runs = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 5;
        var folder = Directory.CreateTempSubdirectory("ipvland-bench-").FullName;
        try
        {
            await Starts("empty journal", program, runs, () => Directory.CreateTempSubdirectory("run-").FullName);
            var filled = await StoryJournal.Fill(Path.Combine(folder, "filled"), Events);
            await Starts($"journal of {filled} events", program, runs, () => CopyOf(Path.Combine(folder, "filled")));
            await Joins(program, folder, joins);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static async Task Starts(string what, string program, int runs, Func<string> data)
    {
        var (ready, memory) = (new List<double>(), new List<double>());
        for (var run = 0; run < runs; run++)
        {
            var folder = data();
            await using (var node = await BenchNode.Start(program, folder))
            {
                ready.Add(node.ReadySeconds);
                await Task.Delay(Rest);
                memory.Add(node.ResidentMiB);
            }

            Directory.Delete(folder, recursive: true);
        }

        Show($"start to ready, {what}: s", ready);
        Show($"at rest, {what}: MiB", memory);
    }

    private static string CopyOf(string folder)
    {
        var copy = Directory.CreateTempSubdirectory("run-").FullName;
        foreach (var file in Directory.EnumerateFiles(folder))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    private static async Task Joins(string program, string folder, int count)
    {
        await using var node = await BenchNode.Start(program, Path.Combine(folder, "joins"));
        node.Ip("link add eth0 type veth peer name peer0", "link set peer0 up", "link set eth0 up", "addr add 10.0.0.1/24 dev eth0");
        if (!await node.Create())
        {
            Console.Out.WriteLine("joins: skipped, this kernel has no ipvlan");
            return;
        }

        var sandboxes = Enumerable.Range(0, count).Select(n => $"bench{Environment.ProcessId}-{n}").ToArray();
        BenchNode.Ip([.. sandboxes.Select(s => $"netns add {s}")], into: null);
        try
        {
            Show("join, one after another: ms", await Each(sandboxes, node.Join));
            Show("remove, one after another: ms", await Each(sandboxes, node.Remove));
            var all = Stopwatch.StartNew();
            await Task.WhenAll(sandboxes.Select(node.Join));
            Show($"join, {count} at once: per second", [count / all.Elapsed.TotalSeconds]);
            all.Restart();
            await Task.WhenAll(sandboxes.Select(node.Remove));
            Show($"remove, {count} at once: per second", [count / all.Elapsed.TotalSeconds]);
        }
        finally
        {
            BenchNode.Ip([.. sandboxes.Select(s => $"netns del {s}")], into: null);
        }
    }

    private static async Task<List<double>> Each(string[] names, Func<string, Task> what)
    {
        var times = new List<double>();
        foreach (var name in names)
        {
            var started = Stopwatch.GetTimestamp();
            await what(name);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return times;
    }

    private static void Show(string what, List<double> values)
    {
        var sorted = values.Order().ToList();
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what,-52} {sorted[sorted.Count / 2],9:0.00}   ({sorted[0]:0.00} to {sorted[^1]:0.00}, p99 {sorted[Math.Min(sorted.Count - 1, sorted.Count * 99 / 100)]:0.00})"));
    }
}

/// <summary>A node's process in a namespace of its own, and the little that a bench says to it.</summary>
internal sealed class BenchNode : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _api;
    private readonly string _space;

    private BenchNode(Process process, string socket, string space, double ready)
    {
        (_process, _space, ReadySeconds) = (process, space, ready);
        _api = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancelled) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancelled);
                return new NetworkStream(connection, ownsSocket: true);
            },
        })
        { BaseAddress = new("http://node") };
    }

    public double ReadySeconds { get; }

    public int ProcessId => _process.Id;

    public double ResidentMiB => long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal))[6..^2].Trim(), CultureInfo.InvariantCulture) / 1024.0;

    public string Socket { get; private init; } = "";

    /// <summary>Of a namespace by <c>ip netns</c>.</summary>
    public string Space => _space;

    /// <param name="prepare">Lines of ip that make the host before the node starts.</param>
    /// <param name="instead">IPVLAND_BREAK.</param>
    public static async Task<BenchNode> Start(string program, string data, string[]? prepare = null, string instead = "")
    {
        var space = $"bench{Environment.ProcessId}";
        Ip([$"netns add {space}"], into: null);
        Ip(["link set lo up", .. prepare ?? []], space);
        var socket = Path.Combine(Path.GetTempPath(), $"bench{Environment.ProcessId}.sock");
        var process = Process.Start(new ProcessStartInfo("nsenter", [$"--net=/run/netns/{space}", program, "--data", data, "--socket", socket])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["IPVLAND_BREAK"] = instead },
        })!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready in ", StringComparison.Ordinal))
                return new(process, socket, space, double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture)) { Socket = socket };
        }

        throw new InvalidOperationException($"{program} ended before it was ready");
    }

    public void Ip(params string[] lines) => Ip(lines, _space);

    public static void Ip(string[] lines, string? into)
    {
        string[] arguments = into is null ? ["-batch", "-"] : ["-n", into, "-batch", "-"];
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardInput = true })!;
        foreach (var line in lines)
            ip.StandardInput.WriteLine(line);
        ip.StandardInput.Close();
        ip.WaitForExit();
        if (ip.ExitCode != 0)
            throw new InvalidOperationException($"ip: {string.Join("; ", lines)}");
    }

    /// <returns>False: the kernel would not have the parent or its slaves.</returns>
    public async Task<bool> Create()
    {
        var reply = await _api.PostAsJsonAsync("/v1/networks", new
        {
            name = "bench",
            subnets = (string[])["10.9.0.0/16", "2001:db8:9::/64"],
            ipv4 = true,
            options = new Dictionary<string, string> { ["parent"] = "eth0", ["ipvlan_mode"] = "l3" },
        });
        if (!reply.IsSuccessStatusCode)
            throw new InvalidOperationException(await reply.Content.ReadAsStringAsync());
        var report = await _api.GetFromJsonAsync<JsonElement>("/v1/doctor");
        return report.GetProperty("findings").EnumerateArray().First(f => f.GetProperty("check").GetString() == "kernel").GetProperty("level").GetString() == "ok";
    }

    public async Task Join(string name) =>
        Check(await _api.PostAsJsonAsync("/v1/endpoints", new { network = "bench", netns = name, name, ifName = "eth0" }));

    public async Task Remove(string name) => Check(await _api.DeleteAsync(new Uri($"/v1/endpoints/{name}", UriKind.Relative)));

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Ip([$"netns del {_space}"], into: null);
    }

    private static void Check(HttpResponseMessage reply)
    {
        if (!reply.IsSuccessStatusCode)
            throw new InvalidOperationException($"{(int)reply.StatusCode} {reply.RequestMessage!.RequestUri}");
    }
}
