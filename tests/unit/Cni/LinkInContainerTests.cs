using System.Text.Json.Nodes;
using Akka.Actor;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Runtime.Kernel;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Cni;

/// <summary><c>linkInContainer</c>: the master is a link of the container, which was there before ADD.</summary>
public sealed class LinkInContainerTests : IAsyncLifetime
{
    private static readonly CniRan Fine = new(0, "");
    private CniNode _cni = null!;

    public async Task InitializeAsync() => _cni = await CniNode.Start();

    public Task DisposeAsync() => _cni.DisposeAsync().AsTask();

    [Theory]
    [InlineData("l2", "[]", "10.1.0.1")]
    [InlineData("l3", "[]", null)]
    [InlineData("l3s", "[]", null)]
    public async Task An_attachment_comes_and_goes_and_the_master_stays(string mode, string routes, string? gateway)
    {
        var conf = Conf(("mode", mode));
        Container("c1", "vif");
        var before = _cni.Host.Kernel.ToString();

        var result = await _cni.Added(conf, "c1", ifName: "net1");

        var link = Assert.Single(result["interfaces"]!.AsArray())!;
        Assert.Equal(("net1", "/run/netns/c1", 1500), ((string)link["name"]!, (string)link["sandbox"]!, (int)link["mtu"]!));
        Assert.Matches("^(02:)(00:){3}01:[0-9a-f]{2}$", (string)link["mac"]!);
        Assert.Equal(("10.1.0.2/16", gateway), ((string)result["ips"]![0]!["address"]!, (string?)result["ips"]![0]!["gateway"]));
        Assert.Equal(routes, result["routes"]!.ToJsonString());
        Assert.Contains($"ip -n c1 link add link vif name iv-{_cni.Node.View.Endpoints.Keys.Single().Short} type ipvlan mode {mode} bridge", _cni.Host.Kernel.Log);
        await _cni.Node.Agrees();

        Assert.Equal(Fine, await _cni.Check(conf, result, "c1", "net1"));
        Assert.Equal(Fine, await _cni.Run("STATUS", conf));
        Assert.Equal(Fine, await _cni.Delete(conf, "c1", "net1"));
        Assert.Equal(Fine, await _cni.Delete(conf, "c1", "net1"));
        await _cni.Node.Agrees();
        Assert.Equal(before, _cni.Host.Kernel.ToString());
    }

    [Fact]
    public async Task Nothing_is_made_or_routed_on_the_host_and_no_link_of_it_is_meant()
    {
        Container("c1", "eth0.7");
        var before = HostPart();
        await _cni.Added(Conf(("master", "eth0.7"), ("mode", "l3"), ("flag", "private")), "c1", ifName: "net1");
        Assert.Equal(before, HostPart());
        // eth0 in another mode, here and there
        Container("c2", "eth0");
        await _cni.Node.Create("host", "10.7.0.0/24", ("parent", "eth0"), ("ipvlan_mode", "l3"));
        await _cni.Added(Named("second", "10.2.0.0/16", ("master", "eth0"), ("mode", "l2")), "c2", ifName: "net1");
        await _cni.Added(Named("third", "10.3.0.0/16", ("master", "eth0"), ("mode", "l3")), Container("c3", "eth0"), ifName: "net1");
        await _cni.Node.Agrees();

        string HostPart() => string.Join('\n', _cni.Host.Kernel.ToString().Split('\n').Where(l => !l.StartsWith("ip -n", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_master_it_is_the_link_of_the_container_s_default_route_and_stays_that()
    {
        var conf = Conf(("master", null));
        Container("c1", "vif");
        Assert.Contains("/run/netns/c1 has no default route", (await _cni.Add(conf, "c1", ifName: "net1")).Error().Text, StringComparison.Ordinal);
        _cni.Host.Kernel.AddSandboxLink("/run/netns/c1", "other");
        _cni.Host.Kernel.AddSandboxRoute("/run/netns/c1", Route.Default(IpFamily.V6, null, Link("other")));
        var four = Route.Default(IpFamily.V4, null, Link("vif"));
        _cni.Host.Kernel.AddSandboxRoute("/run/netns/c1", four);
        await _cni.Added(conf, "c1", ifName: "net1");
        Assert.Equal(Link("vif"), _cni.Node.View.Endpoints.Values.Single().Parent);

        _cni.Host.Kernel.RemoveSandboxRoute("/run/netns/c1", four);
        _cni.Host.Kernel.RemoveSandboxLink("/run/netns/c1", "net1");
        await _cni.Node.Reconcile();
        await _cni.Node.Agrees();
        Assert.Contains("ip -n c1 link add link vif name net1", _cni.Host.Kernel.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nic", "parent nic of network pods was not found in /run/netns/c1")]
    [InlineData("eth0", "parent eth0 of network pods was not found in /run/netns/c1")]
    [InlineData("lo", "parent=lo: the loopback interface")]
    public async Task A_master_that_is_not_there_is_refused_and_nothing_is_left(string master, string text)
    {
        Container("c1", "vif");
        var before = _cni.Host.Kernel.ToString();
        Assert.Contains(text, (await _cni.Add(Conf(("master", master)), "c1", ifName: "net1")).Error().Text, StringComparison.Ordinal);
        Assert.Equal(before, _cni.Host.Kernel.ToString());
        Assert.Empty(_cni.Node.View.Endpoints);
        Assert.All(_cni.Node.View.Networks.Values, n => Assert.Empty(n.Holders));
    }

    [Fact]
    public async Task A_link_of_ours_or_of_another_mode_is_no_master()
    {
        Container("c1", "vif");
        await _cni.Added(Conf(), "c1", ifName: "net1");
        Assert.Contains("is an ipvlan link itself", (await _cni.Add(Named("on", "10.2.0.0/16", ("master", "net1")), "c1", ifName: "net2")).Error().Text, StringComparison.Ordinal);
        Assert.Contains("parent vif is in use by network pods in mode l2/bridge", (await _cni.Add(Named("three", "10.3.0.0/16", ("mode", "l3")), "c1", ifName: "net2")).Error().Text, StringComparison.Ordinal);
        await _cni.Added(Named("same", "10.4.0.0/16"), "c1", ifName: "net2");
        await _cni.Node.Agrees();
    }

    [Fact]
    public async Task What_is_deleted_by_hand_comes_back_also_over_a_restart()
    {
        var conf = Conf();
        Container("c1", "vif");
        var result = await _cni.Added(conf, "c1", ifName: "net1");
        var there = _cni.Host.Kernel.ToString();

        _cni.Host.Kernel.RemoveSandboxLink("/run/netns/c1", "net1");
        Assert.Contains("has no link net1", (await _cni.Check(conf, result, "c1", "net1")).Error().Text, StringComparison.Ordinal);
        await _cni.Down();
        await _cni.Up();
        await _cni.Node.Reconcile();
        Assert.Equal(there, _cni.Host.Kernel.ToString());
        Assert.Equal(Fine, await _cni.Check(conf, result, "c1", "net1"));

        await _cni.Delete(conf, "c1", "net1");
        await _cni.Node.Reconcile();
        await _cni.Node.Agrees();
        Assert.DoesNotContain("net1", _cni.Host.Kernel.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_loses_its_master_is_told_of_and_no_other_is_concerned()
    {
        var conf = Conf();
        var result = await _cni.Added(conf, Container("c1", "vif"), ifName: "net1");
        _cni.Host.Kernel.SetSandboxLink("/run/netns/c1", "vif", up: false);
        Assert.Contains("parent link vif is down in /run/netns/c1: ip -n c1 link set vif up", Problem(await _cni.Node.Reconcile()), StringComparison.Ordinal);
        _cni.Host.Kernel.RemoveSandboxLink("/run/netns/c1", "vif");
        Assert.Contains("parent link vif is missing in /run/netns/c1", Problem(await _cni.Node.Reconcile()), StringComparison.Ordinal);
        // a look at the host alone finds nothing new, and forgets nothing
        Problem(await _cni.Node.Reconciler.Ask<KernelReport>(new Reconcile(WithSandboxes: false)));
        Assert.Contains("parent vif is not there either", (await _cni.Check(conf, result, "c1", "net1")).Error().Text, StringComparison.Ordinal);
        Assert.Equal(Fine, await _cni.Run("STATUS", conf));
        await _cni.Added(conf, Container("c2", "vif"), ifName: "net1");

        _cni.Host.Kernel.AddSandboxLink("/run/netns/c1", "vif");
        await _cni.Node.Reconcile();
        Assert.Empty((await _cni.Node.Reconcile()).Problems);
        Assert.Equal(101, (await _cni.Check(conf, result, "c1", "net1")).Error().Code); // another master, another MAC
        await _cni.Node.Agrees();
    }

    [Fact]
    public async Task GC_takes_what_the_runtime_does_not_know_and_the_configuration_s_routes_are_the_container_s()
    {
        var conf = Conf(("ipam", CniNode.Object("""{"subnet":"10.1.0.0/16","routes":[{"dst":"10.9.0.0/16"}]}""")));
        Assert.Equal("""[{"dst":"10.9.0.0/16","gw":"10.1.0.1"}]""", (await _cni.Added(conf, Container("c1", "vif"), ifName: "net1"))["routes"]!.ToJsonString());
        await _cni.Added(conf, Container("c2", "vif"), ifName: "net1");
        conf["cni.dev/valid-attachments"] = JsonNode.Parse("""[{"containerID":"c2","ifname":"net1"}]""");
        Assert.Equal(Fine, await _cni.Run("GC", conf));
        Assert.Equal("cni.net1.c2", _cni.Node.View.Endpoints.Values.Single().Name);
        await _cni.Node.Agrees();
    }

    [Fact]
    public async Task A_configuration_that_says_otherwise_than_the_network_is_refused()
    {
        await _cni.Added(Conf(), Container("c1", "vif"), ifName: "net1");
        Assert.Contains("has its parent in each container, not on the host", (await _cni.Add(Conf(("linkInContainer", false)), "c1")).Error().Text, StringComparison.Ordinal);
    }

    private static string Problem(KernelReport report)
    {
        var problem = Assert.Single(report.Problems);
        Assert.NotNull(problem.Endpoint);
        return problem.Text;
    }

    private JsonObject Conf(params (string Key, JsonNode? Value)[] keys) => _cni.Conf(keys: [("linkInContainer", true), ("master", "vif"), .. keys]);

    private JsonObject Named(string name, string subnet, params (string Key, JsonNode? Value)[] keys) =>
        Conf([("name", name), ("ipam", CniNode.Object($$"""{"subnet":"{{subnet}}"}""")), .. keys]);

    private string Container(string name, string link)
    {
        _cni.Host.Container(name);
        _cni.Host.Kernel.AddSandboxLink("/run/netns/" + name, link);
        return name;
    }
}
