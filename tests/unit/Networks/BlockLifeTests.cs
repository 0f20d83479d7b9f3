using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

/// <summary>Blocks that rest, blocks that are taken by force, addresses that are lent: the registry's side of it.</summary>
public class BlockLifeTests
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);
    private NetworkState _state = NetworkDecider.Initial;

    public BlockLifeTests() => Do(new CreateNetwork(At(), Network('1'), Spec("10.1.0.0/24", "parent=eth0 block_size=25")));

    [Fact]
    public void A_block_that_was_given_back_rests_before_another_host_may_have_it()
    {
        Do(Claim(HostA));
        Do(Claim(HostB));
        Do(new ReleaseBlocks(At(10), [new(P("10.1.0.0/25"), 1)]));
        Refused(RefusalCodes.AddressesExhausted, Try(Claim(HostB, 69, held: "10.1.0.128/25")), "may be claimed from 2026-11-23 12:01:10Z on");
        Assert.Equal([new BlockClaimed(At(70, HostB), P("10.1.0.0/25"), HostB, 3)], Accepted(Try(Claim(HostB, 70, held: "10.1.0.128/25"))));
        Assert.Single(Accepted(Try(Claim(HostA, 11)))); // its last owner may
        Assert.Single(Accepted(Try(Claim(HostB, 11, "10.1.0.9", "10.1.0.128/25")))); // nor does it rest from whom asks by address
    }

    [Fact]
    public void A_block_that_was_taken_by_force_rests_from_everybody()
    {
        Do(Claim(HostA));
        Do(Claim(HostB));
        Assert.Equal([new BlockFenced(At(10, HostB), P("10.1.0.0/25"), HostA, 3)], Do(new TakeBlocks(At(10, HostB), HostA)));
        Assert.Empty(Do(new TakeBlocks(At(10, HostB), HostA)));
        Refused(RefusalCodes.NotReady, Try(Claim(HostB, 69, "10.1.0.9", "10.1.0.128/25")), "taken from host", "12:01:10Z");
        Refused(RefusalCodes.AddressesExhausted, Try(Claim(HostA, 69)), "12:01:10Z");
        Refused(RefusalCodes.AddressesExhausted, Try(Claim(HostA, 39) with { Rest = TimeSpan.Zero }), "12:00:40Z");
        Assert.Empty(Do(new ReleaseBlocks(At(11), [new(P("10.1.0.0/25"), 1)])));
        Assert.Equal(4, Assert.IsType<BlockClaimed>(Do(Claim(HostB, 70, held: "10.1.0.128/25")).Single()).Epoch);
    }

    [Fact]
    public void A_host_that_leaves_gives_everything_back_by_itself()
    {
        Do(Claim(HostA));
        Assert.Equal([new BlockReleased(At(10), P("10.1.0.0/25"), 1)], Do(new TakeBlocks(At(10), HostA)));
    }

    [Fact]
    public void An_older_registry_grants_nothing() =>
        Refused(RefusalCodes.Fenced, Try(Claim(HostA) with { Seen = 4 }), "up to epoch 0", "one of epoch 4", "older copy");

    [Fact]
    public void An_address_is_held_for_its_borrower_then_lent_then_returned()
    {
        Do(Claim(HostA));
        var claim = Claim(HostB, wanted: "10.1.0.9");
        Assert.Equal(HostA, _state.LenderFor(claim));
        Assert.Equal([new LoanOffered(At(host: HostB), I("10.1.0.9"), HostA, HostB, 2)], Do(new OfferAddress(claim.Stamp, claim)));
        Refused(RefusalCodes.NotReady, Try(claim), "being asked to lend 10.1.0.9");
        Refused(RefusalCodes.AddressElsewhere, Try(Claim(Host('c'), wanted: "10.1.0.9")), $"lent to host {HostB}");
        Assert.Equal(new BlockOwner(HostB, 2), _state.Owners[P("10.1.0.9/32")]);

        Assert.Equal([new AddressLent(At(), I("10.1.0.9"), HostA, HostB, 2)], Do(new LendAddress(At(), I("10.1.0.9"), 2)));
        Assert.Empty(Do(new LendAddress(At(), I("10.1.0.9"), 2)));
        Assert.Equal(new(P("10.1.0.9/32"), 2), _state.GrantFor(claim));
        Assert.Equal([new AddressLent(claim.Stamp, I("10.1.0.9"), HostA, HostB, 3)], Do(claim)); // it did not hear
        Assert.Empty(Do(Claim(HostB, wanted: "10.1.0.9", held: "10.1.0.9/32")));

        Assert.Empty(Do(new ReleaseBlocks(At(host: HostB), [new(P("10.1.0.9/32"), 2)])));
        Assert.Equal([new AddressReturned(At(host: HostB), I("10.1.0.9"), 3)], Do(new ReleaseBlocks(At(host: HostB), [new(P("10.1.0.9/32"), 3)])));
        Assert.Equal(3, _state.LastEpoch);
    }

    [Fact]
    public void An_offer_that_nobody_heard_of_is_closed()
    {
        Do(Claim(HostA));
        var claim = Claim(HostB, wanted: "10.1.0.9");
        Do(new OfferAddress(claim.Stamp, claim));
        Assert.Equal([new AddressReturned(At(), I("10.1.0.9"), 2)], Do(new CloseOffers(At())));
        Refused(RefusalCodes.NotReady, Try(new LendAddress(At(), I("10.1.0.9"), 2)), "came to nothing");
    }

    [Fact]
    public void A_block_is_claimed_by_nobody_while_an_address_of_it_is_lent()
    {
        Do(Claim(HostA));
        Do(Claim(HostB));
        Lend(Claim(HostB, wanted: "10.1.0.9", held: "10.1.0.128/25"));
        Do(new TakeBlocks(At(10, HostB), HostA));
        Refused(RefusalCodes.AddressesExhausted, Try(Claim(HostB, 500, held: "10.1.0.128/25")));
        Refused(RefusalCodes.AddressElsewhere, Try(Claim(HostB, 500, "10.1.0.10", "10.1.0.128/25")), "of which host", "still holds 10.1.0.9");
        Do(new ReleaseBlocks(At(500, HostB), [new(P("10.1.0.9/32"), 3)]));
        Assert.Single(Do(Claim(HostB, 500, held: "10.1.0.128/25")));
    }

    [Fact]
    public void Loans_to_a_forgotten_host_end()
    {
        Do(Claim(HostA));
        Lend(Claim(HostB, wanted: "10.1.0.9"));
        Assert.Equal([new AddressReturned(At(10), I("10.1.0.9"), 2)], Do(new TakeBlocks(At(10), HostB)));
    }

    [Fact]
    public void A_block_of_one_address_is_not_lent()
    {
        _state = NetworkDecider.Initial;
        Do(new CreateNetwork(At(), Network('1'), Spec("10.1.0.0/28", "parent=eth0")));
        Do(new ClaimBlock(At(), P("10.1.0.0/28"), I("10.1.0.9"), [], Rest));
        var claim = new ClaimBlock(At(host: HostB), P("10.1.0.0/28"), I("10.1.0.9"), [], Rest);
        Assert.Null(_state.LenderFor(claim));
        Refused(RefusalCodes.AddressElsewhere, Try(claim), "block 10.1.0.9/32", $"host {HostA}");
    }

    private void Lend(ClaimBlock claim)
    {
        Do(new OfferAddress(claim.Stamp, claim));
        Do(new LendAddress(claim.Stamp, claim.Wanted!.Value, _state.LastEpoch));
    }

    private static ClaimBlock Claim(HostId host, double seconds = 0, string? wanted = null, string? held = null) => new(
        At(seconds, host), P("10.1.0.0/24"), wanted is null ? null : I(wanted), held is null ? [] : [P(held)], Rest);

    private Decision<NetworkEvent> Try(NetworkCommand command) => NetworkDecider.Decide(command, _state);

    private NetworkEvent[] Do(NetworkCommand command)
    {
        var events = Accepted(Try(command));
        _state = events.Aggregate(_state, NetworkDecider.Evolve);
        return events;
    }
}
