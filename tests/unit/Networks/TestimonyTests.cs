using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

/// <summary>What hosts tell a registry that was restored from a copy, and what it makes of it.</summary>
public class TestimonyTests
{
    private static readonly NetworkSpec Web = Spec("10.1.0.0/24", "parent=eth0");

    [Fact]
    public void A_host_tells_of_others_what_it_saw_and_of_itself_what_it_holds()
    {
        var seen = Seen(6, ("10.1.0.0/28", HostA, 1), ("10.1.0.16/28", HostB, 2), ("10.1.0.32/28", HostA, 3));
        var told = Testimony.Of(Holding(("10.1.0.0/28", 1), ("10.1.0.48/28", 9)), seen).Networks[Network('1')];
        Assert.Equal(["10.1.0.0/28 1", "10.1.0.16/28 2", "10.1.0.48/28 9"], told.Blocks.Select(b => $"{b.Key} {b.Value.Epoch}"));
        Assert.Equal(6, told.LastEpoch); // of other claims beyond the catalogue's last it knows nothing
    }

    /// <summary>Another host may have passed the catalogue on to it: that is newer than its journal.</summary>
    [Fact]
    public void A_host_whose_journal_was_restored_does_not_take_back_what_it_has_forgotten()
    {
        var restored = Holding(("10.1.0.0/28", 1))
            .Apply(PersistenceIds.Host, new HostStarted(At(), 1, "boot", "file 1")).Apply(PersistenceIds.Host, new HostStarted(At(), 2, "boot", "file 2"));
        Assert.True(restored.Host.MustConfirm);
        var told = Testimony.Of(restored, Seen(6, ("10.1.0.0/28", HostA, 1), ("10.1.0.32/28", HostA, 3))).Networks[Network('1')];
        Assert.Equal(["10.1.0.0/28 1", "10.1.0.32/28 3"], told.Blocks.Select(b => $"{b.Key} {b.Value.Epoch}"));
    }

    [Fact]
    public void A_block_that_the_catalogue_knew_to_be_over_is_not_told_as_held()
    {
        var told = Testimony.Of(Holding(("10.1.0.0/28", 4)), Seen(6, ("10.1.0.0/28", HostB, 5))).Networks[Network('1')];
        Assert.Equal(new BlockOwner(HostB, 5), told.Blocks[P("10.1.0.0/28")]);
    }

    [Fact]
    public void A_network_is_told_if_the_catalogue_has_it_or_a_block_of_it_is_held()
    {
        Assert.Empty(Testimony.Of(Holding(), Catalogue.Empty).Networks);
        var told = Assert.Single(Testimony.Of(Holding(("10.1.0.0/28", 4)), Catalogue.Empty).Networks).Value;
        Assert.Equal((Web, Noon, 0L), (told.Spec, told.Created, told.LastEpoch));
    }

    /// <summary>Asked again it would find the way free, and nobody knows how often a witness is heard.</summary>
    [Fact]
    public void A_claim_that_a_later_history_ended_stands_in_nobody_s_way()
    {
        var state = State(("10.1.0.0/28", HostB, 2));
        NetworkEvent[] events = Adopt(state, 2, isLater: true, ("10.1.0.4/30", HostA, 1));
        Assert.Equal([new BlockReleased(At(9), P("10.1.0.0/28"), 2), new BlockClaimed(At(9), P("10.1.0.4/30"), HostA, 1)], events);
        Assert.Empty(Adopt(events.Aggregate(state, NetworkDecider.Evolve), 2, isLater: true, ("10.1.0.4/30", HostA, 1)));
    }

    [Fact]
    public void Claims_beyond_the_last_one_are_taken_over_and_none_before_it()
    {
        var state = State(("10.1.0.0/28", HostA, 2));
        NetworkEvent[] events = Adopt(state, 7, isLater: false, ("10.1.0.16/28", HostB, 5), ("10.1.0.32/28", HostA, 4), ("10.1.0.48/28", HostB, 1));
        Assert.Equal(
            [
                new BlockClaimed(At(9), P("10.1.0.32/28"), HostA, 4), new BlockClaimed(At(9), P("10.1.0.16/28"), HostB, 5),
                new EpochsSkipped(At(9), 7),
            ],
            events);
        Assert.Equal(7, events.Aggregate(state, NetworkDecider.Evolve).LastEpoch);
    }

    /// <summary>Two grants that no catalogue had yet, and the later of them is told first.</summary>
    [Fact]
    public void What_a_witness_holds_itself_is_taken_over_below_the_last_claim_too_if_nobody_has_it()
    {
        var state = State(("10.1.0.0/28", HostB, 9), ("10.1.0.32/28", HostB, 3));
        Assert.Equal(
            [new BlockReleased(At(9), P("10.1.0.32/28"), 3), new BlockClaimed(At(9), P("10.1.0.32/28"), HostA, 7), new BlockClaimed(At(9), P("10.1.0.16/28"), HostA, 8)],
            Adopt(state, 6, isLater: false, ("10.1.0.0/28", HostA, 5), ("10.1.0.16/28", HostA, 8), ("10.1.0.32/28", HostA, 7)));
    }

    [Fact]
    public void A_later_history_ends_what_it_has_not_and_moves_what_it_has_elsewhere()
    {
        var state = State(("10.1.0.0/28", HostA, 1), ("10.1.0.16/28", HostA, 2));
        Assert.Equal(
            [
                new BlockReleased(At(9), P("10.1.0.0/28"), 1), new BlockReleased(At(9), P("10.1.0.16/28"), 2),
                new BlockClaimed(At(9), P("10.1.0.16/28"), HostB, 3),
            ],
            Adopt(state, 3, isLater: true, ("10.1.0.16/28", HostB, 3)));
        Assert.Empty(Adopt(state, 2, isLater: false));
    }

    private static NetworkEvent[] Adopt(NetworkState state, long last, bool isLater, params (string Block, HostId Host, long Epoch)[] blocks) =>
        Accepted(NetworkDecider.Decide(new AdoptBlocks(At(9), Owners(blocks), last, isLater), state));

    private static NetworkState State(params (string Block, HostId Host, long Epoch)[] blocks) => blocks.Aggregate(
        NetworkDecider.Evolve(NetworkDecider.Initial, new NetworkCreated(At(), Network('1'), Web)),
        (state, b) => NetworkDecider.Evolve(state, new BlockClaimed(At(), P(b.Block), b.Host, b.Epoch)));

    private static Catalogue Seen(long last, params (string Block, HostId Host, long Epoch)[] blocks) =>
        Catalogue.Empty with { Version = 9, Networks = Catalogue.Empty.Networks.Add(Network('1'), new(Web, Noon, Owners(blocks), last)) };

    private static PrefixMap<BlockOwner> Owners((string Block, HostId Host, long Epoch)[] blocks) =>
        blocks.ToPrefixMap(b => P(b.Block), b => new BlockOwner(b.Host, b.Epoch));

    private static HostView Holding(params (string Block, long Epoch)[] blocks)
    {
        var part = PersistenceIds.HostNetwork(HostA, Network('1'));
        var view = HostView.Empty.Apply(PersistenceIds.Host, new HostBorn(At(), HostA))
            .Apply(part, new NetworkAttached(At(), Network('1'), Web, ParentLink.Given(Link("eth0")), Noon));
        return blocks.Aggregate(view, (v, b) => v.Apply(part, new BlockReceived(At(), P(b.Block), b.Epoch)));
    }
}
