using IpvlanActors.Domain.Kernel;
using Xunit;

namespace IpvlanActors.Tests.Unit.Cni;

/// <summary>Many at once, as when a node of a cluster comes back, with a kernel that refuses at random.</summary>
public sealed class ParallelTests : IAsyncLifetime
{
    private const int Containers = 200;
    private CniNode _cni = null!;

    public async Task InitializeAsync() => _cni = await CniNode.Start();

    public Task DisposeAsync() => _cni.DisposeAsync().AsTask();

    [Fact]
    public async Task Two_hundred_ADDs_and_DELs_at_once_with_faults_leave_nothing()
    {
        var names = Enumerable.Range(0, Containers).Select(n => _cni.Host.Container($"c{n}")).ToArray();
        var before = _cni.Host.Kernel.ToString();
        for (var n = 0; n < Containers / 5; n++)
            _cni.Host.Kernel.FailNext(static op => op is PlugSlave or UnplugSlave, Errno.Fault(Errno.EBUSY, "injected"));

        // the network is made by whichever comes first; some are killed in the midst, and deleted as a runtime would
        var added = await Task.WhenAll(names.Select(n => _cni.Add(_cni.Conf(), n)));
        var addresses = added.Where(a => a.Exit == 0).Select(a => (string)a.Result()["ips"]![0]!["address"]!).ToList();
        Assert.Equal(addresses.Count, addresses.Distinct().Count());
        Assert.All(added.Where(a => a.Exit != 0), a => Assert.Contains("injected", a.Error().Text, StringComparison.Ordinal));
        Assert.Equal(addresses.Count, _cni.Node.View.Endpoints.Count);
        Assert.InRange(addresses.Count, Containers * 3 / 4, Containers);
        await _cni.Node.Agrees();

        await Task.WhenAll(names.Select((n, i) => i % 2 == 0 ? Delete(n) : Task.CompletedTask));
        await Task.WhenAll(names.Select((n, i) => i % 2 == 0 ? _cni.Add(_cni.Conf(), n) : Delete(n)));
        await Task.WhenAll(names.Select(Delete));
        Assert.Empty(_cni.Node.View.Endpoints);
        Assert.All(_cni.Node.View.Networks.Values, n => Assert.Empty(n.Holders));
        await _cni.Node.Agrees();
        Assert.Equal(before, _cni.Host.Kernel.ToString());
    }

    /// <summary>Until it succeeds, as a runtime does.</summary>
    private async Task Delete(string container)
    {
        while ((await _cni.Delete(_cni.Conf(), container)).Exit != 0)
            await Task.Delay(10);
    }
}
