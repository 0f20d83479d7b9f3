using System.Text.Json.Nodes;
using Xunit;

namespace IpvlanActors.Tests.Unit.Cni;

/// <summary>CHECK, STATUS, GC, VERSION: what the reference plugin lacks, or has half of.</summary>
public sealed class OperationTests : IAsyncLifetime
{
    private static readonly CniRan Fine = new(0, "");
    private CniNode _cni = null!;

    public async Task InitializeAsync() => _cni = await CniNode.Start();

    public Task DisposeAsync() => _cni.DisposeAsync().AsTask();

    [Fact]
    public async Task CHECK_finds_what_is_missing_in_the_container_and_mends_nothing()
    {
        _cni.Host.Container("c1");
        var conf = _cni.Conf();
        var result = await _cni.Added(conf, "c1");
        Assert.Equal(Fine, await _cni.Check(conf, result, "c1"));

        _cni.Host.Kernel.RemoveLink("eth0");
        Assert.Equal(7, await Code(result));
        _cni.Host.Kernel.AddLink("eth0", "10.0.0.1/24");
        await _cni.Node.Reconcile();
        Assert.Equal(0, (await _cni.Check(conf, Without(result, "mac"), "c1")).Exit);
        _cni.Host.EndContainer("c1");
        Assert.NotEqual(0, (await _cni.Check(conf, result, "c1")).Exit);

        async Task<int> Code(JsonNode against) => (await _cni.Check(conf, against, "c1")).Error().Code;
    }

    [Fact]
    public async Task CHECK_holds_what_the_runtime_remembers_against_what_is()
    {
        _cni.Host.Container("c1");
        _cni.Host.Container("c2");
        var conf = _cni.Conf();
        var result = await _cni.Added(conf, "c1");
        (string What, string Was, string Is)[] changes =
        [
            ("the address", "10.1.0.2/16", "10.1.0.3/16"),
            ("the interface", "\"name\":\"eth0\"", "\"name\":\"eth1\""),
            ("the MAC", "\"mac\":\"02", "\"mac\":\"0a"),
        ];
        foreach (var (what, was, @is) in changes)
        {
            var changed = JsonNode.Parse(result.ToJsonString().Replace(was, @is, StringComparison.Ordinal))!;
            Assert.NotEqual(result.ToJsonString(), changed.ToJsonString());
            Assert.Equal((what, 101), (what, (await _cni.Check(conf, changed, "c1")).Error().Code));
        }

        Assert.Equal(101, (await _cni.Check(conf, result, "c2")).Error().Code);
        Assert.Equal(7, (await _cni.Check(_cni.Conf(keys: ("mode", "l3")), result, "c1")).Error().Code);
        Assert.Equal(7, (await _cni.Run("CHECK", conf, "c1")).Error().Code);
    }

    [Fact]
    public async Task STATUS_is_well_before_and_after_the_network_is_made()
    {
        Assert.Equal(Fine, await _cni.Run("STATUS", _cni.Conf()));
        Assert.Empty(_cni.Node.View.Networks);
        _cni.Host.Container("c1");
        await _cni.Added(_cni.Conf(), "c1");
        Assert.Equal(Fine, await _cni.Run("STATUS", _cni.Conf()));
    }

    [Fact]
    public async Task STATUS_tells_a_parent_that_is_not_there()
    {
        var (code, text) = (await _cni.Run("STATUS", _cni.Conf(keys: ("master", "eth9")))).Error();
        Assert.Equal(51, code);
        Assert.Contains("eth9 was not found", text, StringComparison.Ordinal);

        _cni.Host.Container("c1");
        await _cni.Added(_cni.Conf(), "c1");
        _cni.Host.Kernel.RemoveLink("eth0");
        await _cni.Node.Reconcile();
        Assert.Equal(51, (await _cni.Run("STATUS", _cni.Conf())).Error().Code);
    }

    [Fact]
    public async Task STATUS_and_ADD_tell_that_no_address_is_left()
    {
        var conf = _cni.Conf(keys: ("ipam", CniNode.Object("""{"subnet":"10.1.0.0/30"}""")));
        _cni.Host.Container("c1");
        _cni.Host.Container("c2");
        await _cni.Added(conf, "c1");
        var (code, text) = (await _cni.Run("STATUS", conf)).Error();
        Assert.Equal(50, code);
        Assert.Contains("no IPv4 address is left", text, StringComparison.Ordinal);
        var error = (await _cni.Add(conf, "c2")).Error();
        Assert.Equal(100, error.Code);
        Assert.Contains("no available IPv4 addresses", error.Text, StringComparison.Ordinal);
        await _cni.Delete(conf, "c1");
        Assert.Equal(Fine, await _cni.Run("STATUS", conf));
    }

    [Fact]
    public async Task A_network_of_the_cluster_may_be_named_and_is_never_made()
    {
        var conf = _cni.Conf(keys: [("network", "db_net"), ("master", null), ("ipam", null)]);
        _cni.Host.Container("c1");
        Assert.Contains("network db_net not found", (await _cni.Add(conf, "c1")).Error().Text, StringComparison.Ordinal);
        Assert.NotEqual(0, (await _cni.Run("STATUS", conf)).Exit);
        await _cni.Node.Create("db_net", "10.7.0.0/24", ("parent", "eth0"), ("ipvlan_mode", "l3"), ("mtu", "1400"));
        Assert.Equal(Fine, await _cni.Run("STATUS", conf));
        Assert.Equal("10.7.0.2/24", (string)(await _cni.Added(conf, "c1"))["ips"]![0]!["address"]!);
        Assert.Equal("cni-pods.eth0.c1", Assert.Single(_cni.Node.View.Endpoints).Value.Name);
        Assert.Equal(Fine, await _cni.Delete(conf, "c1"));
    }

    [Theory]
    [InlineData("mode", "\"l3\"", "is in mode l2, not l3")]
    [InlineData("flag", "\"vepa\"", "has the flag bridge, not vepa")]
    [InlineData("mtu", "1400", "has the mtu of its parent, not mtu 1400")]
    [InlineData("master", "\"eth0.7\"", "is on eth0 on host h1, not on eth0.7")]
    [InlineData("ipam", """{"subnet":"10.2.0.0/16"}""", "has 10.1.0.0/16, but not the subnet 10.2.0.0/16")]
    [InlineData("ipam", """{"subnet":"10.1.0.0/16","gateway":"10.1.0.9"}""", "has the gateway 10.1.0.1 in 10.1.0.0/16, not 10.1.0.9")]
    public async Task A_configuration_that_differs_from_its_network_is_refused_with_the_way_out(string key, string value, string difference)
    {
        _cni.Host.Container("c1");
        _cni.Host.Container("c2");
        await _cni.Added(_cni.Conf(), "c1");
        var (code, text) = (await _cni.Add(_cni.Conf(keys: (key, JsonNode.Parse(value))), "c2")).Error();
        Assert.Equal(7, code);
        Assert.Contains("network pods " + difference, text, StringComparison.Ordinal);
        Assert.Contains("take another name", text, StringComparison.Ordinal);
        Assert.Single(_cni.Node.View.Endpoints);
    }

    [Fact]
    public async Task GC_removes_what_the_runtime_does_not_know_and_nothing_of_others()
    {
        foreach (var n in Enumerable.Range(1, 6))
            _cni.Host.Container($"c{n}");
        var conf = _cni.Conf();
        await _cni.Added(conf, "c1");
        await _cni.Added(conf, "c2");
        await _cni.Added(conf, "c3");
        await _cni.Node.Join("pods", "c4", "by-hand");
        await _cni.Added(_cni.Conf(keys: [("name", "others"), ("network", "pods"), ("ipam", null)]), "c5");
        await _cni.Added(_cni.Conf(keys: [("name", "more"), ("ipam", CniNode.Object("""{"subnet":"10.2.0.0/16"}"""))]), "c6");

        conf["cni.dev/valid-attachments"] = JsonNode.Parse("""[{"containerID":"c2","ifname":"eth0"},{"containerID":"c9","ifname":"eth0"},{"containerID":"c3","ifname":"eth1"}]""");
        Assert.Equal(Fine, await _cni.Run("GC", conf));
        Assert.Equal(
            ["by-hand", "cni-others.eth0.c5", "cni.eth0.c2", "cni.eth0.c6"],
            _cni.Node.View.Endpoints.Values.Select(e => e.Name).Order(StringComparer.Ordinal));
        await _cni.Node.Agrees();

        conf["cni.dev/valid-attachments"] = new JsonArray();
        Assert.Equal(Fine, await _cni.Run("GC", conf));
        Assert.Equal(3, _cni.Node.View.Endpoints.Count);
        Assert.Equal(7, (await _cni.Run("GC", _cni.Conf())).Error().Code);
        Assert.Equal(3, _cni.Node.View.Endpoints.Count);
    }

    [Fact]
    public async Task VERSION_needs_neither_node_nor_configuration()
    {
        await _cni.Down();
        Assert.Equal(
            """{"cniVersion":"1.1.0","supportedVersions":["0.3.1","0.4.0","1.0.0","1.1.0"]}""" + "\n",
            (await CniNode.Run(new() { ["CNI_COMMAND"] = "VERSION" }, """{"cniVersion":"0.4.0"}""")).Out);
    }

    private static JsonNode Without(JsonNode result, string key)
    {
        var copy = result.DeepClone();
        copy["interfaces"]![0]!.AsObject().Remove(key);
        return copy;
    }
}
