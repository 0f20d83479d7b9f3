using System.Text.Json.Nodes;
using Xunit;

namespace IpvlanActors.Tests.Unit.Cni;

/// <summary>Addresses that another plugin gives out: handed over to the cluster, and back if anything goes wrong.</summary>
public sealed class IpamTests : IAsyncLifetime
{
    private static readonly CniRan Fine = new(0, "");
    private CniNode _cni = null!;

    public async Task InitializeAsync() => _cni = await CniNode.Start();

    public Task DisposeAsync() => _cni.DisposeAsync().AsTask();

    [Fact]
    public async Task Its_addresses_and_exactly_its_routes_are_the_container_s()
    {
        _cni.Host.Container("c1");
        Gives("""{"ips":[{"address":"10.1.2.5/24","gateway":"10.1.2.1"},{"address":"2001:db8:2::5/64"}],"routes":[{"dst":"10.0.0.0/8"}],"dns":{"nameservers":["10.1.2.53"]}}""");
        var conf = Conf();
        var result = await _cni.Added(conf, "c1");
        Assert.Equal(
            """[{"interface":0,"address":"10.1.2.5/24","gateway":"10.1.2.1"},{"interface":0,"address":"2001:db8:2::5/64"}]""", result["ips"]!.ToJsonString());
        Assert.Equal("""[{"dst":"10.0.0.0/8","gw":"10.1.2.1"}]""", result["routes"]!.ToJsonString());
        Assert.Equal("""{"nameservers":["10.1.2.53"]}""", result["dns"]!.ToJsonString());
        await _cni.Node.Agrees();
        Assert.Equal(Fine, await _cni.Check(conf, result, "c1"));
        Assert.Equal(Fine, await _cni.Run("STATUS", conf));
        Assert.Equal(Fine, await _cni.Delete(conf, "c1"));
        conf["cni.dev/valid-attachments"] = new JsonArray();
        Assert.Equal(Fine, await _cni.Run("GC", conf));
        Assert.Equal(["ADD c1", "CHECK c1", "STATUS ", "DEL c1", "GC "], _cni.AskedOf("their-ipam"));
        Assert.Empty(_cni.Node.View.Endpoints);
    }

    [Theory]
    [InlineData("l2", """[{"dst":"10.0.0.0/8","gw":"10.1.3.1"}]""")]
    [InlineData("l3", """[{"dst":"0.0.0.0/0"},{"dst":"10.0.0.0/8"}]""")]
    public async Task Several_addresses_of_a_family_are_all_the_interface_s_and_the_first_stays_the_first(string mode, string routes)
    {
        _cni.Host.Container("c1");
        var before = _cni.Host.Kernel.ToString();
        Gives("""{"ips":[{"address":"10.1.3.5/24","gateway":"10.1.3.1"},{"address":"10.1.2.5/24","gateway":"10.1.2.1"},{"address":"10.1.2.6/24","gateway":"10.1.2.1"}],"routes":[{"dst":"10.0.0.0/8"}]}""");
        var conf = Conf(("mode", mode));
        var result = await _cni.Added(conf, "c1");
        Assert.Equal(["10.1.3.5/24", "10.1.2.5/24", "10.1.2.6/24"], result["ips"]!.AsArray().Select(i => (string)i!["address"]!));
        Assert.Equal(["10.1.3.1", "10.1.2.1", "10.1.2.1"], result["ips"]!.AsArray().Select(i => (string)i!["gateway"]!));
        Assert.Equal(routes, result["routes"]!.ToJsonString());
        await _cni.Node.Agrees();
        await _cni.Down();
        await _cni.Up();
        await _cni.Node.Agrees();
        Assert.Equal(Fine, await _cni.Check(conf, result, "c1"));
        Assert.Equal(Fine, await _cni.Delete(conf, "c1"));
        Assert.All(_cni.Node.View.Networks.Values, n => Assert.Empty(n.Holders));
        await _cni.Node.Agrees();
        Assert.Equal(before, string.Join('\n', _cni.Host.Kernel.ToString().Split('\n').Where(l => !l.Contains("unreachable", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task In_L3_the_default_route_to_the_device_comes_by_itself()
    {
        _cni.Host.Container("c1");
        Gives("""{"ips":[{"address":"10.1.2.5/24","gateway":"10.1.2.1"}]}""");
        var result = await _cni.Added(Conf(("mode", "l3")), "c1");
        Assert.Equal("""[{"dst":"0.0.0.0/0"}]""", result["routes"]!.ToJsonString());
        await _cni.Node.Agrees();
    }

    [Fact]
    public async Task In_L2_no_route_means_none()
    {
        _cni.Host.Container("c1");
        Gives("""{"ips":[{"address":"10.1.2.5/24","gateway":"10.1.2.1"}]}""");
        Assert.Equal("[]", (await _cni.Added(Conf(), "c1"))["routes"]!.ToJsonString());
        Assert.DoesNotContain("default", _cni.Host.Kernel.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_another_s_is_given_back_and_leaves_nothing()
    {
        _cni.Host.Container("c1");
        _cni.Host.Container("c2");
        Gives("""{"ips":[{"address":"10.1.2.5/24"}]}""");
        await _cni.Added(Conf(), "c1");
        await _cni.Node.Agrees();
        var before = _cni.Host.Kernel.ToString();
        var (code, text) = (await _cni.Add(Conf(), "c2")).Error();
        Assert.Equal(100, code);
        Assert.Contains("Address already in use: 10.1.2.5", text, StringComparison.Ordinal);
        Assert.Equal(["ADD c1", "ADD c2", "DEL c2"], _cni.AskedOf("their-ipam"));
        Assert.Single(_cni.Node.View.Endpoints);
        Assert.Equal(before, _cni.Host.Kernel.ToString());
    }

    [Theory]
    [InlineData("""{"ips":[{"address":"10.1.2.5/24"}],"routes":[{"dst":"2001:db8:9::/64"}]}""", 7, "has no IPv6 address to send from")]
    [InlineData("""{"ips":[{"address":"10.1.2.5/24"}],"routes":[{"dst":"10.0.0.0/8","gw":"10.9.9.9"}]}""", 102, "10.0.0.0/8")]
    [InlineData("""{"ips":[{"address":"10.1.2.5/24"}],"routes":[{"dst":"10.0.0.0/8","priority":7}]}""", 2, "priority of 10.0.0.0/8")]
    [InlineData("""{"ips":[]}""", 7, "their-ipam gave no address")]
    [InlineData("""{"ips":[{"address":"10.1.2.5"}]}""", 7, "without a prefix length")]
    [InlineData("""{"ips":[{"address":"10.1.2.0/24"}]}""", 100, "is the network address")]
    public async Task What_cannot_be_done_with_its_answer_is_undone(string answer, int code, string text)
    {
        _cni.Host.Container("c1");
        var before = _cni.Host.Kernel.ToString();
        Gives(answer);
        var error = (await _cni.Add(Conf(), "c1")).Error();
        Assert.Equal(["ADD c1", "DEL c1"], _cni.AskedOf("their-ipam"));
        Assert.Empty(_cni.Node.View.Endpoints);
        await _cni.Node.Agrees();
        Assert.Equal(before, _cni.Host.Kernel.ToString());
        Assert.Equal(code, error.Code);
        Assert.Contains(text, error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_own_errors_are_passed_on_and_nothing_is_asked_of_the_node()
    {
        _cni.Host.Container("c1");
        _cni.Install("their-ipam", """echo '{"code":11,"msg":"no lease"}'; exit 1""");
        Assert.Equal((11, "their-ipam ADD: no lease"), (await _cni.Add(Conf(), "c1")).Error());
        Assert.Equal((11, "their-ipam DEL: no lease"), (await _cni.Delete(Conf(), "c1")).Error());
        _cni.Install("their-ipam", "exit 3");
        Assert.Equal((103, "their-ipam ADD failed with exit code 3"), (await _cni.Add(Conf(), "c1")).Error());
        _cni.Install("their-ipam", "echo nonsense");
        Assert.Equal(6, (await _cni.Add(Conf(), "c1")).Error().Code);
        Assert.Empty(_cni.Node.View.Networks);
    }

    [Fact]
    public async Task Without_a_node_its_address_is_given_back_and_DEL_is_completed_later()
    {
        _cni.Host.Container("c1");
        Gives("""{"ips":[{"address":"10.1.2.5/24"}]}""");
        await _cni.Added(Conf(), "c1");
        await _cni.Down();
        Assert.Equal(11, (await _cni.Add(Conf(), "c2")).Error().Code);
        Assert.Equal(Fine, await _cni.Delete(Conf(), "c1"));
        Assert.Equal(["ADD c1", "ADD c2", "DEL c2", "DEL c1"], _cni.AskedOf("their-ipam"));
        await _cni.Up();
        Assert.Empty(_cni.Node.View.Endpoints);
        await _cni.Node.Agrees();
    }

    private JsonObject Conf(params (string Key, JsonNode? Value)[] keys) =>
        _cni.Conf(keys: [("ipam", CniNode.Object("""{"type":"their-ipam","subnet":"10.1.2.0/24","whatever":1}""")), .. keys]);

    private void Gives(string answer) => _cni.Install("their-ipam", $"[ $CNI_COMMAND != ADD ] || echo '{answer}'");
}
