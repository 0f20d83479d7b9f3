using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Feeds;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Mesh.Mapping;

namespace IpvlanActors.Tests.Unit.Mesh;

/// <summary>What nodes say, at least one of each kind, with its bytes in MeshSamples.Bytes.cs.</summary>
internal static partial class MeshSamples
{
    public static readonly HostId Host = HostId.Parse("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
    public static readonly HostId OtherHost = HostId.Parse("b0b1b2b3b4b5b6b7b8b9babbbcbdbebf");
    public static readonly NetworkId Network = NetworkId.Parse("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf");
    public static readonly NetworkId OtherNetwork = NetworkId.Parse("d0d1d2d3d4d5d6d7d8d9dadbdcdddedf");
    public static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123);
    public static readonly Stamp At = new(Time, Host);

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

    public static readonly Catalogue FullCatalogue = new(
        42,
        ImmutableSortedDictionary<HostId, KnownHost>.Empty.Add(Host, new("h1", 0)).Add(OtherHost, new("h2", 0)),
        ImmutableSortedDictionary<NetworkId, CatalogueEntry>.Empty
            .Add(Network, new(FullSpec, Time, PrefixMap<BlockOwner>.Empty
                .Add(Prefix.Parse("10.1.0.0/26"), new(OtherHost, 1))
                .Add(Prefix.Parse("10.1.0.64/26"), new(Host, 2))
                .Add(Prefix.Parse("10.1.0.128/26"), new(OtherHost, 3))
                .Add(Prefix.Parse("2001:db8::40/122"), new(Host, 300))))
            .Add(OtherNetwork, new(LeastSpec, DateTimeOffset.UnixEpoch, PrefixMap<BlockOwner>.Empty)));

    public static readonly FeedChange FullPut = RouteItems.Put(new(Network, Prefix.Parse("10.1.0.64/26"), 2, Ip.Parse("192.168.1.10")));
    public static readonly FeedDigest FullDigest = new(new(7, 300), 2, FeedContent.Empty.With([FullPut]).Hash);

    public static readonly object[] All =
    [
        new RegisterHostRequest(At, "h1"),
        new RegisterHostRequest(At, "h1", 7, 300, MustConfirm: true, OtherHost.Value),
        new CreateNetworkRequest(At, Network, FullSpec, [Prefix.Parse("192.168.1.0/24"), Prefix.Parse("fd00::/8")]),
        new CreateNetworkRequest(At, Network, LeastSpec, []),
        new RemoveNetworkRequest(At, Network),
        new ClaimBlockRequest(At, Network, Prefix.Parse("10.1.0.0/16"), Ip.Parse("10.1.0.9"), [Prefix.Parse("10.1.0.64/26"), Prefix.Parse("10.1.0.0/26")]),
        new ClaimBlockRequest(At, Network, Prefix.Parse("2001:db8::/64"), null, []),
        new HostKnown(Host),
        new HostKnown(Host, 300, 7),
        new NetworkGranted(Network, FullSpec, Time, 300),
        new NetworkGone(Network),
        new BlockGranted(Network, Prefix.Parse("10.1.0.64/26"), 3),
        new BlockGranted(Network, Prefix.Parse("::/0"), long.MaxValue),
        new RegistryRefused(new(RefusalCodes.SubnetTaken, "--subnet 10.1.0.0/16 overlaps network db.")),
        new SurrenderRequest(Network),
        new BlocksSurrendered(Network, Host, null),
        new BlocksSurrendered(Network, Host, new(RefusalCodes.NetworkInUse, "")),
        new CatalogueRequest(),
        new CatalogueUpdate(FullCatalogue),
        new CatalogueUpdate(Catalogue.Empty),
        new CatalogueUpdate(Catalogue.Empty with { Version = 1, Hosts = Catalogue.Empty.Hosts.Add(Host, new("h1", 7)) }),
        new CatalogueUpdate(Catalogue.Empty with { Networks = Catalogue.Empty.Networks.Add(OtherNetwork, new(LeastSpec, DateTimeOffset.UnixEpoch, PrefixMap<BlockOwner>.Empty, 300)) }),
        new WitnessRequest(0),
        .. Testifying.Split(Host, Catalogue.Empty with { Version = 1, Hosts = Catalogue.Empty.Hosts.Add(Host, new("h1", 7)) }),
        new ClaimBlockRequest(At, Network, Prefix.Parse("2001:db8::/64"), null, [], 300),
        new ReleaseBlocksRequest(At, Network, [new(Prefix.Parse("10.1.0.64/26"), 3), new(Prefix.Parse("2001:db8::9/128"), 300)]),
        new BlocksReleased(Network),
        new ForgetHostRequest(At, OtherHost),
        new LeaveClusterRequest(At),
        new HostGone(OtherHost),
        new BlocksSurrendered(Network, Host, null) { Claims = [new(Prefix.Parse("10.1.0.64/26"), 3)] },
        new LendRequest(Network, Ip.Parse("10.1.0.9"), OtherHost, 5),
        new AddressLoan(Network, Ip.Parse("10.1.0.9"), 5, null),
        new AddressLoan(Network, Ip.Parse("2001:db8::9"), 5, new(RefusalCodes.AddressInUse, "")),
        new CatalogueUpdate(new(43, Catalogue.Empty.Hosts, ImmutableSortedDictionary<NetworkId, CatalogueEntry>.Empty
            .Add(OtherNetwork, new(LeastSpec, Time, PrefixMap<BlockOwner>.Empty.Add(Prefix.Parse("10.1.0.9/32"), new(Host, 5)), 300)))),
        new FeedTold(new(FeedId.Routes(Host), FullDigest, 299, 1, 3, [FullPut, new(Octets.Of([1, 2, 3]), null), new(Octets.Of([]), null)])),
        new FeedTold(FeedPart.Announcement(FeedId.Catalogue, FeedDigest.None)),
        new FeedRequest(FeedId.Routes(Host), new(7, 299), null),
        new FeedRequest(FeedId.Catalogue, FeedMark.None, null),
        new GossipedDigest(FullDigest),
        GossipedDigest.None,
        GossipedDigestKey.Of(FeedId.Routes(Host)),
        new WitnessRequest(9),
        new HostKnown(Host, 300, 7, Time),
        new CreateNetworkRequest(At, Network, LeastSpec with { Parents = ParentChoice.None with { Name = "eth1", InContainer = true } }, []),
        new FeedRequest(FeedId.Routes(Host), new(7, 299), new(7, 300)),
    ];

    private static ImmutableSortedDictionary<string, string> Texts(params (string Key, string Value)[] pairs) =>
        pairs.ToImmutableSortedDictionary(p => p.Key, p => p.Value);
}
