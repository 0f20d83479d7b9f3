using System.Text.Json.Nodes;
using Xunit;

namespace IpvlanActors.Tests.Unit.Cni;

/// <summary>What is wrong with a call is told by its code, names the input, and nothing is asked of the node.</summary>
public class ContractTests
{
    private const string Conf = """{"cniVersion":"1.0.0","name":"pods","type":"ipvland","master":"eth0","socket":"/nowhere"}""";

    [Theory]
    [InlineData("", "c1", "/x", "eth0", 4, "CNI_COMMAND: '' is none of ADD, CHECK, DEL, GC, STATUS, VERSION")]
    [InlineData("MOVE", "c1", "/x", "eth0", 4, "CNI_COMMAND: 'MOVE'")]
    [InlineData("ADD", "", "", "eth0", 4, "ADD needs the environment variables CNI_CONTAINERID, CNI_NETNS")]
    [InlineData("DEL", "c1", "", "", 4, "DEL needs the environment variables CNI_IFNAME")]
    [InlineData("ADD", "../c1", "/x", "eth0", 4, "CNI_CONTAINERID: '../c1'")]
    [InlineData("ADD", "c1", "/x", "eth0/../x", 4, "CNI_IFNAME: 'eth0/../x'")]
    [InlineData("ADD", "c1", "/x", "an-interface-too-long", 4, "CNI_IFNAME")]
    [InlineData("STATUS", "", "", "", 1, "STATUS needs cniVersion 1.1.0 or later; the configuration says 1.0.0")]
    [InlineData("GC", "", "", "", 1, "GC needs cniVersion 1.1.0")]
    [InlineData("ADD", "c1", "/x", "eth0", 11, "not reached at /nowhere")]
    public async Task A_wrong_call(string command, string container, string netns, string ifName, int code, string text) =>
        await Fails(command, container, netns, ifName, Conf, code, text);

    [Theory]
    [InlineData("", 6, "is no JSON")]
    [InlineData("[]", 6, "is no JSON object")]
    [InlineData("""{"name":"pods","type":"ipvland"}""", 1, "cniVersion '' is none of 0.3.1, 0.4.0, 1.0.0, 1.1.0")]
    [InlineData("""{"cniVersion":"2.0.0","name":"pods"}""", 1, "cniVersion '2.0.0'")]
    [InlineData("""{"cniVersion":"1.0.0"}""", 7, "name: ''")]
    [InlineData("""{"cniVersion":"1.0.0","name":"a/b"}""", 7, "name: 'a/b'")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","master":7}""", 7, "master: must be a text")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","mtu":"big"}""", 7, "mtu: must be a whole number")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","runtimeConfig":{"mac":"02:00:00:00:00:01"}}""", 2, "mac 02:00:00:00:00:01")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","ipam":{"type":"ipvland","colour":"red"}}""", 2, "ipam: 'colour' is not known here")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","ipam":{"gateway":"10.1.0.1"}}""", 7, "without the subnet that it lies in")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","ipam":{"subnet":"10.1.0.0/16","rangeStart":"10.1.0.10","rangeEnd":"10.1.0.20"}}""", 2, "10.1.0.10 to 10.1.0.20 is no prefix")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","ipam":{"subnet":"10.1.0.0/16","rangeStart":"10.1.0.16","rangeEnd":"10.1.0.15"}}""", 2, "is no prefix")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","ipam":{"subnet":"10.1.0.0/16","rangeStart":"10.1.0.16"}}""", 7, "must be two addresses of one family")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","ipam":{"subnet":"10.1.0.0/16","routes":[{"dst":"10.0.0.0/8","table":7}]}}""", 2, "table of 10.0.0.0/8 is not supported")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","ipam":{"ranges":[[{"subnet":"10.1.0.0/16"}],[{"subnet":"10.2.0.0/16"},{"subnet":"10.3.0.0/16"}]]}}""", 2, "one address of any of 10.2.0.0/16, 10.3.0.0/16 cannot be asked for")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","ipam":{"subnets":["2001:db8::/64"],"ranges":[[{"subnet":"10.1.0.0/16"}],[{"subnet":"10.2.0.0/16"}]]}}""", 2, "one address of any of 2001:db8::/64")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","ipam":{"type":"host-local"}}""", 4, "plugin host-local is not in CNI_PATH")]
    [InlineData("""{"cniVersion":"1.0.0","name":"n","ipam":{"type":"../x"}}""", 7, "is a path")]
    public async Task A_wrong_configuration(string conf, int code, string text) => await Fails("ADD", "c1", "/x", "eth0", conf, code, text);

    [Theory]
    [InlineData("pods", "eth0", "c1", "cni.eth0.c1")]
    [InlineData("pods", "eth0.10", "c1", "cni.eth0..10.c1")]
    [InlineData("pods", "a.", "b", "cni.a...b")]
    [InlineData("other", "eth0", "c1", "cni-other.eth0.c1")]
    [InlineData("o.ther", "eth0", "c1", "cni-o..ther.eth0.c1")]
    public async Task An_attachment_has_a_name_of_its_own(string name, string ifName, string container, string endpoint)
    {
        await using var node = await Ctl.FakeNode.Start();
        var conf = new JsonObject { ["cniVersion"] = "1.0.0", ["name"] = name, ["network"] = "pods", ["socket"] = node.Socket };
        await CniNode.Run(new() { ["CNI_COMMAND"] = "DEL", ["CNI_CONTAINERID"] = container, ["CNI_IFNAME"] = ifName }, conf.ToJsonString());
        Assert.Equal($"DELETE /v1/endpoints/{endpoint}?network=pods", Assert.Single(node.Asked).Request);
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_or_not_understood_is_an_error_and_the_join_is_taken_back()
    {
        foreach (var answer in new[] { "", "{\"id\":", "null", "<html>" })
        {
            await using var node = await Ctl.FakeNode.Start();
            node.On("POST /v1/endpoints", answer).Empty("DELETE /v1/endpoints/cni.eth0.c1?network=pods");
            var conf = JsonNode.Parse(Conf)!.AsObject();
            conf["socket"] = node.Socket;
            var ran = await CniNode.Run(Variables("ADD", "c1", "/x", "eth0"), conf.ToJsonString());
            Assert.Equal(11, ran.Error().Code);
            Assert.Equal(["POST /v1/endpoints", "DELETE /v1/endpoints/cni.eth0.c1?network=pods"], node.Asked.Select(a => a.Request));
        }
    }

    private static async Task Fails(string command, string container, string netns, string ifName, string conf, int code, string text)
    {
        var ran = await CniNode.Run(Variables(command, container, netns, ifName), conf);
        var error = ran.Error();
        Assert.Equal(code, error.Code);
        Assert.Contains(text, error.Text, StringComparison.Ordinal);
        Assert.Matches("^(0.3.1|0.4.0|1.0.0|1.1.0)$", (string)JsonNode.Parse(ran.Out)!["cniVersion"]!);
    }

    private static Dictionary<string, string> Variables(string command, string container, string netns, string ifName) => new()
    {
        ["CNI_COMMAND"] = command,
        ["CNI_CONTAINERID"] = container,
        ["CNI_NETNS"] = netns,
        ["CNI_IFNAME"] = ifName,
    };
}
