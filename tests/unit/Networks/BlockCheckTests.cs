using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

/// <summary>What the registry's word means for a host's blocks, and what becomes of addresses that are not its own any more.</summary>
public class BlockCheckTests
{
    private readonly HostNetworkScene _scene = new(Spec("10.1.0.0/24", "parent=eth0"));

    public BlockCheckTests() => _scene.Do(new ReceiveBlock(At(), P("10.1.0.0/28"), 5));

    [Fact]
    public void A_block_of_ours_at_our_epoch_is_fine() => Assert.Empty(Check(5, ("10.1.0.0/28", HostA, 5)));

    [Fact]
    public void A_higher_epoch_of_ours_is_taken_over()
    {
        Assert.Equal([new ReceiveBlock(At(), P("10.1.0.0/28"), 7)], Check(7, ("10.1.0.0/28", HostA, 7)));
        _scene.Allocate('1');
        Assert.Equal([new BlockReceived(At(), P("10.1.0.0/28"), 7)], _scene.Do(Check(7, ("10.1.0.0/28", HostA, 7)).Single()));
        Assert.Single(_scene.State.Blocks[P("10.1.0.0/28")].Used);
    }

    [Fact]
    public void A_catalogue_that_does_not_know_our_claim_yet_means_nothing()
    {
        Assert.Empty(Check(4));
        Assert.Empty(Check(4, ("10.1.0.0/28", HostB, 4)));
        Assert.Empty(Check(0));
    }

    [Fact]
    public void A_block_that_is_another_s_or_nobody_s_is_lost()
    {
        Assert.Equal([new LoseBlock(At(), P("10.1.0.0/28"), 5)], Check(6, ("10.1.0.0/28", HostB, 6)));
        Assert.Equal([new LoseBlock(At(), P("10.1.0.0/28"), 5)], Check(5));
    }

    [Fact]
    public void What_was_lost_is_not_given_out_and_its_holders_are_known_until_they_are_removed()
    {
        _scene.Allocate('1');
        Assert.True(_scene.State.Owns(_scene.State.AddressesOf(Endpoint('1'))));
        Assert.Equal([new BlockLost(At(), P("10.1.0.0/28"), 5)], _scene.Do(Check(5).Single()));
        Assert.Empty(_scene.Do(new LoseBlock(At(), P("10.1.0.0/28"), 5)));

        Assert.False(_scene.State.Owns(_scene.State.AddressesOf(Endpoint('1'))));
        Assert.Equal(["web-1"], _scene.State.HoldersIn(P("10.1.0.0/28")));
        Refused(RefusalCodes.Fenced, _scene.TryAllocate('1'), "endpoint web-1 holds 10.1.0.2", "took from this host", "remove the endpoint");
        Assert.NotNull(_scene.Need('2'));

        _scene.Release('1');
        Assert.Empty(_scene.State.Lost);
    }

    [Fact]
    public void A_lost_block_that_comes_back_is_its_holders_again()
    {
        _scene.Allocate('1');
        _scene.Do(new LoseBlock(At(), P("10.1.0.0/28"), 5));
        _scene.Do(new ReceiveBlock(At(), P("10.1.0.0/28"), 9));
        Assert.Empty(_scene.State.Lost);
        Assert.Empty(Accepted(_scene.TryAllocate('1')));
        Assert.Equal(["10.1.0.3/24"], _scene.Allocate('2'));
    }

    [Fact]
    public void An_answer_of_the_past_is_no_block()
    {
        _scene.Do(new SurrenderBlocks(At()));
        Assert.Empty(_scene.Do(new ReceiveBlock(At(), P("10.1.0.0/28"), 5)));
        Assert.Empty(_scene.Do(new ReceiveBlock(At(), P("10.1.0.16/28"), 4)));
        Assert.Single(_scene.Do(new ReceiveBlock(At(), P("10.1.0.0/28"), 6)));
    }

    [Fact]
    public void What_the_registry_has_for_us_and_we_do_not_hold_is_told()
    {
        var entry = Entry(9, ("10.1.0.0/28", HostA, 5), ("10.1.0.16/28", HostA, 9), ("10.1.0.32/28", HostB, 6));
        Assert.Equal([new Claim(P("10.1.0.16/28"), 9)], BlockCheck.Unheld(HostA, _scene.State, entry, entry.Blocks.Keys).AsEnumerable());
    }

    [Fact]
    public void A_lent_address_is_given_to_nobody_until_the_registry_has_no_loan_of_it()
    {
        Assert.Equal([new AddressLentOut(At(), I("10.1.0.2"), HostB, 8)], _scene.Do(Lend("10.1.0.2", 8)));
        Assert.Empty(_scene.Do(Lend("10.1.0.2", 8)));
        Refused(RefusalCodes.NotReady, _scene.Try(Lend("10.1.0.2", 7)), "lent anew");
        Assert.Equal(["10.1.0.3/24"], _scene.Allocate('1'));
        Refused(RefusalCodes.AddressElsewhere, _scene.TryAllocate('2', "10.1.0.2"), "10.1.0.2 is lent to host", HostB.ToString());

        Assert.Empty(Check(7, ("10.1.0.0/28", HostA, 5)));
        Assert.Empty(Check(8, ("10.1.0.0/28", HostA, 5), ("10.1.0.2/32", HostB, 8)));
        Assert.Equal([new TakeBackAddress(At(), I("10.1.0.2"), 8)], Check(8, ("10.1.0.0/28", HostA, 5)));
        Assert.Equal([new AddressCameBack(At(), I("10.1.0.2"), 8)], _scene.Do(Check(8, ("10.1.0.0/28", HostA, 5)).Single()));
        Assert.Equal(["10.1.0.4/24"], _scene.Allocate('2')); // it rests
        _scene.Now = 30;
        Assert.Equal(["10.1.0.2/24"], _scene.Allocate('3'));
    }

    [Fact]
    public void What_is_in_use_or_reserved_is_not_lent()
    {
        _scene.Allocate('1');
        Refused(RefusalCodes.AddressInUse, _scene.Try(Lend("10.1.0.2", 8)), "10.1.0.2 is held by endpoint web-1", HostA.ToString());
        Refused(RefusalCodes.AddressReserved, _scene.Try(Lend("10.1.0.1", 8)), "the gateway");
        Refused(RefusalCodes.AddressElsewhere, _scene.Try(Lend("10.1.0.17", 8)), "in no block of this host");
        Refused(RefusalCodes.AddressInUse, _scene.Try(Lend("10.1.0.9", 8) with { Avoid = [I("10.1.0.9")] }), "an address of this host itself");
    }

    [Fact]
    public void A_borrowed_address_is_given_only_to_whom_it_was_asked_for()
    {
        var scene = new HostNetworkScene(Spec("10.1.0.0/24", "parent=eth0"));
        scene.Do(new ReceiveBlock(At(), P("10.1.0.9/32"), 8));
        Assert.Equal(new(P("10.1.0.0/24"), null), scene.Need('1'));
        Assert.Equal(["10.1.0.9/24"], scene.Allocate('2', "10.1.0.9"));
    }

    private static LendOutAddress Lend(string address, long epoch) => new(At(), I(address), HostB, epoch, []);

    private HostNetworkCommand[] Check(long lastEpoch, params (string Block, HostId Owner, long Epoch)[] owners) =>
        [.. BlockCheck.Of(At(), _scene.State, Entry(lastEpoch, owners), _scene.State.Blocks.Keys)];

    private static CatalogueEntry Entry(long lastEpoch, params (string Block, HostId Owner, long Epoch)[] owners) => new(
        Spec("10.1.0.0/24"), Noon, owners.ToPrefixMap(o => P(o.Block), o => new BlockOwner(o.Owner, o.Epoch)), lastEpoch);
}
