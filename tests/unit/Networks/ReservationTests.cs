using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

/// <summary>Addresses that are asked for before there is an endpoint, and what a container runtime calls a network.</summary>
public class ReservationTests
{
    private readonly HostNetworkScene _scene = new HostNetworkScene(Spec("10.1.0.0/24 2001:db8::/64", "parent=eth0")).WithAllBlocks();

    [Fact]
    public void An_endpoint_takes_over_what_was_reserved_for_it()
    {
        Assert.Equal([new AddressAllocated(At(), I("10.1.0.2"), Endpoint('8'), "web-8", AddressKind.Reserved)], _scene.Do(Reservation('8', IpFamily.V4)));
        Assert.Equal([new AddressAllocated(At(), I("2001:db8::2"), Endpoint('9'), "web-9", AddressKind.Reserved)], _scene.Do(Reservation('9', IpFamily.V6)));
        Assert.Equal(Endpoint('8'), _scene.State.ReservationOf(I("10.1.0.2")));

        Assert.Equal(
            [
                new AddressReleased(At(), I("10.1.0.2"), Endpoint('8')), new AddressAllocated(At(), I("10.1.0.2"), Endpoint('1'), "web-1", AddressKind.Explicit),
                new AddressReleased(At(), I("2001:db8::2"), Endpoint('9')), new AddressAllocated(At(), I("2001:db8::2"), Endpoint('1'), "web-1", AddressKind.Explicit),
            ],
            _scene.Do(TakingOver('1', "10.1.0.2", "2001:db8::2")));
        Assert.Equal([Endpoint('1')], _scene.State.Holders.Keys);
        Assert.Null(_scene.State.ReservationOf(I("10.1.0.2")));
        Assert.Empty(_scene.Do(TakingOver('1', "10.1.0.2", "2001:db8::2")));
    }

    [Fact]
    public void Nobody_else_gets_what_is_reserved()
    {
        _scene.Do(Reservation('8', IpFamily.V4));
        Refused(RefusalCodes.AddressInUse, _scene.TryAllocate('1', "10.1.0.2"), "Address already in use: 10.1.0.2");
        Refused(RefusalCodes.AddressInUse, _scene.Try(Reservation('7', IpFamily.V4, "10.1.0.2")), "Address already in use: 10.1.0.2");
        Assert.Equal(["10.1.0.3/24", "2001:db8::2/64"], _scene.Allocate('2'));
    }

    [Fact]
    public void What_an_endpoint_holds_is_taken_over_by_none()
    {
        _scene.Allocate('1');
        Refused(RefusalCodes.AddressInUse, _scene.Try(TakingOver('2', "10.1.0.2")), "held by endpoint web-1");
    }

    [Fact]
    public void An_endpoint_may_take_what_nobody_reserved_and_of_one_family_alone()
    {
        _scene.Do(TakingOver('1', "10.1.0.9"));
        Assert.Equal(["10.1.0.9/24"], _scene.State.AddressesOf(Endpoint('1')).Select(a => a.ToString()));
    }

    [Fact]
    public void A_reservation_is_released_and_an_endpoint_s_address_is_not()
    {
        _scene.Do(Reservation('8', IpFamily.V4));
        _scene.Do(TakingOver('1', "10.1.0.9"));
        Assert.Equal([new AddressReleased(At(), I("10.1.0.2"), Endpoint('8'))], _scene.Do(new ReleaseReservation(At(), I("10.1.0.2"))));
        Assert.Empty(_scene.Do(new ReleaseReservation(At(), I("10.1.0.2"))));
        Assert.Empty(_scene.Do(new ReleaseReservation(At(), I("10.1.0.9"))));
        Assert.Equal([Endpoint('1')], _scene.State.Holders.Keys);
    }

    [Fact]
    public void A_runtime_calls_a_network_by_one_id()
    {
        Assert.Equal([new NetworkBound(At(), "27d5dd17595dc7f2", true)], _scene.Do(new BindNetwork(At(), "27d5dd17595dc7f2", true)));
        Assert.Empty(_scene.Do(new BindNetwork(At(), "27d5dd17595dc7f2", true)));
        Refused(RefusalCodes.NetworkBound, _scene.Try(new BindNetwork(At(), "another", true)), "is 27d5dd17595d to Docker on this host already");
        Assert.Equal([new NetworkUnbound(At())], _scene.Do(new UnbindNetwork(At())));
        Assert.Empty(_scene.Do(new UnbindNetwork(At())));
        Assert.Single(_scene.Do(new BindNetwork(At(), "another", true)));
    }

    private AllocateAddresses Reservation(char id, IpFamily family, string wanted = "") =>
        _scene.Asked(id) with { Wishes = [AddressWishes.Of(family, wanted.Length > 0 ? I(wanted) : null)], IsReservation = true };

    private AllocateAddresses TakingOver(char endpoint, params string[] wanted) => _scene.Asked(endpoint) with
    {
        Wishes = [.. wanted.Select(w => Prefix.Single(I(w)))],
        TakesOver = true,
    };
}
