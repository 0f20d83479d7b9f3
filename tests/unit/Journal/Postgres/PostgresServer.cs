using System.Diagnostics;

namespace IpvlanActors.Tests;

/// <summary>A PostgreSQL of this run's own: its files and its socket in a directory of its own, no port, no durability.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Installed = "/usr/lib/postgresql";

    private readonly string _folder = Directory.CreateTempSubdirectory("ipvland-pg-").FullName;
    private bool _made;

    /// <summary>Why none can be had here; null if one can.</summary>
    public static string? Missing { get; } =
        Programs() is null ? $"there is no PostgreSQL under {Installed} (apt-get install postgresql)"
        : IsRoot && !Knows("postgres") ? "root may not run PostgreSQL, and there is no user postgres"
        : null;

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(_folder, "data");

    public async Task Make()
    {
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        await Run("initdb", "-D", Data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C");
        _made = true;
        await Start();
    }

    public Task Start() => Run("pg_ctl", "start", "-w", "-t", "120", "-D", Data, "-l", Path.Combine(_folder, "data", "log"), "-o",
        $"-k {_folder} -h '' -c fsync=off -c shared_buffers=16MB -c max_connections=90");

    public Task Stop() => Run("pg_ctl", "stop", "-w", "-t", "120", "-m", "immediate", "-D", Data);

    /// <returns>How to reach a new, empty database.</returns>
    public async Task<string> Create(string database)
    {
        await Run("createdb", "-h", _folder, "-U", "postgres", database);
        return Connection(database);
    }

    public string Connection(string database, string user = "postgres") => $"Host={_folder};Username={user};Database={database};Maximum Pool Size=8";

    public async ValueTask DisposeAsync()
    {
        if (_made)
            await Stop();
        await Run("rm", "-rf", Data); // what is in it is not ours if we are root's
        Directory.Delete(_folder, recursive: true);
    }

    private static string? Programs() => !Directory.Exists(Installed) ? null : Directory.EnumerateDirectories(Installed)
        .Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).OrderDescending(StringComparer.Ordinal).FirstOrDefault();

    private static bool Knows(string user) => File.ReadLines("/etc/passwd").Any(l => l.StartsWith(user + ':', StringComparison.Ordinal));

    /// <summary>As a user that PostgreSQL accepts. Its output goes nowhere: a server that inherits our pipe would keep it open.</summary>
    private static async Task Run(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs()!, program);
        string[] command = [File.Exists(path) ? path : program, .. arguments];
        string[] user = IsRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : [];
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" > /dev/null 2>&1 < /dev/null", "sh", .. user, .. command]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
    }
}
