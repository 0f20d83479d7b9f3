using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using IpvlanActors.Tests.Lab.Support;

namespace IpvlanActors.Tests.Lab.Docker;

/// <summary>
/// A real dockerd in a host's namespace, with a containerd of its own that outlives it, and one image, <c>alpine</c>, which is
/// busybox. Its data is in memory. Several may run side by side: what they share is the folder of plugins.
/// </summary>
public sealed class Dockerd(Netns host) : IAsyncDisposable
{
    public const string Program = "/usr/sbin/dockerd";
    public const string Containerd = "/usr/bin/containerd";
    public const string Client = "/usr/bin/docker";

    private const int LinesShown = 40;
    private static int _made;

    private readonly string _folder = $"/run/lab-docker-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}";
    private readonly StringBuilder _log = new();
    private Process? _containerd;
    private Process? _process;
    private HttpClient? _api;

    public string Socket => _folder + "/docker.sock";

    public async Task Start(string options = "")
    {
        if (_containerd is null)
            await Prepare();
        _process = Launch(Program, [
            "--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=overlay2", "--containerd", $"{_folder}/containerd.sock",
            "--data-root", $"{_folder}/data", "--exec-root", $"{_folder}/exec", "--pidfile", $"{_folder}/pid", "-H", $"unix://{Socket}",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        await Eventually.Holds(Answers, 30);
        if ((await Get("/images/json"))!.AsArray().Count == 0)
            await Must($"import {_folder}/alpine.tar alpine");
    }

    /// <summary>As systemd stops it: containers end with it, unless it restores them.</summary>
    public async Task Stop()
    {
        await Shell.Run("kill", [$"{_process!.Id}"]);
        await _process.WaitForExitAsync().WaitAsync(Machine.Patience(30));
    }

    /// <summary>kill -9; containers run on.</summary>
    public async Task Kill()
    {
        _process!.Kill();
        await _process.WaitForExitAsync().WaitAsync(Machine.Patience(5));
    }

    /// <summary><c>docker</c> with these words.</summary>
    public Task<Said> Type(string line) =>
        Shell.Run(Client, ["-H", $"unix://{Socket}", .. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)], seconds: 40);

    /// <summary><c>docker</c> with these words, which it must do; what it prints.</summary>
    public async Task<string> Must(string line)
    {
        var said = await Type(line);
        return said.Code == 0 ? said.Out.Trim() : throw new LabException($"{said}\n{LogTail()}");
    }

    /// <summary>A container's namespace as <c>ip</c> shows it.</summary>
    public async Task<View> Look(string container) => await Netns.LookAt(await Process(container));

    /// <summary>The container's first process; 0: it does not run.</summary>
    public async Task<int> Process(string container) =>
        (await Get($"/containers/{container}/json"))?["State"]!["Pid"]!.GetValue<int>() ?? throw new LabException($"There is no container {container}.\n{LogTail()}");

    /// <summary>One packet from within a container, tried again until <paramref name="seconds"/> have passed.</summary>
    public async Task<bool> Pings(string container, string address, double seconds = 5)
    {
        var process = $"{await Process(container)}";
        var until = DateTime.UtcNow + Machine.Patience(seconds);
        do
        {
            if ((await Shell.Run("nsenter", ["-t", process, "-n", "ping", "-n", "-q", "-c", "1", "-W", "1", address])).Code == 0)
                return true;
        }
        while (DateTime.UtcNow < until);
        return false;
    }

    /// <summary>What dockerd answers; null: no such thing.</summary>
    public async Task<JsonNode?> Get(string path)
    {
        using var response = await _api!.GetAsync(path);
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync()) : null;
    }

    /// <summary>Says something to the plugin as dockerd would, and must be granted it.</summary>
    public static async Task Speak(string method, string body)
    {
        using var plugin = Over("/run/docker/plugins/ipvland.sock");
        using var response = await plugin.PostAsync("/" + method, new StringContent(body));
        var said = await response.Content.ReadAsStringAsync();
        if (said.Contains("\"Err\"", StringComparison.Ordinal))
            throw new LabException($"{method}: {said}");
    }

    /// <summary>Names of networks of a driver.</summary>
    public async Task<IReadOnlyList<string>> Networks(string driver) =>
        [.. (await Get("/networks"))!.AsArray().Where(n => n!["Driver"]!.GetValue<string>() == driver).Select(n => n!["Name"]!.GetValue<string>()).Order()];

    /// <summary>Removes all containers, then all networks of a driver.</summary>
    public async Task Clear(string driver)
    {
        var containers = (await Get("/containers/json?all=1"))!.AsArray().Select(c => c!["Id"]!.GetValue<string>()).ToList();
        if (containers.Count > 0)
            await Must($"rm -f {string.Join(' ', containers)}");
        if (await Networks(driver) is { Count: > 0 } networks)
            await Type($"network rm {string.Join(' ', networks)}"); // what ipvland made by itself, it removes by itself as well
    }

    public string LogTail()
    {
        lock (_log)
            return $"--- last lines of dockerd ---\n{string.Join('\n', _log.ToString().Split('\n').TakeLast(LinesShown))}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await Stop();
        _process?.Dispose();
        if (_containerd is { HasExited: false })
        {
            _containerd.Kill();
            await _containerd.WaitForExitAsync();
        }

        _containerd?.Dispose();
        _api?.Dispose();
        if (Machine.Results is { } results)
            await File.WriteAllTextAsync(Path.Combine(results, $"{Path.GetFileName(_folder)}.log"), _log.ToString());
        await Shell.Run("umount", ["-l", _folder]);
    }

    private async Task Prepare()
    {
        const string Image = """
            mkdir -p $0/root/bin $0/root/etc $0/root/proc $0/root/sys $0/root/dev $0/root/tmp
            cp $(command -v busybox) $0/root/bin/busybox
            for a in sh sleep ping ping6 ip nslookup cat; do ln -s busybox $0/root/bin/$a; done
            echo root:x:0:0:root:/root:/bin/sh > $0/root/etc/passwd
            tar cf $0/alpine.tar -C $0/root .
            mkdir $0/bin && ln -s $(command -v iptables-legacy || command -v iptables) $0/bin/iptables
            """;
        Directory.CreateDirectory(_folder);
        (await Shell.Run("mount", ["-t", "tmpfs", "lab-docker", _folder])).Must();
        (await Shell.Run("sh", ["-ec", Image, _folder])).Must();
        _containerd = Launch(Containerd, ["--root", $"{_folder}/containerd", "--state", $"{_folder}/containerd-state", "--address", $"{_folder}/containerd.sock"]);
        _api = Over(Socket);
    }

    private static HttpClient Over(string socket) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancelled) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancelled);
            return new NetworkStream(connection, ownsSocket: true);
        },
    })
    { BaseAddress = new("http://docker") };

    private async Task Answers()
    {
        try
        {
            await Get("/version");
        }
        catch (HttpRequestException e)
        {
            throw new LabException($"dockerd does not answer: {e.Message}\n{LogTail()}", e);
        }
    }

    private Process Launch(string program, string[] arguments)
    {
        var start = new ProcessStartInfo("nsenter", [$"--net={host.Path}", program, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{_folder}/bin:{Environment.GetEnvironmentVariable("PATH")}"; // the lab kernel has no nftables; container names need NAT
        var process = new Process { StartInfo = start };
        process.ErrorDataReceived += (_, line) => Log(line.Data);
        process.OutputDataReceived += (_, line) => Log(line.Data);
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private void Log(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.Append(line).Append('\n');
    }
}
