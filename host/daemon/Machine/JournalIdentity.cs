using System.Runtime.InteropServices;
using IpvlanActors.Sqlite;

namespace IpvlanActors.Daemon.Machine;

/// <summary>
/// Which file on which machine the journal lies in. A file that was copied, or restored from a copy, is another one: another
/// inode, born at another time; on another machine, or one of our own backups by its number. A plain restart changes none of
/// it, also after a reboot, which may number the disks anew: so the device counts only where no time of birth is kept.
/// </summary>
internal static class JournalIdentity
{
    private const string MachinePath = "/sys/class/dmi/id/product_uuid";
    private const int CurrentDirectory = -100;
    private const uint WantInode = 0x100;
    private const uint WantBirth = 0x800;
    private const int InodeAt = 32;
    private const int BirthAt = 80;
    private const int DeviceAt = 136;
    private const int StatxBytes = 256;

    /// <summary>Makes the file if it is missing, so that the first start is told apart from a copy of what it wrote.</summary>
    public static string Of(string path)
    {
        File.Open(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete).Dispose();
        return FormattableString.Invariant($"{FileOf(path)} machine {Machine()} copy {SqliteJournalFile.CopyNumber(path)}");
    }

    private static string FileOf(string path)
    {
        var stat = new byte[StatxBytes];
        if (Statx(CurrentDirectory, path, 0, WantInode | WantBirth, stat) != 0)
            throw new IOException($"{path} cannot be looked at: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        var born = (BitConverter.ToUInt32(stat, 0) & WantBirth) != 0;
        var inode = BitConverter.ToUInt64(stat, InodeAt);
        return born
            ? FormattableString.Invariant($"inode {inode} born {BitConverter.ToInt64(stat, BirthAt)}.{BitConverter.ToUInt32(stat, BirthAt + sizeof(long)):D9}")
            : FormattableString.Invariant($"inode {inode} device {BitConverter.ToUInt32(stat, DeviceAt)}:{BitConverter.ToUInt32(stat, DeviceAt + sizeof(uint))}");
    }

    /// <summary>Not every machine says who it is, and none to everybody.</summary>
    private static string Machine()
    {
        try
        {
            return File.Exists(MachinePath) ? File.ReadAllText(MachinePath).Trim() : "unknown";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "unknown";
        }
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int Statx(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] stat);
}
