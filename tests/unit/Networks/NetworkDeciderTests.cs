using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

public class NetworkDeciderTests
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);
    private readonly Prefix _subnet = P("10.1.0.0/24");
    private NetworkState _state = NetworkDecider.Initial;

    public NetworkDeciderTests() => Do(new CreateNetwork(At(), Network('1'), Spec("10.1.0.0/24 2001:db8::/64", "parent=eth0")));

    [Fact]
    public void A_network_is_created_once()
    {
        Assert.True(_state.Exists);
        Assert.Empty(Do(new CreateNetwork(At(), Network('1'), Spec("10.2.0.0/24"))));
    }

    [Fact]
    public void Hosts_get_different_blocks_lowest_first_and_epochs_count()
    {
        Assert.Equal([new BlockClaimed(At(), P("10.1.0.0/28"), HostA, 1)], Do(Claim(HostA)));
        Assert.Equal([new BlockClaimed(At(host: HostB), P("10.1.0.16/28"), HostB, 2)], Do(Claim(HostB)));
        Assert.Equal([new BlockClaimed(At(), P("10.1.0.32/28"), HostA, 3)], Do(Claim(HostA, held: "10.1.0.0/28")));
        Assert.Equal([new(P("10.1.0.0/28"), 1), new(P("10.1.0.32/28"), 3)], _state.OwnedBy(HostA));
        Assert.Equal(new BlockClaimed(At(), P("2001:db8::/122"), HostA, 4), Do(new ClaimBlock(At(), P("2001:db8::/64"), null, [], Rest)).Single());
    }

    [Fact]
    public void A_claim_whose_reply_was_lost_is_answered_with_the_same_block_at_a_new_epoch()
    {
        Do(Claim(HostA));
        Assert.Equal([new BlockClaimed(At(), P("10.1.0.0/28"), HostA, 2)], Do(Claim(HostA)));
        Assert.Equal(P("10.1.0.0/28"), _state.UnknownTo(Claim(HostA)));
        Assert.Equal(new(P("10.1.0.0/28"), 2), _state.GrantFor(Claim(HostA)));
        Assert.Empty(Do(Release(HostA, "10.1.0.0/28", 1)));
        Assert.Equal(2, _state.LastEpoch);
        Assert.Null(_state.UnknownTo(Claim(HostB)));
        Assert.Null(_state.UnknownTo(Claim(HostA, held: "10.1.0.0/28")));
        Assert.Null(_state.UnknownTo(Claim(HostA, wanted: "10.1.0.77")));
        Assert.Null(_state.UnknownTo(new(At(), P("2001:db8::/64"), null, [], Rest)));
    }

    [Fact]
    public void The_block_around_a_wanted_address_is_claimed()
    {
        Assert.Equal([new BlockClaimed(At(), P("10.1.0.64/28"), HostA, 1)], Do(Claim(HostA, "10.1.0.77")));
        Assert.Equal(new(P("10.1.0.64/28"), 1), _state.GrantFor(Claim(HostA, "10.1.0.77")));
        Assert.Empty(Do(Claim(HostA, "10.1.0.78", "10.1.0.64/28")));
        Refused(RefusalCodes.AddressElsewhere, Try(Claim(HostB, "10.1.0.78")), "address 10.1.0.78", "block 10.1.0.64/28", $"host {HostA}", "outside that block");
    }

    [Theory]
    [InlineData("10.2.0.1")]
    [InlineData("2001:db8::1")]
    public void A_wanted_address_outside_the_subnet_claims_nothing(string wanted) =>
        Refused(RefusalCodes.AddressInvalid, Try(Claim(HostA, wanted)), wanted, "10.1.0.0/24");

    [Fact]
    public void A_subnet_of_another_network_is_refused() =>
        Refused(RefusalCodes.SubnetInvalid, Try(new ClaimBlock(At(), P("10.2.0.0/24"), null, [], Rest)), "10.2.0.0/24", "not a subnet of network n");

    [Fact]
    public void When_all_blocks_are_owned_the_owners_are_named()
    {
        ClaimAll(HostA, 15);
        Do(Claim(HostB));
        var why = Refused(RefusalCodes.AddressesExhausted, Try(Claim(HostB, held: "10.1.0.240/28")), "no block of subnet 10.1.0.0/24 of network n is free", $"host {HostA} owns 15 (240 addresses)", $"host {HostB} owns 1 (16 addresses)", "cluster forget");
        Assert.Contains("larger subnet", why.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_released_block_is_claimed_again_at_a_higher_epoch()
    {
        Do(Claim(HostA));
        Assert.Equal([new BlockReleased(At(), P("10.1.0.0/28"), 1)], Do(Release(HostA, "10.1.0.0/28", 1)));
        Assert.Empty(Do(Release(HostA, "10.1.0.0/28", 1)));
        Assert.Equal([new BlockClaimed(At(60, HostB), P("10.1.0.0/28"), HostB, 2)], Do(Claim(HostB, seconds: 60)));
        Assert.Empty(Do(Release(HostA, "10.1.0.0/28", 1)));
        Assert.Empty(Do(Release(HostB, "10.1.0.0/28", 1)));
    }

    [Fact]
    public void A_host_releases_only_what_is_its_own()
    {
        Do(Claim(HostA));
        Assert.Empty(Do(Release(HostB, "10.1.0.0/28", 1)));
        Assert.Single(_state.Blocks);
    }

    [Fact]
    public void A_network_is_removed_when_no_host_has_a_block()
    {
        Do(Claim(HostA));
        Refused(RefusalCodes.NetworkInUse, Try(new RemoveNetwork(At())), "network n still has blocks with 1 host(s)");
        Do(Release(HostA, "10.1.0.0/28", 1));
        Assert.Equal([new NetworkRemoved(At())], Do(new RemoveNetwork(At())));
        Assert.Empty(Do(new RemoveNetwork(At())));
        Assert.Empty(Do(Release(HostA, "10.1.0.0/28", 1)));
        Assert.False(_state.Exists);
        Refused(RefusalCodes.NetworkUnknown, Try(Claim(HostA)), "has been removed");
        Assert.Empty(Do(new CreateNetwork(At(), Network('1'), Spec("10.1.0.0/24"))));
    }

    [Fact]
    public void The_last_epoch_never_goes_back()
    {
        _state = NetworkDecider.Evolve(_state, new BlockClaimed(At(), P("10.1.0.0/28"), HostA, 9));
        _state = NetworkDecider.Evolve(_state, new BlockClaimed(At(), P("10.1.0.16/28"), HostA, 4));
        Assert.Equal(9, _state.LastEpoch);
        Assert.Equal(10, Assert.IsType<BlockClaimed>(Do(Claim(HostB)).Single()).Epoch);
    }

    private void ClaimAll(HostId host, int count)
    {
        for (var n = 0; n < count; n++)
            Do(new ClaimBlock(At(host: host), _subnet, null, [.. _state.OwnedBy(host).Select(o => o.Block)], Rest));
    }

    private ClaimBlock Claim(HostId host, string? wanted = null, string? held = null, double seconds = 0) => new(
        At(seconds, host), _subnet, wanted is null ? null : I(wanted), held is null ? [] : [P(held)], Rest);

    private static ReleaseBlocks Release(HostId host, string block, long epoch) => new(At(host: host), [new(P(block), epoch)]);

    private Decision<NetworkEvent> Try(NetworkCommand command) => NetworkDecider.Decide(command, _state);

    private NetworkEvent[] Do(NetworkCommand command)
    {
        var events = Accepted(Try(command));
        _state = events.Aggregate(_state, NetworkDecider.Evolve);
        return events;
    }
}
