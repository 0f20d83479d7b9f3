using System.Runtime.InteropServices;

namespace IpvlanActors.Ctl.Node;

/// <summary>The terminal that standard output is, asked of the kernel: the base library would read terminfo and write to it.</summary>
internal static partial class Terminal
{
    private const int StandardOutput = 1;

    /// <summary>TIOCGWINSZ of asm-generic/ioctls.h.</summary>
    private const nuint GetWindowSize = 0x5413;

    /// <summary>Columns and lines; null: it is no terminal.</summary>
    public static (int Width, int Height)? Size() =>
        Ioctl(StandardOutput, GetWindowSize, out var size) == 0 && size is { Columns: > 0, Rows: > 0 } ? (size.Columns, size.Rows) : null;

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(int fd, nuint request, out WindowSize size);

    /// <summary>struct winsize</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct WindowSize
    {
        public readonly ushort Rows;
        public readonly ushort Columns;
        public readonly ushort Width;
        public readonly ushort Height;
    }
}
