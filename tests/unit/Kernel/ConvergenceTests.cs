using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Kernel;

/// <summary>
/// The kernel ends the same whatever the way there: the scenarios reversed, split, squashed, with steps that do nothing,
/// after any single fault, and out of any disorder (Felix's state expanders and fail flags).
/// </summary>
public class ConvergenceTests
{
    private static readonly Action<KernelScene>[] Attach =
    [
        s => s.Attach('1', "parent=eth0.10 ipvlan_mode=l3 mtu=1400", ParentLink.SubInterface(Link("eth0.10"), Link("eth0"), Vlan(10))),
        s => s.Attach('2', "parent=eth0.10 ipvlan_mode=l3", ParentLink.SubInterface(Link("eth0.10"), Link("eth0"), Vlan(10))),
        s => s.Attach('3', ""),
        s => s.Attach('4', "parent=eth1"),
        s => s.Attach('5', "parent=vif parent_in=container ipvlan_mode=l3"),
        s => s.PeerRoutes.Add(Route.ToPeer(P("10.1.0.64/26"), I("10.0.0.2"), Link("eth0"))),
        s => s.PeerRoutes.Add(Route.ToPeer(P("2001:db8:1000::40/122"), I("2001:db8:1::2"), Link("eth0"))),
    ];

    private static readonly Action<KernelScene>[] Join =
    [
        s => s.Join('1', '5'),
        s => s.Join('1', '6', ipv6: false),
        s => s.Join('2', '7'),
        s => s.Join('3', '8'),
        s => s.Join('4', '9', "shared"),
        s => s.Join('3', 'a', "shared"),
        s => s.Join('5', 'b', "with-vif", parent: "vif"),
        s => s.Join('5', 'c', "with-vif-too", parent: "vif"),
    ];

    private static readonly Action<KernelScene>[] Undo =
    [
        s => s.Leave('5'),
        s => s.Leave('8'),
        s => s.Leave('a'),
        s => s.Leave('7'),
        s => s.Leave('b'),
        s => s.Detach('3'),
        s => s.Detach('2'),
        s => s.PeerRoutes.RemoveAt(0),
    ];

    private static readonly string Forward = Run([.. Attach, .. Join, .. Undo], each: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public void The_way_there_in_any_strides(int each) => Assert.Equal(Forward, Run([.. Attach, .. Join, .. Undo], each));

    [Fact]
    public void The_way_there_in_another_order() => Assert.Equal(
        Forward, Run([.. Attach.Reverse(), .. Join.Reverse(), .. Undo.Take(5).Reverse(), .. Undo.Skip(5).Take(2).Reverse(), s => s.PeerRoutes.RemoveAll(r => r.NextHop == I("10.0.0.2"))], 1));

    [Fact]
    public void The_way_there_with_steps_that_change_nothing() =>
        Assert.Equal(Forward, Run([.. Attach.Concat(Join).Concat(Undo).SelectMany(step => new[] { step, _ => { } })], 1));

    [Fact]
    public void The_way_there_by_way_of_nothing() => Assert.Equal(
        Forward, Run([.. Attach.Concat(Join).Concat(Undo).SelectMany(step => new[] { step, Emptied })], 1));

    [Fact]
    public void There_and_back_leaves_what_was_before() => Assert.Equal(
        Nothing(),
        Run([.. Attach, .. Join, .. Undo, s => s.Leave('6'), s => s.Leave('9'), s => s.Detach('1'), s => s.Detach('4'), s => s.Leave('c'), s => s.Detach('5'), s => s.PeerRoutes.Clear()], 1));

    [Fact]
    public void One_pass_is_enough_when_nobody_interferes()
    {
        var scene = new KernelScene();
        foreach (var step in Attach.Concat(Join).Concat(Undo))
        {
            step(scene);
            Assert.InRange(scene.Reconcile(), 0, 1);
            Assert.Empty(scene.Kernel.Refused);
        }
    }

    [Theory]
    [InlineData(Errno.EEXIST)]
    [InlineData(Errno.ENODEV)]
    [InlineData(Errno.EBUSY)]
    [InlineData(Errno.EPERM)]
    [InlineData(Errno.EOPNOTSUPP)]
    [InlineData(Errno.ENETDOWN)]
    [InlineData(Errno.ENOBUFS)]
    [InlineData(Errno.EINVAL)]
    public void Any_single_fault_is_made_good(int errno)
    {
        var whole = Faulty(-1, errno);
        for (var n = 0; n < whole.Attempts; n++)
            Assert.Equal((n, whole.Text), (n, Faulty(n, errno).Text));
    }

    [Fact]
    public void Every_class_of_fault_is_swept() => Assert.Equal(
        Enum.GetValues<FaultClass>(),
        new[] { Errno.EEXIST, Errno.ENODEV, Errno.EBUSY, Errno.EPERM, Errno.EOPNOTSUPP, Errno.ENETDOWN, Errno.ENOBUFS, Errno.EINVAL }.Select(Errno.ClassOf));

    [Fact]
    public void Any_disorder_is_put_right_and_what_is_not_ours_stays()
    {
        Action<KernelScene>[] disorder =
        [
            s => s.Kernel.SetLink("eth0", up: false),
            s => s.Kernel.SetLink("eth0", up: true),
            s => Try(() => s.Kernel.RemoveLink("eth0.10")),
            s => Try(() => s.Kernel.RemoveLink("di-333333333333")),
            s => Try(() => s.Kernel.SetLink("di-333333333333", up: false)),
            s => Try(() => s.Kernel.SetLink("eth0.10", up: false)),
            s => Try(() => s.Kernel.RemoveSandboxLink("/run/netns/c6", "eth1")),
            s => Try(() => s.Kernel.RemoveSandboxLink("/run/netns/shared", "eth4")),
            s => s.Kernel.RemoveSandboxRoute("/run/netns/c6", Route.Default(IpFamily.V4, null, Link("eth1"))),
            s => s.Kernel.RemoveRoute(Route.Unreachable(P("10.1.0.0/16"), Ownership.PoolGuardMetric)),
            s => s.Kernel.RemoveRoute(Route.Unreachable(P("10.1.0.0/26"), Ownership.BlockGuardMetric)),
            s => Try(() => s.Kernel.AddRoute(Route.Unreachable(P("10.66.0.0/16"), Ownership.PoolGuardMetric))),
            s => s.Kernel.Apply([new CreateVlan(Link("eth0.66"), Link("eth0"), Vlan(66), Ownership.VlanAlias)]),
            s => s.Kernel.Apply([new CreateDummy(Link("di-666666666666"), Ownership.DummyAlias(Network('6')))]),
            s => s.Kernel.Apply(s.Delta().Ops),
        ];
        Action<KernelScene>[] all = [.. Attach, .. Join, .. Undo];
        Gen.Int[0, disorder.Length - 1].Array[1, 12].Sample(steps =>
        {
            var scene = Scene(all);
            foreach (var step in steps)
                disorder[step](scene);
            scene.Kernel.SetLink("eth0", up: true);
            if (!scene.Observe().Addresses.Any(a => a.Address.ToString() == "2001:db8:1::1/64"))
                scene.Kernel.AddAddress("eth0", "2001:db8:1::1/64");
            scene.Reconcile();
            Assert.Empty(scene.Delta().Ops);
            Assert.Equal(WithoutForeignRoute(Forward), WithoutForeignRoute(scene.Kernel.ToString()));
        }, iter: 150, threads: 1);
    }

    private static void Emptied(KernelScene scene)
    {
        var (view, routes) = (scene.View, scene.PeerRoutes.ToArray());
        // its journal forgets all but that there were endpoints, so that their sandboxes are looked at
        foreach (var endpoint in view.Endpoints.Values.Where(e => e.IsJoined))
            scene.View = scene.View with { Endpoints = scene.View.Endpoints.SetItem(endpoint.Endpoint, endpoint with { Stage = Domain.Endpoints.EndpointStage.Left }) };
        scene.View = scene.View with { Networks = scene.View.Networks.Clear() };
        scene.PeerRoutes.Clear();
        scene.Reconcile();
        Assert.DoesNotContain("ipvland:", scene.Kernel.ToString(), StringComparison.Ordinal);
        scene.View = view;
        scene.PeerRoutes.AddRange(routes);
    }

    private static string Run(Action<KernelScene>[] steps, int each)
    {
        var scene = new KernelScene();
        foreach (var stride in steps.Chunk(each))
        {
            foreach (var step in stride)
                step(scene);
            scene.Reconcile();
        }

        return scene.Kernel.ToString();
    }


    private static KernelScene Scene(Action<KernelScene>[] steps)
    {
        var scene = new KernelScene();
        foreach (var step in steps)
            step(scene);
        scene.Reconcile();
        return scene;
    }

    /// <summary>All at once, then all undone, with one operation refused once.</summary>
    private static (string Text, int Attempts) Faulty(int n, int errno)
    {
        var scene = new KernelScene();
        if (n >= 0)
            scene.Kernel.FailAt(n, Errno.Fault(errno, "injected"));
        foreach (var step in Attach.Concat(Join))
            step(scene);
        scene.Reconcile();
        foreach (var step in Undo)
            step(scene);
        scene.Reconcile();
        return (scene.Kernel.ToString(), scene.Kernel.Attempts);
    }

    private static string Nothing()
    {
        var scene = new KernelScene();
        foreach (var sandbox in new[] { "c5", "c6", "c7", "c8", "shared" })
            scene.Kernel.AddSandbox($"/run/netns/{sandbox}");
        foreach (var sandbox in new[] { "with-vif", "with-vif-too" })
        {
            scene.Kernel.AddSandbox($"/run/netns/{sandbox}");
            scene.Kernel.AddSandboxLink($"/run/netns/{sandbox}", "vif");
        }

        return scene.Kernel.ToString();
    }

    // it went down with its link, and it is not for us to bring it back
    private static string WithoutForeignRoute(string text) => text.Replace("ip route add 10.99.0.0/16 via 10.0.0.254 dev eth0 proto 4\n", "", StringComparison.Ordinal);

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // it is gone already
        }
    }
}
