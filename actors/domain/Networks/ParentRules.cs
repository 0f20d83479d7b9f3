using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Domain.Networks;

/// <summary>
/// Which link is a network's parent on this host, by what the kernel holds: one that is there is taken as it is, whatever
/// its name; <c>NAME.ID</c> that is not there becomes a VLAN of NAME; no parent becomes a dummy.
/// </summary>
public static class ParentRules
{
    /// <param name="hostName">This host's name, for <c>parent@HOST</c>.</param>
    /// <param name="auto">The link of the default route, for <c>parent=auto</c>.</param>
    public static (ParentLink? Link, Refusal? Refusal) Choose(
        NetworkId network, NetworkSpec spec, string hostName, LinkName? auto, ObservedKernel kernel)
    {
        if (spec.IsIsolated)
            return (ParentLink.Dummy(Ownership.DummyName(network)), null);
        var text = spec.Parents.For(hostName);
        if (text.Length == 0)
            return Refuse(RefusalCodes.ParentMissing, $"network {spec.Name} names no parent for host {hostName}: add -o parent@{hostName}=LINK or a parent for all hosts.");
        if (spec.Parents.InContainer)
            return LinkName.TryParse(text, out var name) ? (ParentLink.InContainer(name), null) : Refuse(RefusalCodes.ParentInvalid, $"parent {text} is not a link name.");
        if (text == ParentChoice.Auto)
        {
            return auto is { } link && kernel.Link(link) is { } there
                ? ChooseExisting(link, there, kernel)
                : Refuse(RefusalCodes.ParentMissing, "parent=auto: this host has no default route to take the link from; name the parent link.");
        }

        return ChooseNamed(text, kernel);
    }

    /// <summary>The link of that name, or the VLAN that it stands for.</summary>
    public static (ParentLink? Link, Refusal? Refusal) ChooseNamed(string text, ObservedKernel kernel)
    {
        if (!LinkName.TryParse(text, out var name))
            return Refuse(RefusalCodes.ParentInvalid, $"parent {text} is not a link name.");
        return kernel.Link(name) is { } found ? ChooseExisting(name, found, kernel) : ChooseVlan(text, kernel);
    }

    /// <summary>The link of a container that its slave is to hang on, for a network whose parent is there.</summary>
    /// <param name="parent">What the network calls it on this host.</param>
    public static (LinkName? Link, Refusal? Refusal) ChooseIn(ObservedSandbox sandbox, NetworkSpec spec, LinkName parent, HostView view)
    {
        var path = sandbox.Sandbox.Path;
        if (!sandbox.Exists)
            return RefuseIn(RefusalCodes.SandboxInvalid, $"{path} is gone: the container has ended.");
        if (parent.Value == ParentChoice.Auto && sandbox.DefaultLink is null)
            return RefuseIn(RefusalCodes.ParentMissing, $"parent=auto: {path} has no default route by a link of its own to take the parent from; give it one first, or make the network with the parent's name.");
        var name = parent.Value == ParentChoice.Auto ? sandbox.DefaultLink!.Value : parent;
        if (sandbox.Link(name) is not { } link)
            return RefuseIn(RefusalCodes.ParentMissing, $"parent {name} of network {spec.Name} was not found in {path}: the link must be there before the container joins (a VLAN too), since nothing is made for it.");
        if (link.Kind == "ipvlan")
            return RefuseIn(RefusalCodes.ParentInvalid, $"parent {name} in {path} is an ipvlan link itself: the kernel would put its slave beside it, on a link of another namespace, and switch that one's mode; name a link that is none.");
        return OtherModeIn(sandbox.Sandbox, spec, name, view) is { } other
            ? RefuseIn(RefusalCodes.ParentInUse, ModeConflict(spec, name.Value, other))
            : (name, null);
    }

    private static NetworkSpec? OtherModeIn(Sandbox sandbox, NetworkSpec spec, LinkName parent, HostView view) => view.Endpoints.Values
        .Where(e => e.IsJoined && e.Parent == parent && e.Sandbox == sandbox)
        .Select(e => view.Networks.GetValueOrDefault(e.Network)?.Spec)
        .FirstOrDefault(s => s is not null && (s.Mode != spec.Mode || s.Flag != spec.Flag));

    private static (LinkName? Link, Refusal? Refusal) RefuseIn(string code, string text) => (null, new(code, text));

    /// <summary>The same refusal wherever a second mode on one parent is noticed.</summary>
    public static string ModeConflict(NetworkSpec spec, string parent, NetworkSpec other) =>
        $"parent {parent} is in use by network {other.Name} in mode {Words(other)}, and the kernel has one mode and flag per parent: " +
        $"ask for {Words(other)} here too, or take another parent (a VLAN, such as {parent}.10) for {spec.Name} in {Words(spec)}.";

    private static string Words(NetworkSpec spec) => $"{spec.Mode}/{spec.Flag}".ToLowerInvariant();

    private static (ParentLink? Link, Refusal? Refusal) ChooseExisting(LinkName name, ObservedLink found, ObservedKernel kernel)
    {
        if (found.IsLoopback)
            return Refuse(RefusalCodes.ParentInvalid, $"parent {name} is a loopback interface, which is not a valid ipvlan parent link: name an Ethernet link.");
        if (kernel.Links.FirstOrDefault(l => l.Kind is "macvlan" or "macvtap" && l.ParentIndex == found.Index) is { } macvlan)
            return Refuse(RefusalCodes.ParentInUse, $"parent {name} carries the {macvlan.Kind} link {macvlan.Name}, and the kernel allows either macvlan or ipvlan on a link: take another parent, or a VLAN of it.");
        if (found.Kind == "vlan" && found.Alias == Ownership.VlanAlias && found.Vlan is { } id && kernel.Link(found.ParentIndex) is { } on)
            return (ParentLink.SubInterface(name, on.Name, id), null);
        return (ParentLink.Given(name), null);
    }

    private static (ParentLink? Link, Refusal? Refusal) ChooseVlan(string text, ObservedKernel kernel)
    {
        var dot = text.LastIndexOf('.');
        if (dot <= 0)
            return Refuse(RefusalCodes.ParentMissing, $"parent {text} was not found on the host, and it is an invalid subinterface vlan name, example formatting is eth0.10: name a link that exists, or LINK.VLAN to have one made.");
        var (onText, idText) = (text[..dot], text[(dot + 1)..]);
        if (!int.TryParse(idText, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number))
            return Refuse(RefusalCodes.ParentInvalid, $"parent {text}: unable to parse a valid vlan id from '{idText}' (ex. eth0.10 for vlan 10).");
        if (!VlanId.TryCreate(number, out var id))
            return Refuse(RefusalCodes.ParentInvalid, $"parent {text}: vlan id must be between {VlanId.Min}-{VlanId.Max}, received: {number}.");
        if (!LinkName.TryParse(onText, out var onName) || kernel.Link(onName) is not { } on)
            return Refuse(RefusalCodes.ParentMissing, $"parent {text}: its base link {onText} was not found on the host; create that link first, or name another parent.");
        if (on.IsLoopback)
            return Refuse(RefusalCodes.ParentInvalid, $"parent {text}: {onText} is a loopback interface and can have no VLANs; name an Ethernet link.");
        if (!on.Up)
            return Refuse(RefusalCodes.ParentDown, $"parent {text}: its base link {onText} is down, so the VLAN could not be set up; ip link set {onText} up, then ask again.");
        if (kernel.Links.FirstOrDefault(l => l.Kind == "vlan" && l.ParentIndex == on.Index && l.Vlan == id) is { } twin)
            return Refuse(RefusalCodes.ParentInUse, $"parent {text}: vlan {id} of {onText} exists already as {twin.Name}; say parent={twin.Name}.");
        return (ParentLink.SubInterface(LinkName.Parse(text), onName, id), null);
    }

    private static (ParentLink? Link, Refusal? Refusal) Refuse(string code, string text) => (null, new(code, text));
}
