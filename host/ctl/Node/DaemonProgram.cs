using System.Runtime.InteropServices;

namespace IpvlanActors.Ctl.Node;

/// <summary>The daemon's binary, for what must also work while no daemon runs.</summary>
internal static partial class DaemonProgram
{
    public const string Name = "ipvland";

    /// <summary>Beside us first: those two are of one version.</summary>
    /// <param name="path">The PATH variable.</param>
    public static string? Find(string besides, string? path) =>
        (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Prepend(besides)
            .Select(folder => Path.Combine(folder, Name))
            .FirstOrDefault(File.Exists);

    /// <summary>
    /// Becomes the program (execv): its streams, its signals and its exit code are ours without a line of code. Comes back
    /// only if that failed, with minus errno.
    /// </summary>
    public static int Exec(string program, IReadOnlyList<string> arguments)
    {
        _ = Execv(program, [program, .. arguments, null]);
        return -Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execv(string path, string?[] arguments);
}
