using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Tests.Unit.Journal;

/// <summary>Events as they are stored, at least one of each kind, with their bytes. A line is added, never changed.</summary>
internal static partial class EventSamples
{
    public static readonly HostId Host = HostId.Parse("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
    public static readonly HostId OtherHost = HostId.Parse("b0b1b2b3b4b5b6b7b8b9babbbcbdbebf");
    public static readonly NetworkId Network = NetworkId.Parse("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf");
    public static readonly EndpointId Endpoint = EndpointId.Parse("e0e1e2e3e4e5e6e7e8e9eaebecedeeef");
    public static readonly Stamp At = new(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123), Host);

    public static readonly NetworkSpec FullSpec = new(
        "web",
        IpvlanMode.L3S,
        IpvlanFlag.Vepa,
        Internal: true,
        new("eth0.10", Texts(("h2", "ens5.10"), ("h1", "auto"))),
        [
            new(Prefix.Parse("10.1.0.0/16"), Ip.Parse("10.1.0.1"), Prefix.Parse("10.1.128.0/17"),
                ImmutableSortedDictionary<string, Ip>.Empty.Add("router", Ip.Parse("10.1.0.2")).Add("dns", Ip.Parse("10.1.0.3")), IsDefault: true),
            new(Prefix.Parse("2001:db8::/64"), null, null, ImmutableSortedDictionary<string, Ip>.Empty, IsDefault: false),
        ],
        WantsDefaultSubnet: true,
        new(9000, 27, 120, OriginateAlways: true),
        Texts(("parent", "eth0.10"), ("ipvlan_mode", "l3s")),
        Texts(("owner", "München"), ("", "")));

    public static readonly NetworkSpec LeastSpec = new(
        "n", IpvlanMode.L2, IpvlanFlag.Bridge, Internal: false, ParentChoice.None, [], WantsDefaultSubnet: false,
        NetworkSettings.Default, ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty);

    public static readonly NetworkSpec InContainer = LeastSpec with { Parents = ParentChoice.None with { Name = "auto", InContainer = true } };

    public static readonly object[] All =
    [
        new HostRegistered(At, OtherHost, "h2"),
        new HostRegistered(At, OtherHost, "h2", 7),
        new HostForgotten(At, OtherHost),
        new RegistryDoubted(At, "restored", 7),
        new TestimonyAdopted(At, OtherHost, 20),
        new RegistryTrusted(At, 5),
        new NetworkNameReserved(At, Network, LeastSpec),
        new NetworkNameFreed(At, Network, 7),

        new NetworkCreated(At, Network, FullSpec),
        new BlockClaimed(At, Prefix.Parse("10.1.0.64/26"), OtherHost, 3),
        new BlockReleased(At, Prefix.Parse("2001:db8::40/122"), 3),
        new EpochsSkipped(At, 7),
        new NetworkRemoved(At),

        new HostBorn(At, Host),
        new HostStarted(At, 2, "5a1b1f2e-0d5c-4b5e-9b0e-5f3c1d2e3f40"),
        new HostStarted(At, 3, "boot", "inode 12 born 1800000000.000000001 machine unknown copy 0"),
        new HostConfirmed(At, 7),

        new NetworkAttached(At, Network, FullSpec, ParentLink.SubInterface(LinkName.Parse("eth0.10"), LinkName.Parse("eth0"), Vlan(10)), At.At.AddDays(-1)),
        new NetworkAttached(At, Network, LeastSpec, ParentLink.Given(LinkName.Parse("ens5")), At.At),
        new ParentLinkCreated(At, ParentLink.Dummy(LinkName.Parse("di-c0c1c2c3c4c5"))),
        new BlockReceived(At, Prefix.Parse("10.1.0.0/26"), 1),
        new AddressAllocated(At, Ip.Parse("10.1.0.2"), Endpoint, "web-1", AddressKind.Dynamic),
        new AddressAllocated(At, Ip.Parse("2001:db8::9"), Endpoint, "web-1", AddressKind.Explicit),
        new AddressReleased(At, Ip.Parse("10.1.0.2"), Endpoint),
        new BlockSurrendered(At, Prefix.Parse("0.0.0.0/0"), 1),
        new NetworkDetached(At),

        new EndpointCreated(At, Endpoint, Network, "web-1", [InterfaceAddress.Parse("10.1.0.2/16"), InterfaceAddress.Parse("2001:db8::9/64")]),
        new EndpointJoined(At, new Sandbox("/run/netns/web-1", ulong.MaxValue, "5a1b1f2e-0d5c-4b5e-9b0e-5f3c1d2e3f40"), LinkName.Parse("eth0")),
        new EndpointJoinFailed(At, "File exists"),
        new EndpointLeft(At, LeaveReason.SandboxGone),
        new EndpointRemoved(new(DateTimeOffset.UnixEpoch, new(Guid.Empty))),

        new BlockFenced(At, Prefix.Parse("10.1.0.64/26"), OtherHost, 4),
        new LoanOffered(At, Ip.Parse("10.1.0.9"), OtherHost, Host, 5),
        new AddressLent(At, Ip.Parse("2001:db8::9"), OtherHost, Host, 300),
        new AddressReturned(At, Ip.Parse("10.1.0.9"), 5),
        new BlockLost(At, Prefix.Parse("10.1.0.0/26"), 1),
        new AddressLentOut(At, Ip.Parse("10.1.0.9"), OtherHost, 5),
        new AddressCameBack(At, Ip.Parse("10.1.0.9"), 5),
        new EndpointLeft(At, LeaveReason.Fenced),

        new AddressAllocated(At, Ip.Parse("10.1.0.7"), Endpoint, "reserved-e0e1e2e3e4e5", AddressKind.Reserved),
        new NetworkBound(At, "27d5dd17595dc7f290e279d2a284e46b79e67659407639e5228de57506d505ff", IsMaker: true),
        new NetworkBound(At, "27d5dd17", IsMaker: false),
        new NetworkUnbound(At),
        new EndpointCreated(At, Endpoint, Network, "e0e1e2e3e4e5", [InterfaceAddress.Parse("10.1.0.2/16")]) { BringsDefault = false },
        new EndpointHandedOver(At, new Sandbox("/run/docker/netns/fa4d20c213b4", 0, "5a1b1f2e-0d5c-4b5e-9b0e-5f3c1d2e3f40"), LinkName.Parse("iv-e0e1e2e3e4e5"), HasDefault: true),
        new EndpointLeft(At, LeaveReason.Forgotten),
        new EndpointJoined(At, new Sandbox("/run/netns/web-1", 1, "boot"), LinkName.Parse("eth0"))
        {
            Routes = new([new(Prefix.Parse("10.0.0.0/8"), Ip.Parse("10.1.0.1")), new(Prefix.Parse("2001:db8::/32"), null)]),
        },
        new EndpointJoined(At, new Sandbox("/run/netns/web-1", 1, "boot"), LinkName.Parse("eth0")) { Routes = new([]) },
        new EndpointJoined(At, new Sandbox("/run/netns/web-1", 1, "boot"), LinkName.Parse("net1")) { Parent = LinkName.Parse("eth1") },
        new NetworkAttached(At, Network, InContainer, ParentLink.InContainer(LinkName.Parse("auto")), At.At),
    ];

    private static VlanId Vlan(int number) => VlanId.TryCreate(number, out var id) ? id : throw new ArgumentOutOfRangeException(nameof(number));

    private static ImmutableSortedDictionary<string, string> Texts(params (string Key, string Value)[] pairs) =>
        pairs.ToImmutableSortedDictionary(p => p.Key, p => p.Value);
}
