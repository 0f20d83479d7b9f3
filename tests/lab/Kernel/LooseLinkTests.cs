using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using Xunit;

namespace IpvlanActors.Tests.Lab.Kernel;

/// <summary>Links that a container runtime moves: they keep their mark wherever they go.</summary>
[Collection("kernel")]
public sealed class LooseLinkTests : IDisposable
{
    private readonly KernelHost _host = new();

    public void Dispose() => _host.Dispose();

    [KernelFact(Needs.Ipvlan)]
    public void It_is_made_down_and_marked_and_keeps_the_mark_when_it_is_moved()
    {
        var slave = new LooseSlave(KernelHost.Network, EndpointId.Parse(new('e', 32)), KernelHost.Eth0, IpvlanMode.L3, IpvlanFlag.Bridge, 1400);
        _host.Do(new CreateLoose(slave));
        Assert.Null(_host.Apply(new CreateLoose(slave))?.Text); // there already
        var made = Assert.Single(_host.Kernel.Observe([]).Links, l => l.Kind == "ipvlan");
        Assert.Equal((slave.Name, slave.Alias, 1400, false, IpvlanMode.L3), (made.Name, made.Alias, made.Mtu, made.Up, made.Mode!.Value));

        var sandbox = _host.AddSandbox("c1");
        _host.Ip($"link set {slave.Name} netns {KernelWords.NameOf(sandbox)}");
        _host.Ip($"link set {slave.Name} name eth0", sandbox);
        Assert.Equal(slave.Alias, Assert.Single(_host.Kernel.Observe([sandbox]).Sandboxes[0].Slaves).Link.Alias);
        Assert.Equal(FaultClass.NotFound, _host.Apply(new DeleteLink(slave.Name, slave.Alias))!.Class);
        _host.Do(new UnplugSlave(slave.Network, slave.Endpoint, sandbox));
        Assert.Empty(_host.LinksOf(sandbox));
    }

    [KernelFact(Needs.Ipvlan)]
    public void What_cannot_be_made_leaves_nothing()
    {
        var slave = new LooseSlave(KernelHost.Network, EndpointId.Parse(new('e', 32)), LinkName.Parse("nope"), IpvlanMode.L2, IpvlanFlag.Bridge, null);
        Assert.Equal(FaultClass.NotFound, _host.Apply(new CreateLoose(slave))!.Class);
        Assert.Equal(FaultClass.Invalid, _host.Apply(new CreateLoose(slave with { Parent = LinkName.Parse("lo") }))!.Class);
        Assert.Equal(["eth0", "peer0"], _host.LinksOf()); // as before
    }
}
