using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

/// <summary>A host's part of a network but for addresses (AllocationTests): attach, blocks, detach.</summary>
public class HostNetworkDeciderTests
{
    private static readonly NetworkSpec Small = Spec("10.1.0.0/24", "parent=eth0");

    [Fact]
    public void A_given_parent_is_not_ours()
    {
        var attach = new AttachNetwork(At(), Network('1'), Small, ParentLink.Given(Link("eth0")), Noon);
        Assert.Equal(
            [new NetworkAttached(At(), Network('1'), Small, ParentLink.Given(Link("eth0")), Noon)],
            Accepted(HostNetworkDecider.Decide(attach, HostNetworkDecider.Initial)));
        Assert.False(new HostNetworkScene(Small).State.OwnsParent);
    }

    [Fact]
    public void A_parent_that_we_make_is_ours_from_before_it_is_made()
    {
        var vlan = ParentLink.SubInterface(Link("eth0.10"), Link("eth0"), Vlan(10));
        foreach (var parent in new[] { vlan, ParentLink.Dummy(Link("di-111111111111")) })
        {
            var events = Accepted(HostNetworkDecider.Decide(new AttachNetwork(At(), Network('1'), Small, parent, Noon), HostNetworkDecider.Initial));
            Assert.Equal([new NetworkAttached(At(), Network('1'), Small, parent, Noon), new ParentLinkCreated(At(), parent)], events);
            var scene = new HostNetworkScene(Small, parent);
            Assert.Equal((true, parent, Noon), (scene.State.OwnsParent, scene.State.Parent, scene.State.Created));
        }
    }

    [Fact]
    public void A_network_is_attached_once()
    {
        var scene = new HostNetworkScene(Small);
        Assert.Empty(scene.Do(new AttachNetwork(At(9), Network('1'), Small, ParentLink.Given(Link("eth1")), Noon)));
        Assert.Equal(Link("eth0"), scene.State.Parent!.Name);
    }

    [Fact]
    public void A_block_is_received_once_per_epoch()
    {
        var scene = new HostNetworkScene(Small);
        Assert.Equal([new BlockReceived(At(), P("10.1.0.0/28"), 2)], scene.Do(new ReceiveBlock(At(), P("10.1.0.0/28"), 2)));
        Assert.Empty(scene.Do(new ReceiveBlock(At(), P("10.1.0.0/28"), 2)));
        Assert.Empty(scene.Do(new ReceiveBlock(At(), P("10.1.0.0/28"), 1)));
        scene.Allocate('1');
        Assert.Single(scene.Do(new ReceiveBlock(At(), P("10.1.0.0/28"), 3)));
        Assert.Equal(3, scene.State.Blocks[P("10.1.0.0/28")].Epoch);
        Assert.Single(scene.State.Blocks[P("10.1.0.0/28")].Used);
    }

    [Fact]
    public void Nothing_can_be_had_of_a_network_that_is_not_attached()
    {
        var state = HostNetworkDecider.Initial;
        foreach (var command in new HostNetworkCommand[] { new ReceiveBlock(At(), P("10.1.0.0/28"), 1), new HostNetworkScene(Small).Asked('1') })
            Refused(RefusalCodes.NetworkUnknown, HostNetworkDecider.Decide(command, state), "not attached on this host");
        foreach (var command in new HostNetworkCommand[] { new DetachNetwork(At()), new SurrenderBlocks(At()), new ReleaseAddresses(At(), Endpoint('1')) })
            Assert.Empty(Accepted(HostNetworkDecider.Decide(command, state)));
    }

    [Fact]
    public void Blocks_are_surrendered_when_nobody_holds_an_address()
    {
        var scene = new HostNetworkScene(Small).With("10.1.0.0/28", "10.1.0.16/28");
        scene.Allocate('1');
        foreach (var command in new HostNetworkCommand[] { new SurrenderBlocks(At()), new DetachNetwork(At()) })
            Refused(RefusalCodes.NetworkInUse, scene.Try(command), "network n has active endpoints", "name:\"web-1\" id:\"111111111111\"", "remove them first");

        scene.Release('1');

        Assert.Equal([new BlockSurrendered(At(), P("10.1.0.0/28"), 1), new BlockSurrendered(At(), P("10.1.0.16/28"), 2)], scene.Do(new SurrenderBlocks(At())));
        Assert.Empty(scene.Do(new SurrenderBlocks(At())));
        Assert.True(scene.State.IsAttached);
    }

    [Fact]
    public void Five_endpoints_are_named_and_the_rest_counted()
    {
        var scene = new HostNetworkScene(Small).With("10.1.0.0/28");
        foreach (var endpoint in "1234567")
            scene.Allocate(endpoint);
        var why = Refused(RefusalCodes.NetworkInUse, scene.Try(new DetachNetwork(At())), "web-1", "web-5", "and 2 more");
        Assert.DoesNotContain("web-6", why.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detached_network_leaves_nothing_and_can_be_attached_again()
    {
        var scene = new HostNetworkScene(Small).With("10.1.0.0/28");
        Assert.Equal([new BlockSurrendered(At(), P("10.1.0.0/28"), 1), new NetworkDetached(At())], scene.Do(new DetachNetwork(At())));
        Assert.Equal(HostNetworkDecider.Initial, scene.State);
        Assert.Empty(scene.Do(new DetachNetwork(At())));
        Assert.Single(scene.Do(new AttachNetwork(At(), Network('1'), Small, ParentLink.Given(Link("eth0")), Noon)));
    }
}
