using IpvlanActors.Tests.Lab.Support;
using IpvlanActors.Tests.Lab.TwoHosts;
using Xunit;

namespace IpvlanActors.Tests.Lab.Crash;

/// <summary>
/// <c>kill -9</c> at each named point that takes two hosts to reach: one of them lends, gives back, leaves, is forgotten, or
/// returns. After the restart it comes out as it would have without; asked again it is done; and nobody gives out what
/// another has. The same two hosts for all, which is also a test: each begins with what the one before has left.
/// </summary>
public sealed class TwoHostKillTests(TwoHostKillTests.Quick pair) : IClassFixture<TwoHostKillTests.Quick>, IAsyncLifetime
{
    private const string Words = "--subnet=10.80.0.0/24 -o parent=eth0 -o ipvlan_mode=l3 -o block_size=28 net";
    private const int Killed = 137;

    public static TheoryData<string> LeaveCluster => CrashPoints.LeaveCluster;

    public static TheoryData<string> Forget => CrashPoints.Forget;

    public static TheoryData<string> Fence => CrashPoints.Fence;

    public static TheoryData<string> Lend => CrashPoints.Lend;

    public static TheoryData<string> GiveBack => CrashPoints.GiveBack;

    private LabHost H1 => pair.H1;

    private LabHost H2 => pair.H2;

    /// <summary>A container on each, so that each has a block.</summary>
    public async Task InitializeAsync()
    {
        if (Machine.Missing is not null)
            return;
        if (!(await H1.Ctl.Networks()).Any())
            await H1.Create(Words);
        await Eventually.Holds(async () => Assert.Single(await H2.Ctl.Networks()), seconds: 20, H1, H2);
        foreach (var host in new[] { H1, H2 })
            await Joined(host, "net");
    }

    public async Task DisposeAsync()
    {
        if (Machine.Missing is not null)
            return;
        foreach (var host in new[] { H1, H2 })
        {
            foreach (var endpoint in await host.Ctl.Endpoints())
                await host.Ctl.Must($"endpoint rm {endpoint.Id}");
            foreach (var container in host.Containers.ToArray())
                await host.Forget(container);
        }
    }

    [LabTheory]
    [MemberData(nameof(Lend))]
    public async Task Killed_while_an_address_is_lent(string point)
    {
        var victim = point == "loan.lent-out" ? H2 : H1;
        var address = await FreeIn(H2, 13);
        victim.Daemon.DieAt(point);
        var container = await H1.NewContainer();
        await H1.Ctl.Type(LabHost.JoinLine(container, $"net --ip={address}"));

        await ComesBack(victim);

        H1.Joined(container, await Eventual(H1, LabHost.JoinLine(container, $"net --ip={address}")));
        Assert.Equal([$"{address}/24"], (await container.Look()).Link("eth0").Global);
        await Refused(H2, address);
        await Agree();
    }

    [LabTheory]
    [MemberData(nameof(GiveBack))]
    public async Task Killed_while_an_address_goes_back(string point)
    {
        var victim = point == "block-release.surrendered" ? H2 : H1;
        var address = await FreeIn(H1, 12);
        var container = await Joined(H2, $"net --ip={address}");
        victim.Daemon.DieAt(point);
        await H2.Ctl.Must($"endpoint rm {container.Id}");

        await ComesBack(victim);

        await Eventually.Holds(async () => Assert.DoesNotContain((await H1.Ctl.Network("net")).Blocks, b => b.Block == $"{address}/32"), seconds: 20, H1, H2);
        await Joined(H1, $"net --ip={address}");
        await Agree();
    }

    [LabTheory]
    [MemberData(nameof(Forget))]
    public async Task Killed_while_it_forgets_a_host(string point)
    {
        await Dies(H2);
        H1.Daemon.DieAt(point);
        await H1.Ctl.Type("cluster forget h2");

        await ComesBack(H1, alone: true);

        await Eventual(H1, "cluster forget h2");
        Assert.DoesNotContain((await H1.Ctl.Network("net")).Blocks, b => b.Host == "h2");
        await Returns();
        await Joined(H2, "net");
        await Agree();
    }

    [LabTheory]
    [MemberData(nameof(Fence))]
    public async Task Killed_while_it_learns_that_it_was_forgotten(string point)
    {
        await Dies(H2);
        await Eventual(H1, "cluster forget h2");
        H2.Daemon.DieAt(point);
        await H2.Daemon.Start(crashAt: point);

        await ComesBack(H2);

        await Eventually.Holds(
            async () =>
            {
                Assert.DoesNotContain(await H2.Ctl.Endpoints(), e => e.State == "joined");
                foreach (var container in H2.Containers)
                    Assert.Equal(["lo"], (await container.Look()).Links.Select(l => l.Name));
            },
            seconds: 20, H1, H2);
        await Agree();
    }

    [LabTheory]
    [MemberData(nameof(LeaveCluster))]
    public async Task Killed_while_it_leaves(string point)
    {
        foreach (var container in H2.Containers.ToArray())
            await H2.Stop(container);
        H2.Daemon.DieAt(point);
        await H2.Ctl.Type("cluster leave");

        await ComesBack(H2);

        await Eventual(H2, "cluster leave");
        Assert.DoesNotContain((await H1.Ctl.Network("net")).Blocks, b => b.Host == "h2");
        await H2.Daemon.Stop();
        await Returns();
        await Joined(H2, "net");
        await Agree();
    }

    /// <summary>Its containers go on.</summary>
    private async Task Dies(LabHost host)
    {
        await host.Daemon.Kill();
        var other = host == H1 ? H2 : H1;
        await Eventually.Holds(async () => Assert.Contains((await other.Ctl.Cluster()).Members, m => m is { Reachable: false }), seconds: 20, H1, H2);
    }

    private async Task ComesBack(LabHost victim, bool alone = false)
    {
        Assert.Equal(Killed, await victim.Daemon.Ended(seconds: 20));
        await victim.Daemon.Start();
        if (!alone)
            await pair.Met();
    }

    private async Task Returns()
    {
        await H2.Daemon.Start();
        await pair.Met();
    }

    /// <summary>An address of a block of this host's.</summary>
    private static async Task<string> FreeIn(LabHost host, uint number)
    {
        var blocks = (await host.Ctl.Network("net")).Blocks.Where(b => b.Host == host.Daemon.Config.Host && b.Block.EndsWith("/28", StringComparison.Ordinal));
        return Domain.Addressing.Prefix.Parse(blocks.First().Block).First.Offset(number).ToString();
    }

    /// <summary>What is refused because the other host is on its way back is asked again.</summary>
    private async Task<string> Eventual(LabHost host, string line)
    {
        var said = new Said("", Ctl.Unreachable, "", "");
        await Eventually.Holds(async () => Assert.True((said = await host.Ctl.Type(line)).Code == Ctl.Done, said.ToString()), seconds: 20, H1, H2);
        return said.Out.Trim();
    }

    private async Task<Container> Joined(LabHost host, string words)
    {
        var container = await host.NewContainer();
        return host.Joined(container, await Eventual(host, LabHost.JoinLine(container, words)));
    }

    private static async Task Refused(LabHost host, string address)
    {
        var container = await host.NewContainer();
        var said = await host.Ctl.Type(LabHost.JoinLine(container, $"net --ip={address}"));
        Assert.Equal(Ctl.Refused, said.Code);
        Assert.Contains(address, said.Err, StringComparison.Ordinal);
    }

    private async Task Agree()
    {
        await Agreement.MustHold(H1);
        await Agreement.MustHold(H2);
        var all = await Task.WhenAll(H1.Containers.Concat(H2.Containers).Select(async c => (await c.Look()).Links.SelectMany(l => l.Global).ToArray()));
        Assert.Equal(all.Sum(a => a.Length), all.SelectMany(a => a).Distinct().Count());
        foreach (var host in new[] { H1, H2 })
            (await host.Ctl.Journal("verify")).Must();
    }

    /// <summary>What was given back rests for a moment only.</summary>
    public sealed class Quick : Pair
    {
        protected override string More => "addresses { rest = 1s, block-rest = 1s }";
    }
}
