using Xunit;

namespace IpvlanActors.Tests.Lab.Kernel;

[Collection("kernel")]
public sealed class ProbeTests : IDisposable
{
    private readonly KernelHost _host = new();

    public void Dispose() => _host.Dispose();

    [KernelFact]
    public void What_is_missing_is_said_with_the_way_out()
    {
        var abilities = _host.Kernel.Probe();
        bool[] each = [abilities.Ipvlan, abilities.Vlan, abilities.Dummy];
        Assert.Equal(each.Count(can => !can), abilities.Problems.Length);
        Assert.All(abilities.Problems, p => Assert.Contains("modprobe", p, StringComparison.Ordinal));
    }

    [KernelFact(Needs.Ipvlan | Needs.Vlan | Needs.Dummy)]
    public void A_kernel_with_everything_has_no_problems() => Assert.Empty(_host.Kernel.Probe().Problems);

    [KernelFact]
    public void A_probe_leaves_nothing_behind()
    {
        _host.Kernel.Probe();
        Assert.Equal(["eth0", "peer0"], _host.LinksOf());
    }
}
