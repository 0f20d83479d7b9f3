using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Netlink.Sockets;

/// <summary>What the kernel answered to one request that it did not do: errno, and its extended ack text if it sent one.</summary>
internal readonly record struct NetlinkFailure(int Errno, string? Detail = null)
{
    /// <summary>No answer came, so it may have been done all the same.</summary>
    public bool IsLost => Errno is Domain.Kernel.Errno.ETIMEDOUT or Domain.Kernel.Errno.ENOBUFS;

    public KernelFault ToFault(string asked) => Domain.Kernel.Errno.Fault(Errno, asked, Detail);
}

/// <summary>A failure where nothing can go on: no socket, no namespace, a dump that does not come to its end.</summary>
internal sealed class NetlinkException(KernelFault fault) : IOException(fault.Text)
{
    public KernelFault Fault { get; } = fault;

    public static NetlinkException Last(string asked) => new(Errno.Fault(Tmds.Linux.LibC.errno, asked));
}
