using System.Text;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Sockets;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace IpvlanActors.Netlink.Namespaces;

/// <summary>
/// A network namespace, held open. Held for as long as one operation takes: an open namespace outlives its container,
/// and with it the container's addresses stay taken (EADDRINUSE for whoever gets them next; lab README §B 13).
/// </summary>
internal sealed class NetworkNamespace : SafeHandleZeroOrMinusOneIsInvalid
{
    private const string Own = "/proc/thread-self/ns/net";

    // linux/nsfs.h: _IO(0xb7, 3), answers the CLONE_NEW* of a namespace
    private const int NS_GET_NSTYPE = 0xb703;

    private static readonly Lazy<string> ThisBoot = new(() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

    private NetworkNamespace(int fd, string path)
        : base(ownsHandle: true)
    {
        SetHandle(fd);
        Path = path;
    }

    public int Fd => (int)handle;

    public string Path { get; }

    public static string BootId => ThisBoot.Value;

    /// <summary>The namespace of the calling thread.</summary>
    public static NetworkNamespace OfThisThread() => Open(Own);

    /// <exception cref="NetlinkException">The path leads nowhere, or not to a network namespace.</exception>
    public static unsafe NetworkNamespace Open(string path)
    {
        // O_NONBLOCK: a path that leads to a pipe must not hold us
        int fd;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK, default);
        if (fd < 0)
            throw NetlinkException.Last($"open {path}");
        var opened = new NetworkNamespace(fd, path);
        if (ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET)
            return opened;
        opened.Dispose();
        throw new NetlinkException(Errno.Fault(Errno.EINVAL, $"open {path}", "it is not a network namespace"));
    }

    /// <summary>Opens a sandbox, and makes sure that its path still leads to the namespace that it led to.</summary>
    public static NetworkNamespace Open(Sandbox sandbox, string asked)
    {
        if (sandbox.BootId != BootId)
            throw Gone(sandbox, asked, "was of an earlier boot");
        NetworkNamespace opened;
        try
        {
            opened = Open(sandbox.Path);
        }
        catch (NetlinkException e)
        {
            // EINVAL: a file that ip-netns left behind without its mount; the namespace is as gone as with ENOENT
            throw e.Fault.Class is FaultClass.NotFound or FaultClass.Invalid
                ? Gone(sandbox, asked, "is gone")
                : new NetlinkException(Errno.Fault(e.Fault.Errno, asked, e.Fault.Text));
        }

        if (opened.Inode == sandbox.Inode)
            return opened;
        opened.Dispose();
        throw Gone(sandbox, asked, "is gone, its path leads to another");
    }

    public unsafe ulong Inode
    {
        get
        {
            stat status;
            if (fstat(Fd, &status) != 0)
                throw NetlinkException.Last($"fstat {Path}");
            return status.st_ino;
        }
    }

    public Sandbox Identity => new(Path, Inode, BootId);

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    private static NetlinkException Gone(Sandbox sandbox, string asked, string how) =>
        new(Errno.Fault(Errno.ENOENT, asked, $"namespace {sandbox.Inode} at {sandbox.Path} {how}"));
}
