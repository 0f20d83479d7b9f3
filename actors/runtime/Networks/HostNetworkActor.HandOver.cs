using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Endpoints;

namespace IpvlanActors.Runtime.Networks;

/// <summary>What a container runtime asks that has ids of its own, asks for addresses first, and moves links itself.</summary>
internal sealed partial class HostNetworkActor
{
    /// <summary>
    /// Docker creates the endpoint within milliseconds, or says that it will not. A reservation that outlives this was
    /// made for one that died in between.
    /// </summary>
    private static readonly TimeSpan ReservationLife = TimeSpan.FromMinutes(1);

    private void BindHere(Bind bind, IActorRef asker) => Decide(new BindNetwork(node.Now(), bind.Key, bind.IsMaker), refusal =>
    {
        node.CrashPoint("network-bind.journaled");
        asker.Tell((object?)refusal ?? Done.Instance);
    });

    private void UnbindHere(IActorRef asker) => Decide(new UnbindNetwork(node.Now()), refusal => asker.Tell((object?)refusal ?? Done.Instance));

    private void ReserveHere(Reserve reserve, IActorRef asker)
    {
        var reservation = EndpointId.From(Guid.NewGuid());
        Allocate(
            exhausted => new(
                node.Now(), reservation, "reserved-" + reservation.Short,
                [AddressWishes.Of(reserve.Family, reserve.Wanted)],
                HostAddresses, exhausted, node.Rest)
            {
                IsReservation = true,
            },
            [], holder => Reserved(reserve, holder, asker), asker);
    }

    private void Reserved(Reserve reserve, EndpointId reservation, IActorRef asker)
    {
        node.CrashPoint("address-reserve.journaled");
        Timers.StartSingleTimer(reservation, new ReservationEnds(reservation), ReservationLife);
        if (State.AddressesOf(reservation) is [var address])
            asker.Tell(address);
        else
            asker.Tell(new Refusal(RefusalCodes.NoFamily, $"network {State.Spec!.Name} has no {reserve.Family.Name()} subnet: leave that family out, or take another network."));
    }

    private void FreeHere(FreeReservation free, IActorRef asker) =>
        Decide(new ReleaseReservation(node.Now(), free.Address), refusal => asker.Tell((object?)refusal ?? Done.Instance));

    private void EndReservation(EndpointId reservation)
    {
        if (Decided.Holders.GetValueOrDefault(reservation) is not { } holder)
            return;
        Log.Warning("{Addresses} of network {Network} were reserved, and no endpoint came for them: releasing them", string.Join(", ", holder.Addresses), State.Spec?.Name);
        Decide(new ReleaseAddresses(node.Now(), reservation), static _ => { });
    }

    private void CreateHere(Create create, IActorRef asker) => Allocate(
        exhausted => new(node.Now(), create.Endpoint, create.Endpoint.Short, [.. new[] { create.Ip4, create.Ip6 }.OfType<Ip>().Select(Prefix.Single)], HostAddresses, exhausted, node.Rest)
        {
            TakesOver = true,
        },
        [], endpoint => ToEndpoint(endpoint, CreationOf(endpoint, create.BringsDefault), asker), asker);

    private CreateAt CreationOf(EndpointId endpoint, bool? bringsDefault) =>
        new(new(node.Now(), endpoint, network, endpoint.Short, State.AddressesOf(endpoint), bringsDefault));

    private sealed record ReservationEnds(EndpointId Reservation) : INoSerializationVerificationNeeded;
}
