using Akka.Actor;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Mesh;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>Hosts that go, blocks that come back, addresses that are lent.</summary>
public sealed partial class RegistryActorTests
{
    [Fact]
    public async Task A_dead_host_s_blocks_are_taken_and_rest_and_it_gets_nothing_before_it_registers_again()
    {
        await Create(Id('a'), "web");
        Assert.IsType<BlockGranted>(await Claim(Two, Id('a')));
        _hosts.Known[Two] = CreateTestProbe();
        Assert.Equal(RefusalCodes.HostAlive, await Refusal(new ForgetHostRequest(At(One), Two)));
        Assert.Equal(RefusalCodes.HostUnknown, await Refusal(new ForgetHostRequest(At(One), HostId.Parse(new string('9', 32)))));
        _hosts.Known.Clear();

        Assert.Equal(new HostGone(Two), await Ask(new ForgetHostRequest(At(One), Two)));
        var catalogue = await Catalogue();
        Assert.DoesNotContain(Two, catalogue.Hosts.Keys);
        Assert.Empty(catalogue.Networks[Id('a')].Blocks);
        Assert.Equal(2, catalogue.Networks[Id('a')].LastEpoch);
        Assert.Equal(RefusalCodes.Fenced, await Refusal(new ClaimBlockRequest(At(Two), Id('a'), Subnet, null, [])));
        Assert.Equal(new HostGone(Two), await Ask(new ForgetHostRequest(At(One), Two)));

        var other = Assert.IsType<BlockGranted>(await Claim(One, Id('a')));
        Assert.NotEqual(Prefix.Parse("10.1.0.0/28"), other.Block); // that one rests
        await Ask(new RegisterHostRequest(At(Two), "h2"));
        Assert.IsType<BlockGranted>(await Claim(Two, Id('a')));
    }

    [Fact]
    public async Task Forgetting_cut_short_goes_on_when_the_registry_is_back()
    {
        await Create(Id('a'), "web");
        await Claim(Two, Id('a'));
        _crashAt = "host-forget.journaled";
        Watch(_registry);
        _registry.Tell(new ForgetHostRequest(At(One), Two));
        await ExpectTerminatedAsync(_registry, Patience);
        _crashAt = "";
        _registry = Sys.ActorOf(Props.Create<RegistryActor>(_node, _hosts, CreateTestProbe().Ref));
        await AwaitAssertAsync(async () => Assert.Empty((await Catalogue()).Networks[Id('a')].Blocks), Patience);
    }

    [Fact]
    public async Task A_late_release_frees_nothing()
    {
        await Create(Id('a'), "web");
        var first = Assert.IsType<BlockGranted>(await Claim(Two, Id('a')));
        var again = Assert.IsType<BlockGranted>(await Claim(Two, Id('a')));
        Assert.Equal((first.Block, first.Epoch + 1), (again.Block, again.Epoch));
        Assert.IsType<BlocksReleased>(await Ask(new ReleaseBlocksRequest(At(Two), Id('a'), [new(first.Block, first.Epoch)])));
        Assert.Single((await Catalogue()).Networks[Id('a')].Blocks);
        Assert.IsType<BlocksReleased>(await Ask(new ReleaseBlocksRequest(At(Two), Id('a'), [new(again.Block, again.Epoch)])));
        Assert.Empty((await Catalogue()).Networks[Id('a')].Blocks);
    }

    [Fact]
    public async Task An_address_is_lent_when_its_owner_has_agreed()
    {
        await Create(Id('a'), "web");
        var two = CreateTestProbe();
        _hosts.Known[Two] = two;
        await Claim(Two, Id('a'));
        var wanted = Ask(new ClaimBlockRequest(At(One), Id('a'), Subnet, Ip.Parse("10.1.0.9"), []));
        var lend = await two.ExpectMsgAsync<LendRequest>(Patience);
        Assert.Equal(new BlockOwner(One, lend.Epoch), (await Catalogue()).Networks[Id('a')].OwnerOf(Prefix.Parse("10.1.0.9/32")));
        two.Reply(new AddressLoan(Id('a'), lend.Address, lend.Epoch, null));
        Assert.Equal(new BlockGranted(Id('a'), Prefix.Parse("10.1.0.9/32"), lend.Epoch), await wanted);

        var refused = Ask(new ClaimBlockRequest(At(One), Id('a'), Subnet, Ip.Parse("10.1.0.10"), []));
        lend = await two.ExpectMsgAsync<LendRequest>(Patience);
        two.Reply(new AddressLoan(Id('a'), lend.Address, lend.Epoch, new(RefusalCodes.AddressInUse, "it is in use")));
        Assert.Equal(RefusalCodes.AddressInUse, Assert.IsType<RegistryRefused>(await refused).Reason.Code);
        _hosts.Known.Clear();
        Assert.Equal(RefusalCodes.HostUnreachable, await Refusal(new ClaimBlockRequest(At(One), Id('a'), Subnet, Ip.Parse("10.1.0.11"), [])));
        Assert.Equal(2, (await Catalogue()).Networks[Id('a')].Blocks.Count);
    }

    [Fact]
    public async Task An_offer_that_nobody_was_told_of_is_closed_when_the_registry_is_back()
    {
        await Create(Id('a'), "web");
        var two = CreateTestProbe();
        _hosts.Known[Two] = two;
        await Claim(Two, Id('a'));
        _ = Ask(new ClaimBlockRequest(At(One), Id('a'), Subnet, Ip.Parse("10.1.0.9"), []));
        await two.ExpectMsgAsync<LendRequest>(Patience);
        await Stop();
        Start();
        await AwaitAssertAsync(async () => Assert.Single((await Catalogue()).Networks[Id('a')].Blocks), Patience);
    }

    [Theory]
    [InlineData("loan.agreed", 1)]
    [InlineData("loan.lent", 2)]
    public async Task A_loan_cut_short_is_whole_or_gone(string point, int owned)
    {
        await Create(Id('a'), "web");
        var two = CreateTestProbe();
        _hosts.Known[Two] = two;
        await Claim(Two, Id('a'));
        var network = await Sys.ActorSelection(_registry.Path / Id('a').Value).ResolveOne(Patience);
        Watch(network);
        _crashAt = point;
        var first = Ask(new ClaimBlockRequest(At(One), Id('a'), Subnet, Ip.Parse("10.1.0.9"), []));
        var lend = await two.ExpectMsgAsync<LendRequest>(Patience);
        two.Reply(new AddressLoan(Id('a'), lend.Address, lend.Epoch, null));
        await ExpectTerminatedAsync(network, Patience);
        _crashAt = "";
        Assert.False(first.IsCompletedSuccessfully);

        await Stop();
        Start();
        await AwaitAssertAsync(async () => Assert.Equal(owned, (await Catalogue()).Networks[Id('a')].Blocks.Count), Patience);
        var again = Ask(new ClaimBlockRequest(At(One), Id('a'), Subnet, Ip.Parse("10.1.0.9"), []));
        if (owned == 1)
        {
            lend = await two.ExpectMsgAsync<LendRequest>(Patience);
            two.Reply(new AddressLoan(Id('a'), lend.Address, lend.Epoch, null));
        }

        Assert.Equal(3, Assert.IsType<BlockGranted>(await again).Epoch);
    }

    [Fact]
    public async Task A_host_that_has_not_registered_is_granted_nothing()
    {
        await Create(Id('a'), "web");
        var stranger = HostId.Parse(new string('9', 32));
        Assert.Equal(RefusalCodes.NotReady, await Refusal(new ClaimBlockRequest(At(stranger), Id('a'), Subnet, null, [])));
        Assert.Equal(RefusalCodes.NotReady, await Refusal(Creation(Id('b'), "web2", "10.2.0.0/24") with { Stamp = At(stranger) }));
    }
}
