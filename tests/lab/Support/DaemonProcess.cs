using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;

namespace IpvlanActors.Tests.Lab.Support;

/// <param name="Cluster">Lines of the configuration's cluster block; empty: one host that seeds itself on loopback.</param>
/// <param name="Security">Of a host of a cluster: lines of the configuration's security block.</param>
public sealed record DaemonConfig(string Host, string Cluster = "", string Security = "insecure-remoting = true")
{
    /// <summary>Lines of the configuration's docker block. Docker's door stays shut unless a test opens it: its folder is one for all namespaces.</summary>
    public string Docker { get; init; } = "enabled = off";

    /// <summary>More lines of the configuration.</summary>
    public string More { get; init; } = "";

    /// <summary>A host of a cluster whose hosts list each other as seeds; the first of them has the registry.</summary>
    public static DaemonConfig InCluster(string host, string address, params string[] seeds) => new(host, $$"""
          bind = "{{address}}"
          port = 4053
          seeds = [{{string.Join(", ", seeds.Select(s => $"\"{s}:4053\""))}}]
          registry = {{(address == seeds[0] ? "true" : "false")}}
        """);

    /// <summary>As a host that has the registry as well, which in a cluster with SQLite is one too many.</summary>
    public DaemonConfig WithRegistry() => this with { Cluster = Cluster.Replace("registry = false", "registry = true", StringComparison.Ordinal) };

    public override string ToString() => $$"""
        ipvland {
          host.name = "{{Host}}"
          docker {
            {{Docker}}
          }
          {{More}}
          {{(Cluster.Length == 0 ? "" : $"cluster {{\n{Cluster}\n}}\n  security {{\n{Security}\n}}")}}
        }
        """;
}

/// <summary>An <c>ipvland</c> in a host's namespace, with a data directory and a socket of its own, which live as long as this object.</summary>
public sealed class DaemonProcess(Netns host, DaemonConfig config) : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int LinesShown = 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("ipvland-lab-").FullName;
    private readonly StringBuilder _log = new();
    private readonly Lock _logLock = new();
    private Process? _process;
    private bool _mounted;

    private string CrashFile => Path.Combine(_folder, "crash-at");

    private string ClockFile => Path.Combine(_folder, "clock");

    /// <summary>Read at the next start.</summary>
    public DaemonConfig Config { get; set; } = config;

    /// <summary>What it is to do wrong, so that a test can see that this is noticed; see the daemon's Composition.</summary>
    public string? Break { get; set; }

    /// <summary>
    /// The machine's boot, if it is to have one of its own: all hosts of the lab share one kernel, and one /run/netns, so a
    /// daemon on another's data directory would take that one's containers for its own. None: the kernel's.
    /// </summary>
    public Guid? Boot { get; set; }

    /// <summary>How far its clock is ahead of the lab's, once this has been set for the first time before its start.</summary>
    public TimeSpan? Ahead
    {
        get;
        set
        {
            field = value;
            File.WriteAllText(ClockFile + ".new", string.Create(CultureInfo.InvariantCulture, $"{value?.TotalSeconds ?? 0:0}"));
            File.Move(ClockFile + ".new", ClockFile, overwrite: true);
        }
    }

    public string Data => Path.Combine(_folder, "data");

    /// <summary>The journal's file, which can be read with the daemon up or down.</summary>
    public string Journal => Path.Combine(Data, "journal.db");

    public string Socket => Path.Combine(_folder, "api.sock");

    /// <summary>All that it has said so far.</summary>
    public string Log
    {
        get
        {
            lock (_logLock)
                return _log.ToString();
        }
    }

    public bool Running => _process is { HasExited: false };

    /// <summary>The line that it printed when it was ready.</summary>
    public string ReadyLine { get; private set; } = "";

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="crashAt">The named point at which it is to kill itself.</param>
    public async Task Start(string? crashAt = null)
    {
        if (Running)
            throw new LabException("The daemon runs already.");
        DieAt(crashAt);
        var ready = Launch(crashAt);
        using var patience = new CancellationTokenSource(Machine.Patience(30));
        try
        {
            ReadyLine = await ready.ReadAsync(patience.Token);
        }
        catch (ChannelClosedException)
        {
            throw new LabException($"The daemon ended before it was ready.\n{LogTail()}");
        }
        catch (OperationCanceledException)
        {
            throw new LabException($"The daemon was not ready after {Machine.Patience(30).TotalSeconds} s.\n{LogTail()}");
        }
    }

    /// <summary>From now on it kills itself when it comes to this point, once: its next start knows nothing of it. None: nowhere.</summary>
    public void DieAt(string? point)
    {
        if (point is null)
        {
            File.Delete(CrashFile);
            return;
        }

        File.WriteAllText(CrashFile + ".new", point);
        File.Move(CrashFile + ".new", CrashFile, overwrite: true);
    }

    /// <summary>As systemd stops it.</summary>
    public async Task Stop()
    {
        if (!Running)
            return;
        await Shell.Run("kill", [$"-{SigTerm}", $"{_process!.Id}"]);
        await Ended(20);
    }

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        if (!Running)
            return;
        _process!.Kill();
        await Ended(5);
    }

    /// <summary>Does something while the process stands still in the middle of whatever it does.</summary>
    public async Task Frozen(Func<Task> action)
    {
        await Shell.Run("kill", ["-STOP", $"{_process!.Id}"]);
        try
        {
            await action();
        }
        finally
        {
            await Shell.Run("kill", ["-CONT", $"{_process.Id}"]);
        }
    }

    /// <summary>Gives the data directory a file system of its own, which can be full.</summary>
    public async Task OwnDisk(string size)
    {
        Directory.CreateDirectory(Data);
        (await Shell.Run("mount", ["-t", "tmpfs", "-o", $"size={size}", "ipvland-lab", Data])).Must();
        _mounted = true;
    }

    /// <summary>Waits until it has ended by itself, and says with which code (137: SIGKILL).</summary>
    public async Task<int> Ended(double seconds)
    {
        try
        {
            await _process!.WaitForExitAsync().WaitAsync(Machine.Patience(seconds));
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new LabException($"The daemon still ran after {Machine.Patience(seconds).TotalSeconds} s.\n{LogTail()}");
        }
    }

    public string LogTail()
    {
        lock (_logLock)
        {
            var lines = _log.ToString().Split('\n');
            return $"--- last lines of ipvland on {Config.Host} ---\n{string.Join('\n', lines.TakeLast(LinesShown))}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Running)
            await Kill();
        _process?.Dispose();
        KeepLog();
        if (_mounted)
            await Shell.Run("umount", [Data]);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts the process. Its ready line comes out of the channel, which closes when the process ends.</summary>
    private ChannelReader<string> Launch(string? crashAt)
    {
        var program = Path.Combine(Machine.Programs, "ipvland");
        if (!File.Exists(program))
            throw new LabException($"There is no {program}; run host/build.");
        var file = Path.Combine(_folder, "ipvland.conf");
        File.WriteAllText(file, Config.ToString());

        string[] command = [program, "--config", file, "--data", Data, "--socket", Socket];
        var start = new ProcessStartInfo("nsenter", [$"--net={host.Path}", .. Booted(), .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        start.Environment["IPVLAND_CRASH_AT"] = CrashFile;
        if (Break is not null)
            start.Environment["IPVLAND_BREAK"] = Break;
        if (Ahead is not null)
            start.Environment["IPVLAND_CLOCK"] = ClockFile;

        var ready = Channel.CreateUnbounded<string>();
        _process?.Dispose();
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.Exited += (_, _) => ready.Writer.TryComplete();
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.OutputDataReceived += (_, line) =>
        {
            Note(line.Data);
            if (line.Data?.StartsWith("ready", StringComparison.Ordinal) == true)
                ready.Writer.TryWrite(line.Data);
        };
        Note($"=== start {crashAt}");
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        return ready.Reader;
    }

    /// <summary>In a mount namespace of its own, which still sees containers come and go, with another file in the place of the kernel's.</summary>
    private string[] Booted()
    {
        if (Boot is not { } boot)
            return [];
        var file = Path.Combine(_folder, "boot_id");
        File.WriteAllText(file, $"{boot}\n");
        return ["unshare", "--mount", "--propagation", "slave", "sh", "-c", $"mount --bind {file} /proc/sys/kernel/random/boot_id && exec \"$@\"", "sh"];
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lock (_logLock)
            _log.Append(line).Append('\n');
    }

    private void KeepLog()
    {
        if (Machine.Results is not { } folder)
            return;
        lock (_logLock)
            File.WriteAllText(Path.Combine(folder, $"{host.Name}-{Config.Host}.log"), _log.ToString());
    }
}
