using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.TwoHosts;

/// <summary>What becomes of the routes to a host that falls silent: it depends on which part of it does.</summary>
public class PeerTests(Pair pair) : IClassFixture<Pair>, IAsyncLifetime
{
    private const string Words = "--subnet=10.77.0.0/16 --subnet=2001:db8:77::/64 -o parent=eth0 -o ipvlan_mode=l3 wide";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (Machine.Missing is not null)
            return;
        await pair.Plug(2, inOrOut: true);
        await pair.Carry(2, 1500);
        await LabHost.Clear(pair.H1, pair.H2);
    }

    [LabFact]
    public async Task A_host_that_is_cut_off_has_its_routes_withdrawn_and_back_when_it_returns()
    {
        var (one, there) = await Joined();

        await pair.Plug(2, inOrOut: false);
        await Eventually.Holds(
            async () => Assert.DoesNotContain((await pair.H1.Space.Look()).OurRoutes, r => r.Text.Contains(" via ", StringComparison.Ordinal)),
            seconds: 10, pair.H1);
        Assert.All(await RoutesOfH2(), r => Assert.Equal(("withdrawn", "-"), (r.State, r.Kernel)));
        Assert.Contains((await pair.H1.Ctl.Status()).Problems, p => p.Contains("next hop 10.0.0.2 of host h2", StringComparison.Ordinal));
        Assert.Single(await pair.H2.Ctl.Endpoints());

        await pair.Plug(2, inOrOut: true);
        await one.Pings(there);
        await AreShown("accepted", seconds: 30);
        await Agreement.MustHold(pair.H1, seconds: 30);
        await Agreement.MustHold(pair.H2, seconds: 30);
    }

    [LabFact]
    public async Task A_daemon_that_is_gone_for_long_withdraws_nothing()
    {
        var (one, there) = await Joined();

        await pair.H2.Daemon.Kill();
        await AreShown("suspect", seconds: 30); // by now every echo has been lost for seconds
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.All(await RoutesOfH2(), r => Assert.Equal(("suspect", "installed"), (r.State, r.Kernel)));
        await one.Pings(there);

        await pair.H2.Daemon.Start();
        await AreShown("accepted", seconds: 30);
        await one.Pings(there);
        await Agreement.MustHold(pair.H2, seconds: 30);
    }

    [LabFact]
    public async Task A_switch_that_carries_less_than_the_hosts_send_is_found_by_the_doctor_of_each()
    {
        await Joined(); // next hops of both families

        Assert.Contains("packets of 1500 bytes reach h2 by eth0", (await pair.H1.Ctl.Type("doctor")).Out, StringComparison.Ordinal);
        await pair.Carry(2, 1400);
        foreach (var (host, other, n) in new[] { (pair.H1, "h2", 2), (pair.H2, "h1", 1) })
        {
            var said = (await host.Ctl.Type("doctor")).Out;
            Assert.Contains($"to {other} (10.0.0.{n}) none larger than 1400", said, StringComparison.Ordinal);
            Assert.Contains($"to {other} (fd00::{n}) none larger than 1400", said, StringComparison.Ordinal);
        }
    }

    private async Task<(Container One, string[] There)> Joined()
    {
        await pair.H1.Create(Words);
        var one = await pair.H1.Run("wide");
        await Eventually.Holds(() => pair.H2.Ctl.Network("wide"), seconds: 10, pair.H1, pair.H2);
        var two = await pair.H2.Run("wide");
        await AreShown("accepted", seconds: 20);
        string[] there = [.. (await two.Look()).Link("eth0").Global.Select(a => a.Split('/')[0])];
        await one.Pings(there);
        return (one, there);
    }

    private Task AreShown(string state, double seconds) => Eventually.Holds(
        async () =>
        {
            var routes = await RoutesOfH2();
            Assert.Equal(2, routes.Length); // IPv4 and IPv6
            Assert.All(routes, r => Assert.Equal((state, "installed"), (r.State, r.Kernel)));
        },
        seconds, pair.H1, pair.H2);

    private async Task<Daemon.Http.Contract.RouteDetail[]> RoutesOfH2() => [.. (await pair.H1.Ctl.Routes()).Where(r => r.Host == "h2")];
}
