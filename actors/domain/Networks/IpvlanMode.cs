namespace IpvlanActors.Domain.Networks;

/// <summary>What an ipvlan port does with a packet. It is a property of the parent: all its slaves share it.</summary>
public enum IpvlanMode : byte
{
    /// <summary>Slaves switch among themselves and with the wire; broadcast and multicast pass.</summary>
    L2 = 1,

    /// <summary>Slaves are routed through the host's table; broadcast and multicast are dropped.</summary>
    L3 = 2,

    /// <summary>As L3, but through the host's netfilter hooks as well (conntrack works).</summary>
    L3S = 3,
}

/// <summary>What slaves of one parent may say to each other. A property of the parent as well.</summary>
public enum IpvlanFlag : byte
{
    Bridge = 1,

    /// <summary>Slaves never hear each other.</summary>
    Private = 2,

    /// <summary>Everything goes to the external switch first.</summary>
    Vepa = 3,
}
