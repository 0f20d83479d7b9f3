using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Tests.Unit.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Ipam;

/// <summary>When a host has more blocks than it needs, and when it soon has too few.</summary>
public class IdleBlocksTests
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);
    private readonly HostNetworkScene _scene = new(Spec("10.1.0.0/20 2001:db8::/64", "parent=eth0"));

    [Fact]
    public void The_only_block_of_a_subnet_stays_and_so_does_one_that_is_used()
    {
        Assert.Equal("", Idle(_scene.With("10.1.0.0/26", "2001:db8::/122")));
        Assert.Equal("10.1.0.64/26", Idle(_scene.With("10.1.0.64/26")));
        _scene.Allocate('1', "10.1.0.70");
        Assert.Equal("10.1.0.0/26", Idle(_scene));
    }

    [Fact]
    public void Nothing_goes_back_that_would_be_claimed_again_at_once()
    {
        _scene.With("10.1.0.0/26", "10.1.0.64/26", "2001:db8::/122");
        foreach (var n in Enumerable.Range(2, 46))
            Join(n);
        Assert.Equal("10.1.0.64/26", Idle(_scene)); // 16 left: a quarter of a block
        Join(48);
        Assert.Equal("", Idle(_scene));
    }

    [Fact]
    public void What_rests_or_is_lent_is_not_idle()
    {
        _scene.With("10.1.0.0/26", "10.1.0.64/26", "2001:db8::/122");
        _scene.Allocate('1', "10.1.0.70");
        _scene.Release('1');
        Assert.Equal("10.1.0.0/26", Idle(_scene));
        _scene.Now = 30;
        Assert.Equal("10.1.0.64/26", Idle(_scene));
        _scene.Do(new LendOutAddress(At(30), I("10.1.0.70"), HostB, 9, []));
        Assert.Equal("10.1.0.0/26", Idle(_scene));
    }

    [Fact]
    public void A_loan_that_has_rested_always_goes_back()
    {
        _scene.With("2001:db8::/122", "10.1.0.9/32");
        Assert.Equal("10.1.0.9/32", Idle(_scene));
        _scene.Allocate('1', "10.1.0.9");
        Assert.Equal("", Idle(_scene));
        _scene.Release('1');
        Assert.Equal("", Idle(_scene));
        _scene.Now = 30;
        Assert.Equal("10.1.0.9/32", Idle(_scene));
        Assert.Equal([new BlockSurrendered(At(30), P("10.1.0.9/32"), _scene.State.LastEpoch)],
            _scene.Do(new SurrenderIdle(At(30), [P("10.1.0.9/32"), P("10.1.0.0/26")], Rest)));
    }

    [Fact]
    public void A_host_runs_short_at_a_quarter_of_a_block_or_eight_addresses()
    {
        _scene.With("10.1.0.0/26", "2001:db8::/122");
        foreach (var n in Enumerable.Range(2, 46))
            Join(n);
        Assert.False(IsShort(_scene));
        Join(48);
        Assert.True(IsShort(_scene));
        Assert.False(IsShort(_scene.With("10.1.0.64/26")));
    }

    [Fact]
    public void Small_blocks_and_subnets_without_one_are_claimed_when_they_are_needed()
    {
        Assert.False(IsShort(_scene));
        Assert.False(IsShort(new HostNetworkScene(Spec("10.1.0.0/25", "parent=eth0")).With("10.1.0.0/29")));
    }

    private static string Idle(HostNetworkScene scene) => string.Join(' ', IdleBlocks.Of(scene.State, At(scene.Now).At, Rest));

    private static bool IsShort(HostNetworkScene scene) => IdleBlocks.IsShort(scene.Spec.Subnets[0], scene.State);

    private void Join(int n) => _scene.Do(new AllocateAddresses(At(), Endpoint(n), $"e{n}", [Prefix.Single(I($"10.1.0.{n}"))], [], [], Rest));
}
