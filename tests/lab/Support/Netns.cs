namespace IpvlanActors.Tests.Lab.Support;

/// <summary>A network namespace of this run: a host, a container, a switch or a router.</summary>
public sealed class Netns : IAsyncDisposable
{
    /// <summary>One exec for all that a test wants to see; parsed by <see cref="View.Parse"/>.</summary>
    internal const string LookScript = "addr show\nroute show table all\n";

    private static int _made;
    private bool _gone;

    private Netns(string name) => Name = name;

    public string Name { get; }

    public string Path => $"/run/netns/{Name}";

    /// <summary>Namespaces whose names tell their purpose and this run, made by one exec.</summary>
    public static async Task<Netns[]> Make(params string[] purposes)
    {
        var made = purposes.Select(p => new Netns($"lab{Environment.ProcessId}-{Interlocked.Increment(ref _made)}-{p}")).ToArray();
        await Batch([], [.. made.Select(n => $"netns add {n.Name}")]);
        return made;
    }

    /// <summary>Runs lines of <c>ip</c> in this namespace by one exec.</summary>
    public Task Ip(params string[] lines) => Batch(["-n", Name], lines);

    /// <summary>Runs lines of <c>tc</c> in this namespace by one exec.</summary>
    public async Task Tc(params string[] lines) => (await Shell.Run("tc", ["-n", Name, "-batch", "-"], string.Join('\n', lines) + "\n")).Must();

    /// <summary>Looks at many namespaces by one exec from here, in the order given.</summary>
    public static async Task<IReadOnlyList<View>> LookAt(IReadOnlyList<Netns> spaces)
    {
        const string Each = "f=$1; shift; for n; do ip -n $n -j -d -batch $f || exit 1; done";
        var file = System.IO.Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, LookScript);
            var said = (await Shell.Run("sh", ["-c", Each, "sh", file, .. spaces.Select(s => s.Name)])).Must();
            return [.. said.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Chunk(2).Select(pair => View.Parse(string.Join('\n', pair)))];
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Runs lines of <c>ip</c> outside of any namespace of the lab.</summary>
    public static Task Batch(params string[] lines) => Batch([], lines);

    /// <summary>The namespace of a process.</summary>
    public static async Task<View> LookAt(int process)
    {
        var said = await Shell.Run("nsenter", ["-t", $"{process}", "-n", "ip", "-j", "-d", "-batch", "-"], LookScript);
        return View.Parse(said.Must().Out);
    }

    public async Task<View> Look()
    {
        var said = await Shell.Run("ip", ["-n", Name, "-j", "-d", "-batch", "-"], LookScript);
        return View.Parse(said.Must().Out);
    }

    /// <summary>Runs any program in this namespace.</summary>
    public Task<Said> Run(params string[] command) => Shell.Run("nsenter", [$"--net={Path}", .. command]);

    public async Task<string> Sysctl(string file) => (await Run("cat", $"/proc/sys/net/{file}")).Must().Out.Trim();

    public async Task SetSysctl(string file, string value) => (await Run("sh", "-c", $"echo {value} > /proc/sys/net/{file}")).Must();

    /// <summary>One packet, tried again until <paramref name="seconds"/> have passed.</summary>
    public async Task<bool> Reaches(string address, double seconds = 5)
    {
        var until = DateTime.UtcNow + Machine.Patience(seconds);
        while (!await Answers(address))
        {
            if (DateTime.UtcNow > until)
                return false;
            await Task.Delay(100);
        }
        return true;
    }

    /// <summary>One packet, tried once: for what must not answer.</summary>
    public async Task<bool> Answers(string address) => (await Run("ping", "-n", "-q", "-c", "1", "-W", "1", address)).Code == 0;

    public async ValueTask DisposeAsync()
    {
        if (_gone)
            return;
        _gone = true;
        await Shell.Run("ip", ["netns", "del", Name]);
    }

    private static async Task Batch(string[] options, string[] lines) =>
        (await Shell.Run("ip", [.. options, "-batch", "-"], string.Join('\n', lines) + "\n")).Must();
}
