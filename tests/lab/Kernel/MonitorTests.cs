using System.Collections.Concurrent;
using System.Globalization;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using Xunit;

namespace IpvlanActors.Tests.Lab.Kernel;

[Collection("kernel")]
public sealed class MonitorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly KernelHost _host = new();
    private readonly BlockingCollection<KernelChanges> _heard = [];

    public void Dispose()
    {
        _host.Dispose();
        _heard.Dispose();
    }

    [KernelFact]
    public void Changes_by_others_are_heard_for_what_they_are()
    {
        using var watch = _host.Kernel.Watch(_heard.Add);
        _host.Ip("link set eth0 alias hello");
        Assert.Equal(KernelChanges.Links, Next());
        _host.Ip("addr add 10.9.0.1/32 dev lo");
        Assert.Equal(KernelChanges.Addresses, Next() & KernelChanges.Addresses);
        _host.Ip("route add unreachable 10.2.0.0/26 proto 213 metric 4214");
        Assert.Equal(KernelChanges.Routes, Next());
        _host.Ip("-6 route add unreachable 2001:db8:2::/64 proto 213 metric 4214");
        Assert.Equal(KernelChanges.Routes, Next());
    }

    [KernelFact]
    public void Routes_of_others_are_not_heard()
    {
        using var watch = _host.Kernel.Watch(_heard.Add);
        _host.Ip("route add 10.2.0.0/26 via 10.0.0.2 proto 77");
        _host.Ip("link set eth0 alias end");
        Assert.Equal(KernelChanges.Links, Next());
    }

    [KernelFact]
    public void Of_a_slave_in_another_namespace_its_parent_tells()
    {
        var web = _host.AddSandbox("web");
        using var watch = _host.Kernel.Watch(_heard.Add);
        _host.Ip("link set eth0 alias known");
        Assert.Equal(KernelChanges.Links, Next());
        var slave = KernelHost.Slave('b', web, "10.1.0.2/16");
        _host.Do(new PlugSlave(slave));
        Assert.Equal(KernelChanges.Slaves, Next());
        _host.Do(new UnplugSlave(slave.Network, slave.Endpoint, web));
        Assert.Equal(KernelChanges.Slaves, Next());
    }

    [KernelFact]
    public void A_crowd_of_changes_is_told_a_few_times_only()
    {
        using var watch = _host.Kernel.Watch(_heard.Add);
        AddRoutes(1000);
        _host.Ip("link set eth0 alias end");
        var calls = 1;
        while (!Next().HasFlag(KernelChanges.Links))
            calls++;
        Assert.InRange(calls, 1, 200);
    }

    [KernelFact]
    public void After_an_overrun_anything_may_have_changed()
    {
        using var gate = new ManualResetEventSlim();
        using var watch = _host.Kernel.Watch(
            changes =>
            {
                _heard.Add(changes);
                gate.Wait(Patience);
            },
            receiveBuffer: 2304);
        _host.Ip("link set eth0 alias begin");
        Assert.Equal(KernelChanges.Links, Next());
        AddRoutes(2000);
        gate.Set();
        Assert.Equal(KernelChanges.All, Next());
        _host.Ip("link set eth0 alias still-listening");
        Assert.True(Next().HasFlag(KernelChanges.Links));
    }

    [KernelFact]
    public void After_disposal_nothing_is_heard()
    {
        var watch = _host.Kernel.Watch(_heard.Add);
        watch.Dispose();
        watch.Dispose();
        _host.Ip("link set eth0 alias unheard");
        Assert.False(_heard.TryTake(out _, TimeSpan.FromMilliseconds(100)));
    }

    private KernelChanges Next() => _heard.TryTake(out var changes, Patience)
        ? changes
        : throw new TimeoutException("Nothing was heard.");

    private void AddRoutes(int count) => _host.Do([.. Enumerable.Range(0, count).Select(i => new AddRoute(
        Route.Unreachable(Prefix.Parse($"10.{16 + (i / 256)}.{i % 256}.0/26", CultureInfo.InvariantCulture), Ownership.BlockGuardMetric)))]);
}
