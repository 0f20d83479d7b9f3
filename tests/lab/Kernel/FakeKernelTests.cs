using System.Globalization;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Tests.Unit.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Kernel;

/// <summary>The kernel that the unit tests trust in, side by side with the real one: same operations, same answers, same state.</summary>
[Collection("kernel")]
public sealed class FakeKernelTests : IDisposable
{
    private static readonly string Alias = Ownership.DummyAlias(KernelHost.Network);
    private static readonly LinkName Dummy = Ownership.DummyName(KernelHost.Network);
    private static readonly LinkName Sub = LinkName.Parse("eth0.10");
    private static readonly Prefix Block = Prefix.Parse("10.2.0.0/26");
    private readonly KernelHost _host = new();
    private readonly FakeKernel _fake = new();

    public void Dispose()
    {
        _host.Dispose();
        _fake.Dispose();
    }

    [KernelFact(Needs.Ipvlan | Needs.Vlan | Needs.Dummy)]
    public void The_fake_kernel_answers_as_the_real_one_does()
    {
        _fake.AddLink("eth0", "10.0.0.1/24", "2001:db8::1/64");
        _fake.AddLink("peer0");
        Sandbox[] real = [_host.AddSandbox("web"), _host.AddSandbox("two")];
        Sandbox[] fake = [.. real.Select(s => _fake.AddSandbox(s.Path))];

        Compare(real, fake, Ops);
    }

    [KernelFact(Needs.Ipvlan | Needs.Vlan | Needs.Dummy)]
    public void The_fake_kernel_answers_as_the_real_one_does_when_the_link_is_down()
    {
        _fake.AddLink("eth0", "10.0.0.1/24", "2001:db8::1/64");
        _fake.AddLink("peer0");
        _host.Do(new AddRoute(Peer("10.2.0.0/26", "10.0.0.2")), new AddRoute(Peer("2001:db8:2::/64", "2001:db8::2")));
        _fake.Apply([new AddRoute(Peer("10.2.0.0/26", "10.0.0.2")), new AddRoute(Peer("2001:db8:2::/64", "2001:db8::2"))]);
        _host.Ip("link set eth0 down");
        _fake.SetLink("eth0", false);
        Compare([], [], (_, _) =>
        [
            new AddRoute(Peer("10.2.0.0/26", "10.0.0.2")),
            new AddRoute(Peer("10.2.0.0/26", "fe80::2")),
            new AddRoute(Peer("10.2.0.0/26", "10.0.0.2") with { NextHop = null }),
            new AddRoute(Peer("2001:db8:2::/64", "2001:db8::2")),
            new AddRoute(Peer("2001:db8:2::/64", "fe80::2")),
            new AddRoute(Peer("2001:db8:2::/64", "fe80::2") with { NextHop = null }),
            new CreateVlan(Sub, KernelHost.Eth0, KernelHost.Vlan(10), Alias),
            new SetLinkUp(KernelHost.Eth0),
            new CreateVlan(Sub, KernelHost.Eth0, KernelHost.Vlan(10), Alias),
            new AddRoute(Peer("10.2.0.0/26", "10.0.0.2")),
        ]);
    }

    private static Route Peer(string prefix, string hop) =>
        Route.ToPeer(Prefix.Parse(prefix, CultureInfo.InvariantCulture), Ip.Parse(hop), KernelHost.Eth0);

    private void Compare(Sandbox[] real, Sandbox[] fake, Func<Sandbox, Sandbox, IEnumerable<KernelOp>> ops)
    {
        KernelOp[] For(Sandbox[] s) => [.. s.Length == 2 ? ops(s[0], s[1]) : ops(null!, null!)];
        var (realOps, fakeOps) = (For(real), For(fake));
        for (var i = 0; i < realOps.Length; i++)
        {
            var (truth, claim) = (_host.Apply(realOps[i]), _fake.Apply([fakeOps[i]])[0]);
            Assert.True(
                (truth?.Errno, truth?.Class) == (claim?.Errno, claim?.Class),
                $"operation {i}, {KernelWords.Of(realOps[i])}: the kernel says '{truth?.Text}', the fake '{claim?.Text}'");
            Assert.Equal(Comparable(truth), Comparable(claim));
            Assert.Equal(State(_host.Kernel, real), State(_fake, fake));
        }
    }

    private static IEnumerable<KernelOp> Ops(Sandbox web, Sandbox two)
    {
        var slave = KernelHost.Slave('b', web, "10.1.0.2/16", "2001:db8:1::2/64");
        var peer = Route.ToPeer(Block, Ip.Parse("10.0.0.2"), KernelHost.Eth0);
        return
        [
            new CreateDummy(Dummy, Alias),
            new CreateDummy(Dummy, Alias),
            new CreateVlan(Sub, KernelHost.Eth0, KernelHost.Vlan(10), Alias),
            new CreateVlan(Sub, KernelHost.Eth0, KernelHost.Vlan(11), Alias),
            new CreateVlan(LinkName.Parse("other"), KernelHost.Eth0, KernelHost.Vlan(10), Alias),
            new CreateVlan(LinkName.Parse("lo.1"), LinkName.Parse("lo"), KernelHost.Vlan(1), Alias),
            new CreateVlan(LinkName.Parse("nope.1"), LinkName.Parse("nope"), KernelHost.Vlan(1), Alias),
            new SetLinkUp(Sub),
            new SetLinkUp(LinkName.Parse("nope")),
            new PlugSlave(slave),
            new PlugSlave(slave),
            new PlugSlave(KernelHost.Slave('c', two, "10.1.0.2/16")),
            new PlugSlave(KernelHost.Slave('c', two, "10.1.0.3/16") with { Parent = LinkName.Parse("lo") }),
            new PlugSlave(KernelHost.Slave('c', two, "10.1.0.3/16") with { Parent = LinkName.Parse("nope") }),
            new PlugSlave(KernelHost.Slave('c', two, "10.1.0.3/16") with { Routes = [Route.Default(IpFamily.V4, Ip.Parse("192.0.2.1"), KernelHost.Eth0)] }),
            new PlugSlave(KernelHost.Slave('c', two, "10.1.0.3/16") with { Mtu = 1400 }),
            new RepairSlave(slave),
            new RepairSlave(KernelHost.Slave('d', two, "10.1.0.4/16")),
            new AddRoute(peer),
            new AddRoute(peer with { NextHop = Ip.Parse("10.0.0.3") }),
            new AddRoute(Route.ToPeer(Block, Ip.Parse("192.0.2.1"), KernelHost.Eth0) with { Metric = 1 }),
            new AddRoute(Route.ToPeer(Prefix.Parse("2001:db8:2::/64"), Ip.Parse("2001:db8:ffff::1"), KernelHost.Eth0)),
            new AddRoute(Route.ToPeer(Prefix.Parse("2001:db8:2::/64"), Ip.Parse("2001:db8::2"), KernelHost.Eth0)),
            new AddRoute(Route.ToPeer(Prefix.Parse("10.3.0.0/26"), Ip.Parse("fe80::2"), KernelHost.Eth0)),
            new AddRoute(Route.ToPeer(Block, Ip.Parse("10.0.0.2"), LinkName.Parse("nope"))),
            new AddRoute(Route.Unreachable(Prefix.Parse("10.1.0.0/26"), Ownership.BlockGuardMetric)),
            new DeleteRoute(peer with { Metric = 1 }),
            new DeleteRoute(peer),
            new DeleteRoute(peer),
            new UnplugSlave(slave.Network, slave.Endpoint, web),
            new UnplugSlave(slave.Network, slave.Endpoint, web),
            new UnplugSlave(slave.Network, slave.Endpoint, web with { Inode = 1 }),
            new DeleteLink(Sub, "another"),
            new DeleteLink(Sub, Alias),
            new DeleteLink(Sub, Alias),
            new DeleteLink(Dummy, Alias),
        ];
    }

    /// <summary>Words may differ in what the kernel adds to them; what was asked and the errno may not.</summary>
    private static string Comparable(KernelFault? fault) => fault is null ? "" : string.Join(": ", fault.Text.Split(": ")[..2]);

    private static string State(IKernel kernel, Sandbox[] sandboxes)
    {
        var seen = kernel.Observe(sandboxes);
        var names = seen.Links.ToDictionary(l => l.Index, l => l.Name.Value);
        string Text(ObservedLink l) => string.Create(
            CultureInfo.InvariantCulture, $"{l.Name} {l.Kind} '{l.Alias}' on {Parent(l)} mtu {l.Mtu} up {l.Up} {l.Vlan} {l.Mode} {l.Flag}");
        string Parent(ObservedLink l) => l.Kind is "vlan" or "ipvlan" ? names.GetValueOrDefault(l.ParentIndex, "?") : "";
        string Slave(ObservedSlave s) =>
            $"{Text(s.Link)} {Sorted(s.Addresses.Select(a => a.ToString()))} {Sorted(s.Routes.Select(r => r.ToString()))} ipv6 {s.Ipv6}";
        var links = seen.Links.Where(l => !l.IsLoopback && l.Kind != "veth" && l.Name != KernelHost.Eth0 && l.Name.Value != "peer0").Select(Text);
        var boxes = seen.Sandboxes.Select(s => $"{s.Exists} {Sorted(s.Slaves.Select(Slave))}");
        return $"{Sorted(links)}\n{Sorted(seen.Routes.Select(r => r.ToString()))}\n{string.Join("\n", boxes)}";
    }

    private static string Sorted(IEnumerable<string> lines) => string.Join("; ", lines.Order(StringComparer.Ordinal));
}
