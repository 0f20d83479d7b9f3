namespace IpvlanActors.Domain.Kernel;

/// <summary>Why the kernel did not do it.</summary>
/// <param name="Class">What a caller can decide by; made from errno, never from text.</param>
/// <param name="Errno">As the kernel gave it, positive.</param>
/// <param name="Text">What was asked, errno's name and the kernel's extended ack text if it sent one: for people.</param>
public sealed record KernelFault(FaultClass Class, int Errno, string Text);

public enum FaultClass : byte
{
    /// <summary>EEXIST, EADDRINUSE: something of that name, address or prefix is there.</summary>
    Exists = 1,

    /// <summary>ENODEV, ESRCH, ENOENT, EADDRNOTAVAIL: what it is about is not there.</summary>
    NotFound,

    /// <summary>EBUSY: the parent is used in a way that excludes this (macvlan, bridge).</summary>
    Busy,

    /// <summary>EPERM, EACCES.</summary>
    NotPermitted,

    /// <summary>EOPNOTSUPP, EAFNOSUPPORT: a module is missing, or this kind of link cannot do it.</summary>
    Unsupported,

    /// <summary>ENETDOWN, ENETUNREACH, EHOSTUNREACH: a link is down or a next hop is not on-link; may pass.</summary>
    Unreachable,

    /// <summary>EINTR, EAGAIN, ENOBUFS, ENOMEM: ask again.</summary>
    Transient,

    /// <summary>EINVAL, ERANGE and all else: asking again will not help.</summary>
    Invalid,
}
