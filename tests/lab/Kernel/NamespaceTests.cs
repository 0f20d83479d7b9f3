using System.Diagnostics;
using System.Globalization;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Namespaces;
using Xunit;

namespace IpvlanActors.Tests.Lab.Kernel;

[Collection("kernel")]
public sealed class NamespaceTests : IDisposable
{
    private readonly KernelHost _host = new();

    public void Dispose() => _host.Dispose();

    [KernelFact]
    public void A_path_is_identified_by_what_it_leads_to()
    {
        var web = _host.AddSandbox("web");
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), web.BootId);
        Assert.Equal(Inode(web.Path), web.Inode);
        Assert.NotEqual(_host.Kernel.HostNamespace.Inode, web.Inode);
        Assert.Equal(Inode(_host.Path), _host.Kernel.HostNamespace.Inode);
    }

    [KernelFact]
    public void A_path_that_leads_to_no_network_namespace_is_refused()
    {
        Assert.Equal(FaultClass.NotFound, _host.Kernel.Identify("/run/netns/no-such").Fault!.Class);
        Assert.Equal(FaultClass.Invalid, _host.Kernel.Identify("/etc/hostname").Fault!.Class);
        Assert.Equal(FaultClass.Invalid, _host.Kernel.Identify("/proc/self/ns/mnt").Fault!.Class);
    }

    [KernelFact]
    public void The_caller_and_the_kernel_stay_where_they_are()
    {
        var web = _host.AddSandbox("web");
        var before = Inode("/proc/thread-self/ns/net");
        Assert.True(_host.Kernel.Observe([web]).Sandboxes[0].Exists);
        Assert.Equal(before, Inode("/proc/thread-self/ns/net"));
        Assert.NotNull(_host.Kernel.Observe([]).Link(KernelHost.Eth0));
    }

    [KernelFact]
    public void The_visiting_thread_survives_work_that_throws()
    {
        var web = _host.AddSandbox("web");
        using var home = NetworkNamespace.Open(_host.Path);
        using var there = NetworkNamespace.Open(web.Path);
        using var thread = new NamespaceThread(home);
        Assert.Throws<InvalidOperationException>(() => thread.Run<int>(there, () => throw new InvalidOperationException("on purpose")));
        Assert.Equal(web.Inode, thread.Run(there, () => Inode("/proc/thread-self/ns/net")));
        Assert.Equal(home.Inode, thread.Run(home, () => Inode("/proc/thread-self/ns/net")));
    }

    [KernelFact]
    public void A_thread_that_cannot_come_home_does_no_more_work()
    {
        var web = _host.AddSandbox("web");
        using var there = NetworkNamespace.Open(web.Path);
        var home = NetworkNamespace.Open(_host.Path);
        using var thread = new NamespaceThread(home);
        thread.Run(there, () =>
        {
            home.Dispose();
            return 0;
        });
        var worked = false;
        Assert.ThrowsAny<IOException>(() => thread.Run(there, () => worked = true));
        Assert.False(worked);
    }

    [KernelFact]
    public void A_path_that_leads_to_another_namespace_by_now_is_not_touched()
    {
        var old = _host.AddSandbox("web");
        // held open, or the kernel might give the same inode again
        using var held = NetworkNamespace.Open(old.Path);
        _host.RemoveSandbox(old);
        var now = _host.AddSandbox("web");
        Assert.NotEqual(old.Inode, now.Inode);
        AssertGone(old);
        Assert.Empty(_host.LinksOf(now));
    }

    [KernelFact]
    public void A_sandbox_of_an_earlier_boot_is_not_touched()
    {
        var web = _host.AddSandbox("web");
        AssertGone(web with { BootId = "00000000-0000-0000-0000-000000000000" });
    }

    [KernelFact(Needs.Ipvlan)]
    public void A_namespace_is_found_by_a_process_in_it()
    {
        var web = _host.AddSandbox("web");
        using var process = Process.Start("ip", ["netns", "exec", KernelWords.NameOf(web), "sleep", "60"]);
        try
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/ns/net");
            Assert.True(SpinWait.SpinUntil(() => Inode(path) == web.Inode, TimeSpan.FromSeconds(10)));
            var slave = KernelHost.Slave('b', _host.Identify(path), "10.1.0.2/16");
            _host.Do(new PlugSlave(slave));
            Assert.Equal(["eth0"], _host.LinksOf(web));
            _host.Do(new UnplugSlave(slave.Network, slave.Endpoint, slave.Sandbox));
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }

        Assert.Empty(_host.LinksOf(web));
    }

    private void AssertGone(Sandbox sandbox)
    {
        var slave = KernelHost.Slave('b', sandbox, "10.1.0.2/16");
        KernelOp[] ops = [new PlugSlave(slave), new RepairSlave(slave), new UnplugSlave(slave.Network, slave.Endpoint, sandbox)];
        foreach (var fault in _host.Kernel.Apply(ops))
        {
            Assert.Equal((Errno.ENOENT, FaultClass.NotFound), (fault!.Errno, fault.Class));
            Assert.Contains($"namespace {sandbox.Inode} at {sandbox.Path}", fault.Text, StringComparison.Ordinal);
        }

        Assert.False(_host.Kernel.Observe([sandbox]).Sandboxes[0].Exists);
    }

    private static ulong Inode(string path)
    {
        using var opened = NetworkNamespace.Open(path);
        return opened.Inode;
    }
}
