using System.Runtime.InteropServices;

namespace IpvlanActors.Netlink.Uapi;

/// <summary>linux/if_addr.h.</summary>
internal static class IfAddr
{
    public const ushort IFA_ADDRESS = 1;
    public const ushort IFA_LOCAL = 2;
    public const ushort IFA_BROADCAST = 4;

    /// <summary>No duplicate address detection: the address is usable at once, and its uniqueness is ours to see to.</summary>
    public const byte IFA_F_NODAD = 0x2;

    /// <summary>Duplicate address detection has not ended yet, or has ended badly (the kernel leaves the flag then).</summary>
    public const byte IFA_F_TENTATIVE = 0x40;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ifaddrmsg
{
    public byte ifa_family;
    public byte ifa_prefixlen;
    public byte ifa_flags;
    public byte ifa_scope;
    public uint ifa_index;
}
