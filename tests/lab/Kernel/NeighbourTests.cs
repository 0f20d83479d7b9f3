using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using Xunit;

namespace IpvlanActors.Tests.Lab.Kernel;

[Collection("kernel")]
public sealed class NeighbourTests : IDisposable
{
    private const string Mac = "02:00:00:00:00:02";
    private readonly KernelHost _host = new();

    public void Dispose() => _host.Dispose();

    [KernelFact]
    public void What_the_kernel_takes_for_known_it_is_made_to_ask()
    {
        foreach (var address in new[] { "10.0.0.2", "fe80::2" })
        {
            _host.Ip($"neigh add {address} lladdr {Mac} dev eth0 nud reachable");
            Assert.Equal(NeighbourState.Reachable, Look(address));
            var shown = _host.Ip($"neigh show {address}");
            Assert.Matches($"{Mac}.* (PROBE|FAILED)", shown);
            // nobody is there
            Assert.Contains(Look(address), new[] { NeighbourState.Asked, NeighbourState.Failed });
            Assert.True(SpinWait.SpinUntil(() => Look(address) == NeighbourState.Failed, TimeSpan.FromSeconds(60)));
        }
    }

    [KernelFact]
    public void What_others_have_set_and_what_nobody_knows_stays_as_it_is()
    {
        _host.Ip($"neigh add 10.0.0.2 lladdr {Mac} dev eth0 nud permanent");
        Assert.Equal(NeighbourState.Fixed, Look("10.0.0.2"));
        Assert.Equal(NeighbourState.Unproven, Look("10.0.0.3"));
        Assert.Equal(NeighbourState.Unproven, Assert.Single(_host.Kernel.Neighbours([new(Ip.Parse("10.0.0.2"), LinkName.Parse("nope"))])));
        Assert.Contains("PERMANENT", _host.Ip("neigh show 10.0.0.2"), StringComparison.Ordinal);
        Assert.Empty(_host.Ip("neigh show 10.0.0.3"));
    }

    private NeighbourState Look(string address) => Assert.Single(_host.Kernel.Neighbours([new(Ip.Parse(address), KernelHost.Eth0)]));
}
