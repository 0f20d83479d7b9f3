using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Tests.Unit.Support;

/// <summary>A link of the fake kernel, in the host's namespace or in a sandbox.</summary>
internal sealed class FakeLink(int index, string name)
{
    public int Index { get; } = index;

    public LinkName Name { get; set; } = LinkName.Parse(name);

    public string Kind { get; init; } = "";

    public string Alias { get; set; } = "";

    /// <summary>The base of a VLAN or the parent of a slave, of the host or of the sandbox.</summary>
    public int ParentIndex { get; init; }

    public int Mtu { get; set; } = 1500;

    public string Mac { get; init; } = "";

    public bool Up { get; set; }

    public bool Running { get; set; } = true;

    public bool IsLoopback { get; init; }

    public bool Ipv6 { get; set; } = true;

    public VlanId? Vlan { get; init; }

    public IpvlanMode? Mode { get; set; }

    public IpvlanFlag? Flag { get; set; }

    public List<InterfaceAddress> Addresses { get; } = [];

    public ObservedLink Observed() =>
        new(Index, Name, Kind, Alias, ParentIndex, Mtu, Up, Up && Running, Vlan, Mode, Flag) { IsLoopback = IsLoopback, Mac = Mac };
}

internal sealed class FakeSandbox(Sandbox identity)
{
    public Sandbox Identity { get; } = identity;

    public List<FakeLink> Links { get; } = [];

    public List<Route> Routes { get; } = [];
}
