using System.Collections.Immutable;
using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Deciding;

/// <summary>Any command and any event of each family, out of few hosts, networks, endpoints and addresses, so that they meet.</summary>
internal static class Any
{
    private static readonly Gen<Domain.Deciding.Stamp> Stamp = Gen.Select(Gen.Int[0, 100], OneOf(HostA, HostB), (s, h) => At(s, h));
    private static readonly Gen<NetworkId> Network = OneOf(Support.Domains.Network('1'), Support.Domains.Network('2'), Support.Domains.Network('3'));
    private static readonly Gen<EndpointId> Endpoint = Gen.Int[1, 6].Select(n => Support.Domains.Endpoint(n));
    private static readonly Gen<NetworkSpec> Spec = OneOf(
        Support.Domains.Spec("10.1.0.0/28 2001:db8::/125", "parent=eth0", name: "a"),
        Support.Domains.Spec("10.1.0.0/28 10.2.0.0/30", "parent=eth0 ipvlan_mode=l3", name: "b"),
        Support.Domains.Spec("", name: "c"),
        Support.Domains.Spec("10.3.0.0/31", name: "a"));

    private static readonly Gen<Prefix> Block = OneOf("10.1.0.0/32", "10.1.0.2/32", "10.1.0.4/30", "10.2.0.2/32", "2001:db8::/128", "2001:db8::2/128", "2001:db8::4/126").Select(t => P(t));
    private static readonly Gen<Prefix> Subnet = OneOf(P("10.1.0.0/28"), P("10.2.0.0/30"), P("2001:db8::/125"));
    private static readonly Gen<Ip> Address = OneOf("10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.5", "10.2.0.2", "2001:db8::2", "2001:db8::5").Select(t => I(t));
    private static readonly Gen<ParentLink> Parent = OneOf(
        ParentLink.Given(Link("eth0")), ParentLink.InContainer(Link("eth0")), ParentLink.Dummy(Link("di-111111111111")), ParentLink.SubInterface(Link("eth0.10"), Link("eth0"), Vlan(10)));

    private static readonly Gen<Sandbox> Sandbox = OneOf(new Sandbox("/run/netns/a", 1, "boot"), new Sandbox("/run/netns/a", 2, "boot"));
    private static readonly Gen<LinkName> Interface = OneOf(Link("eth0"), Link("eth1"));
    private static readonly Gen<ImmutableArray<InterfaceAddress>> Addresses = Address.Array[0, 2].Select(a => a.Select(i => new InterfaceAddress(i, 28)).ToImmutableArray());
    private static readonly Gen<long> Epoch = Gen.Long[1, 9];

    public static readonly Gen<RegistryCommand> RegistryCommand = Gen.OneOf(
        Gen.Select(Stamp, OneOf("h1", "h2"), Epoch, RegistryCommand (s, n, i) => new RegisterHost(s, n, i)),
        Gen.Select(Stamp, OneOf(HostA, HostB), RegistryCommand (s, h) => new ForgetHost(s, h)),
        Gen.Select(Stamp, Epoch, RegistryCommand (s, v) => new DoubtRegistry(s, "restored", v)),
        Gen.Select(Stamp, Epoch, RegistryCommand (s, v) => new AdoptTestimony(s, HostB, v)),
        Gen.Select(Stamp, Epoch, RegistryCommand (s, v) => new TrustRegistry(s, v)),
        Gen.Select(Stamp, Network, Spec, Block.Array[0, 2], RegistryCommand (s, n, spec, avoid) => new ReserveNetwork(s, n, spec, [.. avoid])),
        Gen.Select(Stamp, Network, Epoch, RegistryCommand (s, n, e) => new FreeNetworkName(s, n, e)));

    public static readonly Gen<RegistryEvent> RegistryEvent = Gen.OneOf(
        Gen.Select(Stamp, OneOf(HostA, HostB), RegistryEvent (s, h) => new HostRegistered(s, h, "h1")),
        Gen.Select(Stamp, OneOf(HostA, HostB), RegistryEvent (s, h) => new HostForgotten(s, h)),
        Gen.Select(Stamp, Epoch, RegistryEvent (s, v) => new RegistryDoubted(s, "restored", v)),
        Gen.Select(Stamp, Epoch, RegistryEvent (s, v) => new TestimonyAdopted(s, HostB, v)),
        Gen.Select(Stamp, Epoch, RegistryEvent (s, n) => new RegistryTrusted(s, n)),
        Gen.Select(Stamp, Network, Spec, RegistryEvent (s, n, spec) => new NetworkNameReserved(s, n, spec)),
        Gen.Select(Stamp, Network, Epoch, RegistryEvent (s, n, e) => new NetworkNameFreed(s, n, e)));

    public static readonly Gen<NetworkCommand> NetworkCommand = Gen.OneOf(
        Gen.Select(Stamp, Network, Spec, NetworkCommand (s, n, spec) => new CreateNetwork(s, n, spec)),
        Gen.Select(Stamp, Subnet, Address, Gen.Bool, Block.Array[0, 4], NetworkCommand (s, p, a, some, held) => Claim(s, p, some ? a : null, held)),
        Gen.Select(Stamp, Subnet, Block.Array[3, 7], NetworkCommand (s, p, held) => Claim(s, p, null, held)),
        Gen.Select(Stamp, Block, Epoch, NetworkCommand (s, b, e) => new ReleaseBlocks(s, [new(b, e), new(b, e), new(b, e + 1)])),
        Gen.Select(Stamp, OneOf(HostA, HostB), NetworkCommand (s, h) => new TakeBlocks(s, h)),
        Gen.Select(Stamp, Subnet, Address, NetworkCommand (s, p, a) => new OfferAddress(s, Claim(s, p, a, []))),
        Gen.Select(Stamp, Address, Epoch, NetworkCommand (s, a, e) => new LendAddress(s, a, e)),
        Gen.Select(Stamp, Address, Epoch, NetworkCommand (s, a, e) => new ReturnAddress(s, a, e)),
        Stamp.Select(NetworkCommand (s) => new CloseOffers(s)),
        Gen.Select(Stamp, Block.Array[0, 4], Epoch, Epoch, Gen.Bool, NetworkCommand (s, b, e, last, later) => new AdoptBlocks(
            s, b.Distinct().ToPrefixMap(p => p, _ => new BlockOwner(s.Host, e)), last, later)),
        Stamp.Select(NetworkCommand (s) => new RemoveNetwork(s)));

    public static readonly Gen<NetworkEvent> NetworkEvent = Gen.OneOf(
        Gen.Select(Stamp, Network, Spec, NetworkEvent (s, n, spec) => new NetworkCreated(s, n, spec)),
        Gen.Select(Stamp, Block, Epoch, NetworkEvent (s, b, e) => new BlockClaimed(s, b, s.Host, e)),
        Gen.Select(Stamp, Block, Epoch, NetworkEvent (s, b, e) => new BlockReleased(s, b, e)),
        Gen.Select(Stamp, Epoch, NetworkEvent (s, e) => new EpochsSkipped(s, e)),
        Gen.Select(Stamp, Block, Epoch, NetworkEvent (s, b, e) => new BlockFenced(s, b, s.Host, e)),
        Gen.Select(Stamp, Address, Epoch, NetworkEvent (s, a, e) => new LoanOffered(s, a, HostA, HostB, e)),
        Gen.Select(Stamp, Address, Epoch, NetworkEvent (s, a, e) => new AddressLent(s, a, HostA, HostB, e)),
        Gen.Select(Stamp, Address, Epoch, NetworkEvent (s, a, e) => new AddressReturned(s, a, e)),
        Stamp.Select(NetworkEvent (s) => new NetworkRemoved(s)));

    public static readonly Gen<HostNetworkCommand> HostNetworkCommand = Gen.OneOf(
        Gen.Select(Stamp, Network, Spec, Parent, HostNetworkCommand (s, n, spec, p) => new AttachNetwork(s, n, spec, p, Noon)),
        Gen.Select(Stamp, Block, Epoch, HostNetworkCommand (s, b, e) => new ReceiveBlock(s, b, e)),
        Gen.Select(Stamp, Endpoint, Address, Gen.Int[0, 3], Address.Array[0, 2], HostNetworkCommand (s, e, a, which, avoid) => new AllocateAddresses(
            s, e, $"web-{e.Short[..8]}", which switch
            {
                0 => AddressWishes.OfEachFamily(null, null),
                1 => AddressWishes.OfEachFamily(a.IsV4 ? a : null, a.IsV6 ? a : null),
                _ => [AddressWishes.Of(a.Family, null), Prefix.Single(a), AddressWishes.Of(a.Family, null)],
            }, [.. avoid], [], TimeSpan.FromSeconds(30))),
        Gen.Select(Stamp, Endpoint, Address, Gen.Bool, HostNetworkCommand (s, e, a, some) => new AllocateAddresses(
            s, e, $"web-{e.Short[..8]}", [AddressWishes.Of(a.Family, some ? a : null)], [], [], TimeSpan.FromSeconds(30))
        {
            IsReservation = true,
        }),
        Gen.Select(Stamp, Endpoint, Address, HostNetworkCommand (s, e, a) => new AllocateAddresses(
            s, e, $"web-{e.Short[..8]}", [Prefix.Single(a)], [], [], TimeSpan.FromSeconds(30))
        {
            TakesOver = true,
        }),
        Gen.Select(Stamp, Address, HostNetworkCommand (s, a) => new ReleaseReservation(s, a)),
        Gen.Select(Stamp, OneOf("a", "b"), HostNetworkCommand (s, k) => new BindNetwork(s, k, true)),
        Stamp.Select(HostNetworkCommand (s) => new UnbindNetwork(s)),
        Gen.Select(Stamp, Endpoint, HostNetworkCommand (s, e) => new ReleaseAddresses(s, e)),
        Gen.Select(Stamp, Block.Array[0, 7], HostNetworkCommand (s, b) => new SurrenderIdle(s, [.. b], TimeSpan.FromSeconds(30))),
        Gen.Select(Stamp, Block, Epoch, HostNetworkCommand (s, b, e) => new LoseBlock(s, b, e)),
        Gen.Select(Stamp, Address, Epoch, HostNetworkCommand (s, a, e) => new LendOutAddress(s, a, HostB, e, [])),
        Gen.Select(Stamp, Address, Epoch, HostNetworkCommand (s, a, e) => new TakeBackAddress(s, a, e)),
        Stamp.Select(HostNetworkCommand (s) => new SurrenderBlocks(s)),
        Stamp.Select(HostNetworkCommand (s) => new DetachNetwork(s)));

    public static readonly Gen<HostNetworkEvent> HostNetworkEvent = Gen.OneOf(
        Gen.Select(Stamp, Network, Spec, Parent, HostNetworkEvent (s, n, spec, p) => new NetworkAttached(s, n, spec, p, Noon)),
        Gen.Select(Stamp, Parent, HostNetworkEvent (s, p) => new ParentLinkCreated(s, p)),
        Gen.Select(Stamp, Block, Epoch, HostNetworkEvent (s, b, e) => new BlockReceived(s, b, e)),
        Gen.Select(Stamp, Address, Endpoint, HostNetworkEvent (s, a, e) => new AddressAllocated(s, a, e, "web", AddressKind.Dynamic)),
        Gen.Select(Stamp, Address, Endpoint, HostNetworkEvent (s, a, e) => new AddressAllocated(s, a, e, "reserved", AddressKind.Reserved)),
        Gen.Select(Stamp, OneOf("a", "b"), HostNetworkEvent (s, k) => new NetworkBound(s, k, true)),
        Stamp.Select(HostNetworkEvent (s) => new NetworkUnbound(s)),
        Gen.Select(Stamp, Address, Endpoint, HostNetworkEvent (s, a, e) => new AddressReleased(s, a, e)),
        Gen.Select(Stamp, Block, Epoch, HostNetworkEvent (s, b, e) => new BlockSurrendered(s, b, e)),
        Gen.Select(Stamp, Block, Epoch, HostNetworkEvent (s, b, e) => new BlockLost(s, b, e)),
        Gen.Select(Stamp, Address, Epoch, HostNetworkEvent (s, a, e) => new AddressLentOut(s, a, HostB, e)),
        Gen.Select(Stamp, Address, Epoch, HostNetworkEvent (s, a, e) => new AddressCameBack(s, a, e)),
        Stamp.Select(HostNetworkEvent (s) => new NetworkDetached(s)));

    public static readonly Gen<EndpointCommand> EndpointCommand = Gen.OneOf(
        Gen.Select(Stamp, Network, Addresses, Sandbox, Interface, EndpointCommand (s, n, a, box, i) => new JoinEndpoint(s, Support.Domains.Endpoint('1'), n, "web", a, box, i)),
        Gen.Select(Stamp, Network, Addresses, EndpointCommand (s, n, a) => new CreateEndpoint(s, Support.Domains.Endpoint('1'), n, "web", a, null)),
        Gen.Select(Stamp, Sandbox, Interface, Gen.Bool, EndpointCommand (s, box, i, d) => new HandOverEndpoint(s, box, i, d)),
        Stamp.Select(EndpointCommand (s) => new FailJoin(s, "File exists")),
        Stamp.Select(EndpointCommand (s) => new LeaveEndpoint(s, LeaveReason.Asked)),
        Stamp.Select(EndpointCommand (s) => new RemoveEndpoint(s, LeaveReason.SandboxGone)));

    public static readonly Gen<EndpointEvent> EndpointEvent = Gen.OneOf(
        Gen.Select(Stamp, Network, Addresses, EndpointEvent (s, n, a) => new EndpointCreated(s, Support.Domains.Endpoint('1'), n, "web", a)),
        Gen.Select(Stamp, Sandbox, Interface, EndpointEvent (s, box, i) => new EndpointJoined(s, box, i)),
        Gen.Select(Stamp, Sandbox, Interface, Gen.Bool, EndpointEvent (s, box, i, d) => new EndpointHandedOver(s, box, i, d)),
        Stamp.Select(EndpointEvent (s) => new EndpointJoinFailed(s, "File exists")),
        Stamp.Select(EndpointEvent (s) => new EndpointLeft(s, LeaveReason.Asked)),
        Stamp.Select(EndpointEvent (s) => new EndpointRemoved(s)));

    public static readonly Gen<HostCommand> HostCommand = Gen.OneOf(
        Gen.Select(Stamp, OneOf("", "file 1", "file 2"), HostCommand (s, j) => new StartHost(s, "boot", j)),
        Gen.Select(Stamp, Epoch, HostCommand (s, i) => new ConfirmHost(s, i)));

    private static ClaimBlock Claim(Domain.Deciding.Stamp stamp, Prefix subnet, Ip? wanted, Prefix[] held) =>
        new(stamp, subnet, wanted, [.. held], TimeSpan.FromSeconds(60));

    public static readonly Gen<HostEvent> HostEvent = Gen.OneOf(
        Stamp.Select(HostEvent (s) => new HostBorn(s, s.Host)),
        Gen.Select(Stamp, Epoch, OneOf("", "file 1", "file 2"), HostEvent (s, n, j) => new HostStarted(s, n, "boot", j)),
        Gen.Select(Stamp, Epoch, HostEvent (s, n) => new HostConfirmed(s, n)));
}
