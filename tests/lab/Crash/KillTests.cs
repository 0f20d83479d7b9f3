using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Crash;

/// <summary>
/// <c>kill -9</c> at each named point of create, join, leave and rm. After the restart journal and kernel agree, whichever
/// side of the decision the command fell on; asked again it comes out the same; and once all is removed nothing is left.
/// </summary>
public class KillTests(KillTests.Wires wires) : IClassFixture<KillTests.Wires>, IAsyncLifetime
{
    private const string CreateWords =
        "network create --subnet=192.168.110.0/24 --subnet=2001:db8:abc6::/64 -o parent=eth0.50 -o ipvlan_mode=l3 net";

    private readonly LabHost _host = LabHost.On(wires.Host, new("h1"));

    public static TheoryData<string> Create => CrashPoints.Create;

    public static TheoryData<string> Join => CrashPoints.Join;

    public static TheoryData<string> Leave => CrashPoints.Leave;

    public static TheoryData<string> Remove => CrashPoints.Remove;

    /// <summary>Things of others that look a little like ours, to see that they are left alone.</summary>
    public async Task InitializeAsync()
    {
        if (Machine.Missing is not null)
            return;
        await _host.Space.Ip(
            "link add others type dummy",
            "link set others alias ipvlan:not-yours",
            "link set others up",
            "route add 192.168.77.0/24 via 10.0.0.7 proto static metric 4213",
            "route add 2001:db8:77::/64 via fd00::7 proto static metric 4213");
        await _host.Remember();
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        if (Machine.Missing is null)
            await _host.Space.Ip("link del others", "route del 192.168.77.0/24 proto static", "route del 2001:db8:77::/64 proto static");
    }

    [LabTheory]
    [MemberData(nameof(Create))]
    public async Task Killed_while_it_creates_a_network(string point)
    {
        await _host.Daemon.Start(point);
        await DiesOf(CreateWords);

        await ComesBack();
        // what the registry has journaled comes to this host a little after its doors open, so "it exists" is as good an answer
        var again = await _host.Ctl.Type(CreateWords);
        Assert.True(again.Code == 0 || again.ToString().Contains("already exists", StringComparison.Ordinal), again.ToString());
        await Eventually.Holds(async () => Assert.Single(await _host.Ctl.Networks()), 20, _host);
        await Agreement.MustHold(_host);
        await LeavesNothingBehind();
    }

    [LabTheory]
    [MemberData(nameof(Join))]
    public async Task Killed_while_an_endpoint_joins(string point)
    {
        await _host.Daemon.Start(point);
        await _host.Ctl.Must(CreateWords);
        var container = await _host.NewContainer();
        var join = LabHost.JoinLine(container, "net --ip=192.168.110.10 --ip6=2001:db8:abc6::10");
        await DiesOf(join);

        await ComesBack();
        await Repeat(join, unless: false); // asked again with the same name and namespace it changes nothing, or finishes
        await container.Addresses("192.168.110.10/24", "2001:db8:abc6::10/64");
        await LeavesNothingBehind();
    }

    [LabTheory]
    [MemberData(nameof(Leave))]
    public async Task Killed_while_an_endpoint_leaves(string point)
    {
        await _host.Daemon.Start(point);
        await _host.Ctl.Must(CreateWords);
        var container = await _host.Run("net --ip=192.168.110.10 --ip6=2001:db8:abc6::10");
        await DiesOf($"endpoint rm {container.Name}");

        await ComesBack();
        await Repeat($"endpoint rm {container.Name}", unless: !(await _host.Ctl.Endpoints()).Any());
        await container.CannotPing("192.168.110.10");
        var next = await _host.Run("net --ip=192.168.110.10 --ip6=2001:db8:abc6::10");
        await next.Addresses("192.168.110.10/24", "2001:db8:abc6::10/64");
        await LeavesNothingBehind();
    }

    [LabTheory]
    [MemberData(nameof(Remove))]
    public async Task Killed_while_it_removes_a_network(string point)
    {
        await _host.Daemon.Start(point);
        await _host.Ctl.Must(CreateWords);
        var container = await _host.Run("net"); // so that this host owns blocks, which it has to surrender
        await _host.Ctl.Must($"endpoint rm {container.Name}");
        await DiesOf("network rm net");

        await ComesBack();
        await Repeat("network rm net", unless: !(await _host.Ctl.Networks()).Any());
        await _host.Ctl.Must(CreateWords); // the name and the subnets are free again
        await LeavesNothingBehind();
    }

    /// <summary>Nothing is under way, and still it must come back to the same.</summary>
    [LabFact]
    public async Task Killed_at_rest_its_containers_never_notice()
    {
        await _host.Daemon.Start();
        await _host.Ctl.Must(CreateWords);
        var one = await _host.Run("net");
        var two = await _host.Run("net");
        await Agreement.MustHold(_host);
        var before = await _host.Space.Look();

        await _host.Daemon.Kill();
        Lines.Same(before.Everything, (await _host.Space.Look()).Everything);
        await one.Pings("192.168.110.3", "2001:db8:abc6::3");
        await ComesBack();

        Lines.Same(before.Everything, (await _host.Space.Look()).Everything);
        await two.Pings("192.168.110.2", "2001:db8:abc6::2");
        await LeavesNothingBehind();
    }

    private async Task DiesOf(string command)
    {
        var said = await _host.Ctl.Type(command);
        var code = await _host.Daemon.Ended(seconds: 5);
        Assert.Equal(137, code);
        Assert.NotEqual(Ctl.Refused, said.Code);
    }

    private async Task ComesBack()
    {
        await _host.Daemon.Start();
        await Agreement.MustHold(_host);
    }

    private async Task Repeat(string command, bool unless)
    {
        if (!unless)
            await _host.Ctl.Must(command);
        await Agreement.MustHold(_host);
    }

    private async Task LeavesNothingBehind()
    {
        foreach (var endpoint in await _host.Ctl.Endpoints())
            await _host.Ctl.Must($"endpoint rm {endpoint.Id}");
        foreach (var network in await _host.Ctl.Networks())
            await _host.Ctl.Must($"network rm {network.Name}");
        await _host.BecomesAsBefore();
        foreach (var container in _host.Containers)
            Assert.Equal(["lo"], (await container.Look()).Links.Select(l => l.Name));
        (await _host.Ctl.Journal("verify")).Must();
    }

    /// <summary>One host's namespace for all; the daemon and its data are each test's own.</summary>
    public sealed class Wires : IAsyncLifetime
    {
        private Underlay? _underlay;

        public Netns Host => _underlay?.Hosts[0]!;

        public async Task InitializeAsync()
        {
            if (Machine.Missing is null)
                _underlay = await Underlay.Make(("host", ["10.0.0.1/24", "fd00::1/64"]));
        }

        public async Task DisposeAsync()
        {
            if (_underlay is not null)
                await _underlay.DisposeAsync();
        }
    }
}
