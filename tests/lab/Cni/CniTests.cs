using System.Text.Json.Nodes;
using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Cni;

/// <summary>The CNI plugin as a runtime runs it: a process per call, a real kernel behind the node.</summary>
public class CniTests(OneHost fixture) : OnOneHost(fixture)
{
    private const string OnVlan = """{"master":"eth0.20","ipam":{"type":"ipvland","subnet":"192.168.20.0/24"}}""";
    private readonly CniRuntime _runtime = new(fixture.Host);

    [LabFact]
    public async Task Containers_of_an_L2_network_on_a_VLAN_made_on_the_fly_reach_each_other_and_the_router()
    {
        var conf = _runtime.Conf("vlan20", OnVlan, version: "1.1.0");
        Assert.Equal((0, ""), await _runtime.Silent("STATUS", conf));
        var (c1, c2) = (await Host.NewContainer(), await Host.NewContainer());
        var result = await _runtime.Add(conf, c1);
        await _runtime.Add(conf, c2);

        await c1.Shows(["192.168.20.2/24"], ["192.168.20.0/24 dev eth0 proto kernel scope link src 192.168.20.2", "default via 192.168.20.1 dev eth0"]);
        await c2.Pings("192.168.20.2", "192.168.20.1");
        var seen = await Shell.Run("ip", ["-n", c1.Space.Name, "-j", "link", "show", "eth0"]);
        Assert.Equal((string)JsonNode.Parse(seen.Out)![0]!["address"]!, (string)result["interfaces"]![0]!["mac"]!);
        Assert.Equal((0, ""), await _runtime.Check(conf, result, c1));
        Assert.Equal((0, ""), await _runtime.Silent("STATUS", conf));

        await c1.Space.Ip("addr del 192.168.20.2/24 dev eth0");
        Assert.NotEqual(0, (await _runtime.Check(conf, result, c1)).Code);

        conf["cni.dev/valid-attachments"] = JsonNode.Parse($$"""[{"containerID":"{{c2.Space.Name}}","ifname":"eth0"}]""");
        Assert.Equal((0, ""), await _runtime.Silent("GC", conf));
        Assert.Equal(["lo"], (await c1.Look()).Links.Select(l => l.Name));
        await _runtime.Delete(conf, c2);
        await _runtime.Delete(conf, c2);
        Assert.Empty(await Host.Ctl.Endpoints());
        await Host.Remove("vlan20");
    }

    [LabFact]
    public async Task In_L3_both_families_have_a_default_route_to_the_device_and_subnets_reach_each_other()
    {
        var conf = _runtime.Conf("routed", """{"master":"eth0","mode":"l3","mtu":1400,"ipam":{"subnets":["10.61.0.0/24","2001:db8:61::/64"]}}""");
        var (c1, c2) = (await Host.NewContainer(), await Host.NewContainer());
        await _runtime.Add(conf, c1);
        await _runtime.Add(conf, c2);
        await c1.Shows(
            ["10.61.0.2/24", "2001:db8:61::2/64"],
            [
                "10.61.0.0/24 dev eth0 proto kernel scope link src 10.61.0.2", "2001:db8:61::/64 dev eth0 proto kernel metric 256",
                "default dev eth0 metric 1024", "default dev eth0 scope link",
            ],
            mode: "l3", mtu: 1400);
        await c1.Pings("10.61.0.3", "2001:db8:61::3");
        await _runtime.Delete(conf, c1);
        await _runtime.Delete(conf, c2);
        await Host.Remove("routed");
    }

    /// <summary>The reference plugin's own list, with its own IPAM: the same configuration to both, and the same comes of it.</summary>
    [CniFact("/usr/lib/cni/host-local")]
    public async Task A_configuration_of_the_reference_plugin_changes_its_type_only()
    {
        var store = Directory.CreateTempSubdirectory("host-local-").FullName;
        var keys = $$"""{"master":"eth0","mode":"l2","mtu":1400,"ipam":{"type":"host-local","dataDir":"{{store}}","ranges":[[{"subnet":"10.62.0.0/24"}],[{"subnet":"10.62.1.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]} }""";
        var (theirs, ours) = (_runtime.Conf("pods", keys, "ipvlan"), _runtime.Conf("pods", keys));
        var (c1, c2) = (await Host.NewContainer(), await Host.NewContainer());
        var expected = await _runtime.Add(theirs, c1);
        var result = await _runtime.Add(ours, c2);

        Assert.Equal(
            [("10.62.0.2/24", "10.62.0.1"), ("10.62.0.3/24", "10.62.0.1")],
            new[] { expected, result }.Select(r => ((string)r["ips"]![0]!["address"]!, (string)r["ips"]![0]!["gateway"]!)));
        Assert.Equal(Shape(expected), Shape(result));
        var (one, two) = (await c1.Look(), await c2.Look());
        Assert.Equal((one.Link("eth0").Mode, one.Link("eth0").Mtu, one.Link("eth0").IsUp), (two.Link("eth0").Mode, two.Link("eth0").Mtu, two.Link("eth0").IsUp));
        Assert.Equal(one.RouteTexts.Count, two.RouteTexts.Count);
        Assert.Contains(two.RouteTexts, r => r.StartsWith("default via 10.62.0.1 dev eth0", StringComparison.Ordinal));
        Assert.Equal(["10.62.0.3/24", "10.62.1.3/24"], two.Link("eth0").Global);
        await c2.Pings("10.62.0.2", "10.62.1.2");
        Assert.Equal((0, ""), await _runtime.Check(ours, result, c2));
        await _runtime.Delete(theirs, c1);
        await _runtime.Delete(ours, c2);
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(store, "pods")), f => Path.GetFileName(f).StartsWith("10.", StringComparison.Ordinal));
        await Host.Remove("pods");
        Directory.Delete(store, recursive: true);
    }

    /// <summary>Nothing of it is seen from the host: two containers with a cable between them.</summary>
    [LabFact]
    public async Task With_linkInContainer_a_container_s_own_link_is_the_master_and_what_is_deleted_there_comes_back()
    {
        var conf = _runtime.Conf("inside", """{"master":"vif","linkInContainer":true,"ipam":{"subnets":["10.63.0.0/24","2001:db8:63::/64"]}}""", version: "1.1.0");
        var (c1, c2) = await Cabled();
        var (host, before) = (await Host.Space.Look(), await c1.Look());
        var result = await _runtime.Add(conf, c1, "net1");
        await _runtime.Add(conf, c2, "net1");

        var net1 = (await c1.Look()).Link("net1");
        Assert.Equal(("ipvlan", "l2", 1500, true), (net1.Kind, net1.Mode, net1.Mtu, net1.IsUp));
        Assert.Equal(["10.63.0.2/24", "2001:db8:63::2/64"], net1.Global);
        Assert.Empty(result["routes"]!.AsArray());
        await c1.Pings("10.63.0.3", "2001:db8:63::3");
        Assert.Equal((0, ""), await _runtime.Check(conf, result, c1, "net1"));
        Lines.Same(host.Everything, (await Host.Space.Look()).Everything);

        await Host.Daemon.Kill();
        await c1.Space.Ip("link del net1");
        await Host.Daemon.Start();
        await Eventually.Holds(async () => Assert.Equal((0, ""), await _runtime.Check(conf, result, c1, "net1")), 10, Host);
        await c2.Pings("10.63.0.2", "2001:db8:63::2");

        await _runtime.Delete(conf, c1, "net1");
        await _runtime.Delete(conf, c2, "net1");
        Lines.Same(before.Everything, (await c1.Look()).Everything);
        Assert.Empty(await Host.Ctl.Endpoints());
        await Host.Remove("inside");
    }

    [LabFact]
    public async Task With_linkInContainer_in_L3_packets_go_where_the_container_s_own_routes_lead()
    {
        var conf = _runtime.Conf("inside", """{"linkInContainer":true,"mode":"l3","ipam":{"subnet":"10.63.0.0/24"}}""");
        var (c1, c2) = await Cabled();
        Assert.Contains("has no default route", (await _runtime.Run("ADD", conf, c1, "net1")).Out, StringComparison.Ordinal);
        await c1.Space.Ip("addr add 192.0.2.1/24 dev vif", "route add default via 192.0.2.2 dev vif");
        await c2.Space.Ip("addr add 192.0.2.2/24 dev vif", "route add default via 192.0.2.1 dev vif");
        // else vif asks for its gateway with a slave's address, and the slave, without ARP, swallows the answer (arp_solicit)
        await c1.Space.SetSysctl("ipv4/conf/vif/arp_announce", "1");
        await c2.Space.SetSysctl("ipv4/conf/vif/arp_announce", "1");
        await _runtime.Add(conf, c1, "net1");
        await _runtime.Add(conf, c2, "net1");
        Assert.Equal("l3", (await c1.Look()).Link("net1").Mode);
        Assert.Empty((await Host.Space.Look()).OurRoutes);
        await c1.Pings("10.63.0.3");
        await _runtime.Delete(conf, c1, "net1");
        Assert.Equal(["lo", "vif"], (await c1.Look()).Links.Select(l => l.Name).Order());
        await _runtime.Delete(conf, c2, "net1");
        await Host.Remove("inside");
    }

    private async Task<(Container, Container)> Cabled()
    {
        var (c1, c2) = (await Host.NewContainer(), await Host.NewContainer());
        await Netns.Batch($"link add vif netns {c1.Space.Name} type veth peer name vif netns {c2.Space.Name}");
        await c1.Space.Ip("link set vif up");
        await c2.Space.Ip("link set vif up");
        return (c1, c2);
    }

    [LabFact]
    public async Task An_answer_into_a_file_neither_overwrites_nor_is_overwritten()
    {
        var file = Path.GetTempFileName();
        (await Shell.Run("sh", ["-c", $"(echo before; CNI_COMMAND=VERSION {CniRuntime.Ours}/ipvland < /dev/null; echo; echo after) > {file}"])).Must();
        var lines = await File.ReadAllLinesAsync(file);
        Assert.Equal(("before", "after"), (lines[0], lines[^1]));
        Assert.Contains("supportedVersions", lines[1], StringComparison.Ordinal);
        File.Delete(file);
    }

    [LabFact]
    public async Task An_interface_that_is_there_already_is_an_error_that_leaves_nothing()
    {
        var conf = _runtime.Conf("vlan20", OnVlan);
        var c1 = await Host.NewContainer();
        await c1.Space.Ip("link add eth0 type dummy");
        var before = await c1.Look();
        var said = await _runtime.Run("ADD", conf, c1);
        Assert.Equal((1, 100), (said.Code, (int)JsonNode.Parse(said.Out)!["code"]!));
        Lines.Same(before.Everything, (await c1.Look()).Everything);
        Assert.Empty(await Host.Ctl.Endpoints());
        await Host.Remove("vlan20");
    }

    [LabFact]
    public async Task Many_at_once_with_a_node_that_is_killed_in_the_midst_leave_nothing()
    {
        const int Many = 8;
        var conf = _runtime.Conf("vlan20", OnVlan);
        var containers = new List<Container>();
        for (var n = 0; n < Many; n++)
            containers.Add(await Host.NewContainer());
        var adding = Task.WhenAll(containers.Select(c => _runtime.Run("ADD", conf, c)));
        await Eventually.Holds(async () => Assert.NotEmpty(await Host.Ctl.Endpoints()), 10, Host);
        await Host.Daemon.Kill();
        var added = await adding;
        Assert.All(added.Where(a => a.Code != 0), a => Assert.Equal(11, (int)JsonNode.Parse(a.Out)!["code"]!));

        // half of them are deleted while no node is there, though they live on
        await Task.WhenAll(containers.Take(Many / 2).Select(c => _runtime.Delete(conf, c)));
        await Host.Daemon.Start();
        var left = added.Skip(Many / 2).Count(a => a.Code == 0);
        Assert.Equal(left, (await Host.Ctl.Endpoints()).Count);
        foreach (var container in containers.Take(Many / 2))
            Assert.Equal(["lo"], (await container.Look()).Links.Select(l => l.Name));

        await Task.WhenAll(containers.Select(c => _runtime.Delete(conf, c)));
        Assert.Empty(await Host.Ctl.Endpoints());
        await Agreement.MustHold(Host);
        await Host.Remove("vlan20");
    }

    private static string Shape(JsonNode result) => string.Join(' ',
        result["interfaces"]!.AsArray().Count, (string)result["interfaces"]![0]!["name"]!, result["ips"]!.AsArray().Count, (int)result["ips"]![0]!["interface"]!,
        result["routes"]![0]!["dst"]);
}
