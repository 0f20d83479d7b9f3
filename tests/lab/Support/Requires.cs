using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Namespaces;
using Xunit;

namespace IpvlanActors.Tests.Lab.Kernel;

[Flags]
public enum Needs
{
    /// <summary>CAP_SYS_ADMIN, and iproute2 to look at things from outside.</summary>
    Root = 0,
    Ipvlan = 1,
    Vlan = 2,
    Dummy = 4,
}

/// <summary>A test for a real kernel, which says what it needs of it and is skipped, with the reason, where that is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelFactAttribute : FactAttribute
{
    public KernelFactAttribute(Needs needs = Needs.Root) => Skip = Requires.Missing(needs);
}

public static class Requires
{
    private static readonly Lazy<KernelAbilities> Abilities = new(KernelProbe.Run);

    /// <summary>Why a test with these needs cannot run here; null if it can.</summary>
    public static string? Missing(Needs needs)
    {
        if (Environment.UserName != "root")
            return "needs root";
        var (has, wants) = (Abilities.Value, needs);
        var missing = (wants.HasFlag(Needs.Ipvlan) && !has.Ipvlan) || (wants.HasFlag(Needs.Vlan) && !has.Vlan)
            || (wants.HasFlag(Needs.Dummy) && !has.Dummy);
        return missing ? $"needs {wants}: {string.Join(" ", has.Problems)}" : null;
    }
}
