using System.Globalization;

namespace IpvlanActors.Daemon.Checkup;

/// <summary>What /proc, /sys, /run and /etc say. A test has a directory of its own in the place of /.</summary>
internal sealed class MachineFiles(string root)
{
    public bool Exists(string path) => Path.Exists(At(path));

    /// <returns>The first line; null: there is no such file, or it cannot be read.</returns>
    public string? Line(string path) => Lines(path) is [var first, ..] ? first : null;

    public long? Number(string path) =>
        long.TryParse(Line(path), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public IReadOnlyList<string> Lines(string path)
    {
        try
        {
            return File.Exists(At(path)) ? File.ReadAllLines(At(path)) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <returns>Paths as they are under /.</returns>
    public IEnumerable<string> Files(string folder, string pattern) => Directory.Exists(At(folder))
        ? Directory.EnumerateFiles(At(folder), pattern).Select(f => folder + "/" + Path.GetFileName(f))
        : [];

    /// <returns>What a link's last part is called; null: there is no such link.</returns>
    public string? LinkName(string path) =>
        Directory.Exists(At(path)) && new DirectoryInfo(At(path)).LinkTarget is { } target ? Path.GetFileName(target) : null;

    private string At(string path) => Path.Join(root, path);
}
