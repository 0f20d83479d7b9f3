using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Networks;

/// <summary>
/// Which link a network's slaves hang on: one name for all hosts, other names for some (<c>parent@HOST</c>), or the link
/// of the default route (<c>auto</c>).
/// </summary>
/// <param name="Name">Empty: none, so that each host makes a dummy.</param>
/// <param name="ByHost">Host name to link name.</param>
public sealed record ParentChoice(string Name, ImmutableSortedDictionary<string, string> ByHost)
{
    public const string Auto = "auto";

    /// <summary>
    /// It is a link of each container, there before the container joins (<c>parent_in=container</c>). Nothing of it is made,
    /// watched or deleted; <c>auto</c> is the link of the container's default route.
    /// </summary>
    public bool InContainer { get; init; }

    public static ParentChoice None { get; } = new("", ImmutableSortedDictionary<string, string>.Empty);

    public bool IsNone => Name.Length == 0 && ByHost.IsEmpty;

    /// <summary>The name for a host of this name; may be <see cref="Auto"/>, or empty if only others were named.</summary>
    public string For(string host) => ByHost.GetValueOrDefault(host, Name);

    public bool Equals(ParentChoice? other) =>
        other is not null && Name == other.Name && InContainer == other.InContainer && ByHost.SequenceEqual(other.ByHost);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}

/// <summary>The link that is, or is to be, the parent on one host.</summary>
/// <param name="Made">How we make it if it is not there; <see cref="ParentKind.Given"/> and <see cref="ParentKind.Container"/> for one that is not ours to make or delete.</param>
/// <param name="Base">The link under a VLAN.</param>
public sealed record ParentLink(LinkName Name, ParentKind Made, LinkName? Base, VlanId? Vlan)
{
    public static ParentLink Given(LinkName name) => new(name, ParentKind.Given, null, null);

    /// <summary>A link of that name in each container, or <see cref="ParentChoice.Auto"/>.</summary>
    public static ParentLink InContainer(LinkName name) => new(name, ParentKind.Container, null, null);

    public static ParentLink Dummy(LinkName name) => new(name, ParentKind.Dummy, null, null);

    public static ParentLink SubInterface(LinkName name, LinkName on, VlanId id) =>
        new(name, ParentKind.Vlan, on, id);
}

public enum ParentKind : byte
{
    Given = 1,
    Vlan = 2,
    Dummy = 3,

    /// <summary>Not of the host: one of each container.</summary>
    Container = 4,
}
