using System.Text;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Sockets;
using static Tmds.Linux.LibC;

namespace IpvlanActors.Netlink.Namespaces;

/// <summary>Settings under /proc/sys/net, of the namespace that the calling thread is in.</summary>
internal static class Sysctl
{
    /// <summary>
    /// Switches IPv6 on a link on or off; off, the link gets no link-local address either. A kernel without IPv6 has no
    /// such file, and then an IPv6 address is refused later, with a better word.
    /// </summary>
    public static unsafe void SetIpv6(LinkName link, bool on)
    {
        int fd;
        fixed (byte* path = Encoding.UTF8.GetBytes($"/proc/sys/net/ipv6/conf/{link}/disable_ipv6\0"))
            fd = open(path, O_WRONLY | O_CLOEXEC, default);
        if (fd < 0 && errno == Errno.ENOENT)
            return;
        if (fd < 0)
            throw NetlinkException.Last(Words(link, on));
        var value = (byte)(on ? '0' : '1');
        var written = (long)write(fd, &value, 1);
        var failed = written == 1 ? null : NetlinkException.Last(Words(link, on));
        _ = close(fd);
        if (failed is not null)
            throw failed;
    }

    private static string Words(LinkName link, bool on) => $"sysctl net.ipv6.conf.{link}.disable_ipv6={(on ? 0 : 1)}";
}
