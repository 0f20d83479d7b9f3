using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Domain.Kernel;

/// <summary>
/// What is asked of the kernel, in iproute2's words: the text of faults, of logs and of the tests' kernel. What it says
/// can be typed at a shell.
/// </summary>
public static class KernelWords
{
    /// <summary>The whole operation in one line.</summary>
    public static string Of(KernelOp op) => op switch
    {
        CreateDummy o => AddDummy(o.Name),
        CreateVlan o => AddVlan(o.Name, o.Base, o.Id),
        SetLinkUp o => $"ip link set {o.Name} up",
        DeleteLink o => $"ip link del {o.Name}",
        PlugSlave o => AddSlave(o.Slave),
        RepairSlave o => $"ip{In(o.Slave.Sandbox)} link set {o.Slave.Name} up",
        CreateLoose o => AddLoose(o.Slave),
        UnplugSlave o => $"ip{In(o.Sandbox)} link del {o.TemporaryName}",
        AddRoute o => AddRoute(o.Route),
        DeleteRoute o => DeleteRoute(o.Route),
        _ => op.ToString(),
    };

    public static string AddDummy(LinkName name) => $"ip link add {name} type dummy";

    public static string AddVlan(LinkName name, LinkName baseLink, VlanId id) =>
        $"ip link add link {baseLink} name {name} type vlan id {id}";

    /// <summary>Where a link is made: under its temporary name, straight in its namespace.</summary>
    public static string AddSlave(Slave slave) =>
        slave.IsParentInSandbox
            ? $"ip{In(slave.Sandbox)} link add link {slave.Parent} name {slave.TemporaryName} type ipvlan mode {Of(slave.Mode)} {Of(slave.Flag)}"
            : $"ip link add link {slave.Parent} name {slave.TemporaryName} netns {NameOf(slave.Sandbox)} type ipvlan mode {Of(slave.Mode)} {Of(slave.Flag)}";

    public static string NoParent(Slave slave) => slave.IsParentInSandbox ? $"{slave.Sandbox.Path} has no link {slave.Parent}" : $"there is no link {slave.Parent}";

    public static string AddLoose(LooseSlave slave) =>
        $"ip link add link {slave.Parent} name {slave.Name} type ipvlan mode {Of(slave.Mode)} {Of(slave.Flag)}";

    public static string MarkSlave(Slave slave) =>
        $"ip{In(slave.Sandbox)} link set {slave.TemporaryName} name {slave.Name} alias {slave.Alias}{(slave.Mtu is { } mtu ? $" mtu {mtu}" : "")}";

    public static string AddAddress(Slave slave, InterfaceAddress address) =>
        $"ip{In(slave.Sandbox)} addr add {address} dev {slave.Name}{(address.Address.IsV6 ? " nodad" : "")}";

    public static string SlaveUp(Slave slave) => $"ip{In(slave.Sandbox)} link set {slave.Name} up";

    public static string AddRoute(Route route, Sandbox? sandbox = null) => $"ip{In(sandbox)}{FamilyOf(route)} route add {route}";

    public static string DeleteRoute(Route route) => $"ip{FamilyOf(route)} route del {route}";

    public static string Of(IpvlanMode mode) => mode switch
    {
        IpvlanMode.L2 => "l2",
        IpvlanMode.L3 => "l3",
        _ => "l3s",
    };

    public static string Of(IpvlanFlag flag) => flag switch
    {
        IpvlanFlag.Bridge => "bridge",
        IpvlanFlag.Private => "private",
        _ => "vepa",
    };

    /// <summary>What <c>ip netns</c> calls it, else its path.</summary>
    public static string NameOf(Sandbox sandbox)
    {
        const string named = "/run/netns/";
        return sandbox.Path.StartsWith(named, StringComparison.Ordinal) ? sandbox.Path[named.Length..] : sandbox.Path;
    }

    private static string In(Sandbox? sandbox) => sandbox is null ? "" : $" -n {NameOf(sandbox)}";

    // iproute2 takes the family from the prefix, but "default" has none
    private static string FamilyOf(Route route) =>
        route.Destination is { IsDefault: true, Family: IpFamily.V6 } ? " -6" : "";
}
