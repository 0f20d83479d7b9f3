using IpvlanActors.Journal.Inspection;
using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Docker;

/// <summary>Docker and ipvland stop and die, one after the other and in the middle: nothing leaks, and all goes on.</summary>
public partial class DockerTests
{
    private static readonly string Lost = new('f', 64);

    private const string Create = "network create -d ipvland --ipam-driver ipvland --subnet=10.6.0.0/24 -o parent=eth0.40 -o ipvlan_mode=l3 net";

    [DockerFact]
    public async Task Either_may_die_at_any_time()
    {
        await Docker.Must(Create);
        await Docker.Must("run --net=net --name=web -id alpine /bin/sh");
        var process = await Docker.Process("web");

        // ipvland dies under a running container, which notices nothing, and dockerd goes on with the next
        await Host.Daemon.Kill();
        await Host.Daemon.Start();
        Assert.Equal(["10.6.0.2/24"], (await Netns.LookAt(process)).Link("eth0").Global);
        Assert.Single(await Host.Ctl.Endpoints());

        // ipvland dies in the middle of a run: dockerd cannot repeat what it has said already, takes all back, and starts it when asked again
        await Host.Daemon.Stop();
        await Host.Daemon.Start("endpoint-handover.journaled");
        var running = Docker.Type("run --net=net --name=second -id alpine /bin/sh");
        await Host.Daemon.Ended(60);
        await Host.Daemon.Start();
        Assert.Contains("do it again", (await running).Err, StringComparison.Ordinal);
        Assert.Single(await Host.Ctl.Endpoints());
        await Docker.Must("start second");
        Assert.Matches("^10.6.0.[0-9]+/24$", Assert.Single((await Docker.Look("second")).Link("eth0").Global));

        // an endpoint of which dockerd never says that it is gone, as when its calls come while ipvland is down
        await Dockerd.Speak("NetworkDriver.CreateEndpoint", $$"""{"NetworkID":"{{await Id("net")}}","EndpointID":"{{Lost}}","Interface":{"Address":"10.6.0.77/24"} }""");
        await Dockerd.Speak("NetworkDriver.Join", $$"""{"NetworkID":"{{await Id("net")}}","EndpointID":"{{Lost}}","SandboxKey":"/run/docker/netns/lost"}""");
        Assert.Equal(3, (await Host.Ctl.Endpoints()).Count);
        Assert.Single((await Host.Space.Look()).Links, l => l.Kind == "ipvlan");
        await Host.Daemon.Stop(); // it looks when it starts
        await Host.Daemon.Start();
        await Eventually.Holds(async () => Assert.Equal(2, (await Host.Ctl.Endpoints()).Count), 20, Host);
        Assert.DoesNotContain((await Host.Space.Look()).Links, l => l.Kind == "ipvlan");

        // dockerd is killed, and cleans up when it is back
        await Docker.Kill();
        await Docker.Start();
        await Eventually.Holds(async () => Assert.Empty(await Host.Ctl.Endpoints()), 40, Host);
        await Docker.Must("start web");
        Assert.Single(await Host.Ctl.Endpoints());
        Assert.Equal(["default dev eth0 scope link"], (await Docker.Look("web")).RouteTexts.Where(r => r.StartsWith("default", StringComparison.Ordinal)));

        await Docker.Must("rm -f web second");
        await Docker.Must("network rm net");
        await Host.BecomesAsBefore();
        Assert.Empty(JournalCheck.Run(Host.Daemon.Journal).Checks.SelectMany(c => c.Problems));
    }

    private async Task<string> Id(string network) => (await Docker.Get($"/networks/{network}"))!["Id"]!.GetValue<string>();
}
