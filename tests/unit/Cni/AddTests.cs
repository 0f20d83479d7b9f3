using System.Text.Json.Nodes;
using Xunit;

namespace IpvlanActors.Tests.Unit.Cni;

/// <summary>ADD and DEL with addresses of the cluster: what the runtime is told, and what is there.</summary>
public sealed class AddTests : IAsyncLifetime
{
    private CniNode _cni = null!;

    public async Task InitializeAsync() => _cni = await CniNode.Start();

    public Task DisposeAsync() => _cni.DisposeAsync().AsTask();

    [Theory]
    [InlineData("0.3.1")]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    [InlineData("1.1.0")]
    public async Task An_attachment_comes_and_goes_in_every_version_and_leaves_nothing(string version)
    {
        var conf = _cni.Conf(version);
        _cni.Host.Container("c1");
        var before = _cni.Host.Kernel.ToString();

        var result = await _cni.Added(conf, "c1");

        var old = version.StartsWith('0');
        Assert.Equal(version, (string)result["cniVersion"]!);
        var link = Assert.Single(result["interfaces"]!.AsArray())!;
        Assert.Equal(("eth0", "/run/netns/c1"), ((string)link["name"]!, (string)link["sandbox"]!));
        Assert.Matches("^(02:)(00:){4}[0-9a-f]{2}$", (string)link["mac"]!);
        Assert.Equal(version == "1.1.0" ? 1500 : null, (int?)link["mtu"]);
        var ip = Assert.Single(result["ips"]!.AsArray())!;
        Assert.Equal((0, "10.1.0.2/16", "10.1.0.1", old ? "4" : null), ((int)ip["interface"]!, (string)ip["address"]!, (string)ip["gateway"]!, (string?)ip["version"]));
        Assert.Equal("""[{"dst":"0.0.0.0/0","gw":"10.1.0.1"}]""", result["routes"]!.ToJsonString());
        await _cni.Node.Agrees();

        if (version != "0.3.1")
            Assert.Equal(new CniRan(0, ""), await _cni.Check(conf, result, "c1"));
        Assert.Equal(new CniRan(0, ""), await _cni.Delete(conf, "c1"));
        Assert.Equal(new CniRan(0, ""), await _cni.Delete(conf, "c1"));
        Assert.Empty(_cni.Node.View.Endpoints);
        await _cni.Node.Agrees();
        Assert.Equal(before, _cni.Host.Kernel.ToString());
    }

    [Fact]
    public async Task DEL_of_what_never_was_is_done_with_or_without_a_namespace_or_a_network()
    {
        Assert.Equal(new CniRan(0, ""), await _cni.Delete(_cni.Conf(), "c9"));
        _cni.Host.Container("c1");
        await _cni.Added(_cni.Conf(), "c1");
        Assert.Equal(new CniRan(0, ""), await CniNode.Run(new() { ["CNI_COMMAND"] = "DEL", ["CNI_CONTAINERID"] = "c1", ["CNI_IFNAME"] = "eth0" }, _cni.Conf().ToJsonString()));
        Assert.Empty(_cni.Node.View.Endpoints);
    }

    [Fact]
    public async Task Without_master_the_parent_is_the_link_of_the_default_route()
    {
        _cni.Host.Container("c1");
        await _cni.Added(_cni.Conf(keys: ("master", null)), "c1");
        Assert.Equal("eth0", Assert.Single(_cni.Node.View.Networks).Value.Parent!.Name.Value);
        await _cni.Node.Agrees();
    }

    [Fact]
    public async Task A_master_that_is_a_VLAN_is_made_on_the_fly()
    {
        _cni.Host.Container("c1");
        await _cni.Added(_cni.Conf(keys: ("master", "eth0.10")), "c1");
        Assert.True(Assert.Single(_cni.Node.View.Networks).Value.OwnsParent);
        await _cni.Node.Agrees();
    }

    [Theory]
    [InlineData("l3")]
    [InlineData("l3s")]
    public async Task In_L3_the_default_route_goes_to_the_device_in_both_families(string mode)
    {
        _cni.Host.Container("c1");
        var conf = _cni.Conf(keys: [("mode", mode), ("flag", "private"), ("mtu", 1400), ("ipam", CniNode.Object("""{"subnets":["10.1.0.0/16","2001:db8:1::/64"]}"""))]);
        var result = await _cni.Added(conf, "c1");
        Assert.Equal("""[{"dst":"0.0.0.0/0"},{"dst":"::/0"}]""", result["routes"]!.ToJsonString());
        Assert.Equal(["10.1.0.2/16", "2001:db8:1::2/64"], result["ips"]!.AsArray().Select(i => (string)i!["address"]!));
        Assert.All(result["ips"]!.AsArray(), i => Assert.Null(i!["gateway"]));
        Assert.Equal(1400, (int)result["interfaces"]![0]!["mtu"]!);
        Assert.Contains("private", _cni.Host.Kernel.ToString(), StringComparison.Ordinal);
        await _cni.Node.Agrees();
    }

    [Fact]
    public async Task Routes_of_the_configuration_take_the_place_of_the_network_s()
    {
        _cni.Host.Container("c1");
        var ipam = CniNode.Object("""{"type":"ipvland","ranges":[[{"subnet":"10.1.0.0/16","gateway":"10.1.0.254","rangeStart":"10.1.4.0","rangeEnd":"10.1.4.255"}]],"routes":[{"dst":"10.9.0.0/16"},{"dst":"10.8.0.0/16","gw":"10.1.0.7"}]}""");
        var conf = _cni.Conf(keys: ("ipam", ipam));
        var result = await _cni.Added(conf, "c1");
        Assert.Equal("""[{"dst":"10.9.0.0/16","gw":"10.1.0.254"},{"dst":"10.8.0.0/16","gw":"10.1.0.7"}]""", result["routes"]!.ToJsonString());
        Assert.StartsWith("10.1.4.", (string)result["ips"]![0]!["address"]!, StringComparison.Ordinal);
        await _cni.Node.Agrees();

        await _cni.Down();
        await _cni.Up();
        await _cni.Node.Agrees();
        Assert.Equal(new CniRan(0, ""), await _cni.Check(conf, result, "c1"));
    }

    [Theory]
    [InlineData("", "10.1.0.2/16 10.2.0.2/16 2001:db8:1::2/64")]
    [InlineData("IP=10.2.0.9", "10.2.0.9/16 10.1.0.2/16 2001:db8:1::2/64")]
    [InlineData("IP=2001:db8:1::7,10.2.0.9,10.2.0.10", "10.2.0.9/16 10.2.0.10/16 10.1.0.2/16 2001:db8:1::7/64")]
    public async Task Of_each_set_of_ranges_an_interface_has_an_address(string args, string addresses)
    {
        _cni.Host.Container("c1");
        var ipam = CniNode.Object("""{"subnet":"10.1.0.0/16","ranges":[[{"subnet":"10.2.0.0/16"}],[{"subnet":"2001:db8:1::/64"}]]}""");
        var result = await _cni.Added(_cni.Conf(keys: ("ipam", ipam)), "c1", args);
        Assert.Equal(addresses.Split(' '), result["ips"]!.AsArray().Select(i => (string)i!["address"]!));
        Assert.Equal(addresses.Split(' ').Select(a => a.StartsWith("10.1", StringComparison.Ordinal) ? "10.1.0.1" : a.StartsWith("10.2", StringComparison.Ordinal) ? "10.2.0.1" : "2001:db8:1::1"), result["ips"]!.AsArray().Select(i => (string)i!["gateway"]!));
        await _cni.Node.Agrees();
    }

    [Fact]
    public async Task Several_addresses_of_a_family_may_be_asked_for_and_any_other_family_comes_by_itself()
    {
        _cni.Host.Container("c1");
        var conf = _cni.Conf(keys: [("ipam", CniNode.Object("""{"subnets":["10.1.0.0/16","2001:db8:1::/64"]}""")), ("runtimeConfig", CniNode.Object("""{"ips":["10.1.0.9/16","10.1.0.8/16"]}"""))]);
        var result = await _cni.Added(conf, "c1");
        Assert.Equal(["10.1.0.9/16", "10.1.0.8/16", "2001:db8:1::2/64"], result["ips"]!.AsArray().Select(i => (string)i!["address"]!));
        Assert.Equal("""[{"dst":"0.0.0.0/0","gw":"10.1.0.1"},{"dst":"::/0","gw":"2001:db8:1::1"}]""", result["routes"]!.ToJsonString());
        await _cni.Node.Agrees();
        _cni.Host.Container("c2");
        Assert.Contains("Address already in use: 10.1.0.8", (await _cni.Add(_cni.Conf(keys: ("ipam", CniNode.Object("""{"subnets":["10.1.0.0/16","2001:db8:1::/64"]}"""))), "c2", "IP=10.1.0.7,10.1.0.8")).Error().Text, StringComparison.Ordinal);
        Assert.Single(Assert.Single(_cni.Node.View.Networks).Value.Holders);
    }

    [Fact]
    public async Task A_second_ADD_is_an_error_and_changes_nothing()
    {
        _cni.Host.Container("c1");
        await _cni.Added(_cni.Conf(), "c1");
        var (kernel, events) = (_cni.Host.Kernel.ToString(), _cni.Node.View.Events);
        var (code, text) = (await _cni.Add(_cni.Conf(), "c1")).Error();
        Assert.Equal(100, code);
        Assert.Contains("exists already in network pods", text, StringComparison.Ordinal);
        Assert.Equal((kernel, events), (_cni.Host.Kernel.ToString(), _cni.Node.View.Events));
    }

    [Fact]
    public async Task A_container_may_have_several_interfaces_each_of_its_own_address()
    {
        _cni.Host.Container("c1");
        await _cni.Added(_cni.Conf(), "c1");
        var second = await _cni.Added(_cni.Conf(keys: ("ipam", CniNode.Object("""{"routes":[]}"""))), "c1", ifName: "net1.5");
        Assert.Equal("10.1.0.3/16", (string)second["ips"]![0]!["address"]!);
        Assert.Equal("[]", second["routes"]!.ToJsonString());
        Assert.Equal(["cni.eth0.c1", "cni.net1..5.c1"], _cni.Node.View.Endpoints.Values.Select(e => e.Name).Order());
        await _cni.Delete(_cni.Conf(), "c1");
        Assert.Equal("cni.net1..5.c1", Assert.Single(_cni.Node.View.Endpoints).Value.Name);
    }

    [Fact]
    public async Task An_interface_of_that_name_in_the_container_is_an_error_that_leaves_nothing()
    {
        _cni.Host.Container("c1");
        var other = _cni.Conf(keys: [("name", "other"), ("ipam", CniNode.Object("""{"subnet":"10.2.0.0/16"}"""))]);
        await _cni.Added(other, "c1");
        var before = _cni.Host.Kernel.ToString();
        var (code, text) = (await _cni.Add(_cni.Conf(), "c1")).Error();
        Assert.Equal(100, code);
        Assert.Contains("eth0", text, StringComparison.Ordinal);
        Assert.Single(_cni.Node.View.Endpoints);
        await _cni.Node.Agrees();
        Assert.Equal(before, _cni.Host.Kernel.ToString());
        // DEL after the failed ADD is about its own network alone
        await _cni.Delete(_cni.Conf(), "c1");
        Assert.Single(_cni.Node.View.Endpoints);
    }

    [Theory]
    [InlineData("IP=10.1.0.9", "", "10.1.0.9/16")]
    [InlineData("IgnoreUnknown=1;K8S_POD_NAME=web;IP=10.1.0.9", "", "10.1.0.9/16")]
    [InlineData("", """{"runtimeConfig":{"ips":["10.1.0.9/16"]}}""", "10.1.0.9/16")]
    [InlineData("", """{"args":{"cni":{"ips":["10.1.0.9"]}}}""", "10.1.0.9/16")]
    [InlineData("IP=10.1.0.9", """{"runtimeConfig":{"ips":["10.1.0.9"]}}""", "10.1.0.9/16")]
    public async Task An_address_may_be_asked_for(string args, string more, string address)
    {
        _cni.Host.Container("c1");
        var conf = _cni.Conf(keys: more.Length == 0 ? [] : [.. CniNode.Object(more).Select(p => (p.Key, p.Value))]);
        Assert.Equal(address, (string)(await _cni.Added(conf, "c1", args))["ips"]![0]!["address"]!);
    }

    [Fact]
    public async Task An_address_of_each_family_may_be_asked_for_from_several_ranges()
    {
        _cni.Host.Container("c1");
        const string Ranges = """{"ranges":[[{"subnet":"10.1.0.0/16"},{"subnet":"10.2.0.0/16"}],[{"subnet":"2001:db8:1::/64"}]]}""";
        var result = await _cni.Added(_cni.Conf(keys: ("ipam", CniNode.Object(Ranges))), "c1", "IP=10.2.0.9,2001:db8:1::9");
        Assert.Equal(["10.2.0.9/16", "2001:db8:1::9/64"], result["ips"]!.AsArray().Select(i => (string)i!["address"]!));
        await _cni.Node.Agrees();
    }

    [Theory]
    [InlineData("10.1.0.0/16", "overlaps")]
    [InlineData("10.1.4.0/24", "overlaps")]
    [InlineData("10.3.0.0", "is not a prefix")]
    [InlineData("224.0.0.0/8", "no container can have")]
    public async Task A_subnet_that_cannot_be_is_an_error_that_makes_nothing(string subnet, string text)
    {
        _cni.Host.Container("c1");
        var ipam = new JsonObject { ["subnets"] = new JsonArray("10.1.0.0/16", subnet) };
        var error = (await _cni.Add(_cni.Conf(keys: ("ipam", ipam)), "c1")).Error();
        Assert.Equal(7, error.Code);
        Assert.Contains(text, error.Text, StringComparison.Ordinal);
        Assert.Empty(_cni.Node.View.Networks);
    }

    [Theory]
    [InlineData("IP=10.1.0.2", 100, "Address already in use: 10.1.0.2 is held by endpoint cni.eth0.c1")]
    [InlineData("IP=10.9.0.2", 7, "no configured subnet contains IP address 10.9.0.2")]
    [InlineData("IP=10.1.0.1", 100, "is reserved")]
    [InlineData("IP=ten", 7, "invalid IPv4 address")]
    [InlineData("COLOUR=red", 4, "'COLOUR' is not known here")]
    [InlineData("IP", 4, "not of the form KEY=VALUE")]
    [InlineData("MAC=02:00:00:00:00:09", 2, "have its MAC")]
    public async Task An_address_that_cannot_be_had_is_an_error_that_leaves_nothing(string args, int code, string text)
    {
        _cni.Host.Container("c1");
        _cni.Host.Container("c2");
        await _cni.Added(_cni.Conf(), "c1");
        await _cni.Node.Agrees();
        var before = (_cni.Host.Kernel.ToString(), _cni.Node.View.Events);
        var error = (await _cni.Add(_cni.Conf(), "c2", args)).Error();
        Assert.Equal(code, error.Code);
        Assert.Contains(text, error.Text, StringComparison.Ordinal);
        Assert.Equal(before, (_cni.Host.Kernel.ToString(), _cni.Node.View.Events));
    }

    [Fact]
    public async Task Behind_other_plugins_of_a_chain_their_results_stay()
    {
        _cni.Host.Container("c1");
        var conf = _cni.Conf(keys: ("prevResult", CniNode.Object("""
            {"cniVersion":"1.1.0","interfaces":[{"name":"lo","sandbox":"/run/netns/c1"}],"ips":[{"address":"127.0.0.1/8","interface":0}],
             "routes":[{"dst":"127.0.0.0/8"}],"dns":{"nameservers":["10.0.0.53"]}}
            """)));
        var result = await _cni.Added(conf, "c1");
        Assert.Equal(["lo", "eth0"], result["interfaces"]!.AsArray().Select(i => (string)i!["name"]!));
        Assert.Equal([("127.0.0.1/8", 0), ("10.1.0.2/16", 1)], result["ips"]!.AsArray().Select(i => ((string)i!["address"]!, (int)i["interface"]!)));
        Assert.Equal(2, result["routes"]!.AsArray().Count);
        Assert.Equal("""{"nameservers":["10.0.0.53"]}""", result["dns"]!.ToJsonString());
        Assert.Equal(new CniRan(0, ""), await _cni.Check(conf, result, "c1"));
    }

    [Fact]
    public async Task Without_ipam_the_addresses_of_the_chain_and_its_single_interface_as_master_are_taken()
    {
        _cni.Host.Container("c1");
        var conf = _cni.Conf(keys: [("master", null), ("ipam", null), ("prevResult", CniNode.Object("""
            {"cniVersion":"1.1.0","interfaces":[{"name":"eth0"}],"ips":[{"address":"10.1.2.2/24","gateway":"10.1.2.1","interface":0}]}
            """))]);
        var result = await _cni.Added(conf, "c1");
        Assert.Equal("/run/netns/c1", (string)Assert.Single(result["interfaces"]!.AsArray())!["sandbox"]!);
        Assert.Equal("10.1.2.2/24", (string)Assert.Single(result["ips"]!.AsArray())!["address"]!);
        Assert.Equal("eth0", Assert.Single(_cni.Node.View.Networks).Value.Parent!.Name.Value);
        Assert.Equal(new CniRan(0, ""), await _cni.Delete(conf, "c1"));

        conf["prevResult"]!["interfaces"]!.AsArray().Add(CniNode.Object("""{"name":"eth1"}"""));
        Assert.Equal(7, (await _cni.Add(conf, "c1")).Error().Code);
    }

    [Fact]
    public async Task The_configuration_s_name_servers_are_passed_on()
    {
        _cni.Host.Container("c1");
        var dns = CniNode.Object("""{"nameservers":["10.0.0.53"],"search":["pods.local"]}""");
        Assert.Equal(dns.ToJsonString(), (await _cni.Added(_cni.Conf(keys: ("dns", dns)), "c1"))["dns"]!.ToJsonString());
    }
}
