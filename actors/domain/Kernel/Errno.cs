namespace IpvlanActors.Domain.Kernel;

/// <summary>
/// The error numbers that rtnetlink answers with, and what each means to us. The real kernel and the one of the tests
/// both speak through this, so that a class or a text can never differ between them.
/// </summary>
public static class Errno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int ENOTDIR = 20;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
    public const int ERANGE = 34;
    public const int EMSGSIZE = 90;
    public const int EPROTONOSUPPORT = 93;
    public const int EOPNOTSUPP = 95;
    public const int EAFNOSUPPORT = 97;
    public const int EADDRINUSE = 98;
    public const int EADDRNOTAVAIL = 99;
    public const int ENETDOWN = 100;
    public const int ENETUNREACH = 101;
    public const int ENOBUFS = 105;
    public const int ETIMEDOUT = 110;
    public const int EHOSTUNREACH = 113;

    /// <summary>What was asked, errno in letters and words, and what the kernel added to it.</summary>
    public static KernelFault Fault(int errno, string asked, string? detail = null) =>
        new(ClassOf(errno), errno, string.IsNullOrEmpty(detail) ? $"{asked}: {Text(errno)}" : $"{asked}: {Text(errno)}: {detail}");

    public static FaultClass ClassOf(int errno) => errno switch
    {
        EEXIST or EADDRINUSE => FaultClass.Exists,
        ENODEV or ESRCH or ENOENT or ENOTDIR or EADDRNOTAVAIL => FaultClass.NotFound,
        EBUSY => FaultClass.Busy,
        EPERM or EACCES => FaultClass.NotPermitted,
        EOPNOTSUPP or EAFNOSUPPORT or EPROTONOSUPPORT => FaultClass.Unsupported,
        ENETDOWN or ENETUNREACH or EHOSTUNREACH => FaultClass.Unreachable,
        EINTR or EAGAIN or ENOBUFS or ENOMEM or EMFILE or ENFILE or ETIMEDOUT => FaultClass.Transient,
        _ => FaultClass.Invalid,
    };

    /// <summary>Name and words, as strerror(3) has them: <c>EEXIST File exists</c>.</summary>
    public static string Text(int errno) => errno switch
    {
        EPERM => "EPERM Operation not permitted",
        ENOENT => "ENOENT No such file or directory",
        ESRCH => "ESRCH No such process",
        EINTR => "EINTR Interrupted system call",
        EAGAIN => "EAGAIN Resource temporarily unavailable",
        ENOMEM => "ENOMEM Cannot allocate memory",
        EACCES => "EACCES Permission denied",
        EBUSY => "EBUSY Device or resource busy",
        EEXIST => "EEXIST File exists",
        ENODEV => "ENODEV No such device",
        ENOTDIR => "ENOTDIR Not a directory",
        EINVAL => "EINVAL Invalid argument",
        ENFILE => "ENFILE Too many open files in system",
        EMFILE => "EMFILE Too many open files",
        ERANGE => "ERANGE Numerical result out of range",
        EMSGSIZE => "EMSGSIZE Message too long",
        EPROTONOSUPPORT => "EPROTONOSUPPORT Protocol not supported",
        EOPNOTSUPP => "EOPNOTSUPP Operation not supported",
        EAFNOSUPPORT => "EAFNOSUPPORT Address family not supported by protocol",
        EADDRINUSE => "EADDRINUSE Address already in use",
        EADDRNOTAVAIL => "EADDRNOTAVAIL Cannot assign requested address",
        ENETDOWN => "ENETDOWN Network is down",
        ENETUNREACH => "ENETUNREACH Network is unreachable",
        ENOBUFS => "ENOBUFS No buffer space available",
        ETIMEDOUT => "ETIMEDOUT Connection timed out",
        EHOSTUNREACH => "EHOSTUNREACH No route to host",
        _ => $"errno {errno}",
    };
}
