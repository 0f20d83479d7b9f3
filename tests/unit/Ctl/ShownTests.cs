using IpvlanActors.Daemon.Http.Contract;
using Xunit;

namespace IpvlanActors.Tests.Unit.Ctl;

/// <summary>What the commands print.</summary>
public class ShownTests
{
    private static readonly string Id = new('a', 64);
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly EndpointSummary Web = new(Id, "web", "db_net", ["192.168.1.2/24", "fd00::2/64"], "joined", "/run/netns/web");

    [Fact]
    public async Task Networks_are_listed_with_docker_s_columns()
    {
        await using var node = await FakeNode.Start();
        node.On("GET /v1/networks", [new NetworkSummary(Id, "db_net", "l2", "eth0", ["192.168.1.0/24", "fd00::/64"], 2, "ready")], c => c.IReadOnlyListNetworkSummary);

        Assert.Equal(
            """
            NETWORK ID     NAME     MODE   PARENT   SUBNETS                    ENDPOINTS   STATE
            aaaaaaaaaaaa   db_net   l2     eth0     192.168.1.0/24,fd00::/64   2           ready

            """,
            (await Tool.Run(node, "network ls")).Out);
        Assert.Equal($"{Id}\n", (await Tool.Run(node, "network ls -q")).Out);
        Assert.Equal($"{Id}\n", (await Tool.Run(node, "network list --quiet")).Out);
    }

    [Fact]
    public async Task Json_is_the_reply_as_it_came_with_what_we_do_not_know()
    {
        await using var node = await FakeNode.Start();
        node.On("GET /v1/networks", """[{"id":"x","later":[1,{"é":"<&>"}]}]""");

        Assert.Equal(
            """
            [
              {
                "id": "x",
                "later": [
                  1,
                  {
                    "é": "<&>"
                  }
                ]
              }
            ]

            """,
            (await Tool.Run(node, "network ls --format=json")).Out);
    }

    [Fact]
    public async Task Inspect_is_a_json_array_of_what_was_found()
    {
        await using var node = await FakeNode.Start();
        node.On("GET /v1/networks/a", """{"name":"a"}""").Refuse("GET /v1/networks/b", 404, new ProblemReason("network.unknown", "no network b"));

        var ran = await Tool.Run(node, "network inspect b a");

        Assert.Equal(new Ran(1, "[\n  {\n    \"name\": \"a\"\n  }\n]\n", "ipvlanctl: no network b [network.unknown]\n"), ran);
    }

    [Fact]
    public async Task A_network_can_be_inspected_as_text()
    {
        await using var node = await FakeNode.Start();
        node.On("GET /v1/networks/db_net", Network(), c => c.NetworkDetail);

        Assert.Equal(
            $"""
            Name:       db_net
            ID:         {Id}
            Created:    2026-11-23 12:00:00Z
            State:      degraded: eth0 is down
            Mode:       l2 bridge
            Parent:     eth0.10 (vlan, made by ipvland)
            Internal:   no
            MTU:        1400
            Subnets:    192.168.1.0/24 gateway 192.168.1.1
                        172.18.0.0/16 range 172.18.1.0/24 (default pool)
            Reserved:   router=192.168.1.9
            Options:    parent=eth0.10
                        mtu=1400

            BLOCK             HOST   EPOCH   USED
            192.168.1.0/26    h1     1       3
            192.168.1.64/26   h2     2       -

            ENDPOINT ID    NAME   NETWORK   ADDRESSES                   STATE    SANDBOX
            aaaaaaaaaaaa   web    db_net    192.168.1.2/24,fd00::2/64   joined   /run/netns/web

            """,
            (await Tool.Run(node, "network inspect --format table db_net")).Out);
    }

    [Fact]
    public async Task Endpoints_are_joined_listed_inspected_and_left()
    {
        await using var node = await FakeNode.Start();
        var detail = new EndpointDetail(Id, "web", "db_net", Id, Web.Addresses, "eth0", "/run/netns/web", ["default via 192.168.1.1 dev eth0"], "joined", "", Noon);
        node.On("POST /v1/endpoints", detail, c => c.EndpointDetail)
            .On("GET /v1/endpoints", [Web], c => c.IReadOnlyListEndpointSummary)
            .On("GET /v1/endpoints?network=db%20net", [], c => c.IReadOnlyListEndpointSummary)
            .On("GET /v1/endpoints/web", detail, c => c.EndpointDetail)
            .On("POST /v1/endpoints/web/leave", detail, c => c.EndpointDetail)
            .Empty("POST /v1/endpoints/db/leave");

        Assert.Equal(new Ran(0, $"{Id}\n", ""), await Tool.Run(node, "endpoint join db_net --netns web --ip 192.168.1.2"));
        Assert.Equal("""{"network":"db_net","netns":"web","name":null,"ip":"192.168.1.2","ip6":null,"ifName":"eth0","wish":null,"mustBeNew":false,"addresses":null,"routes":null}""", node.Asked[0].Body);
        await Tool.Run(node, "endpoint join db_net --netns web --address 192.168.1.2 --address 192.168.1.3,::/0");
        Assert.Contains("""{"network":"db_net","netns":"web","name":null,"ip":null,"ip6":null,"ifName":"eth0","wish":null,"mustBeNew":false,"addresses":["192.168.1.2","192.168.1.3","::/0"],"routes":null}""", node.Asked.Select(a => a.Body));
        Assert.StartsWith("ENDPOINT ID    NAME   NETWORK ", (await Tool.Run(node, "endpoint ls")).Out, StringComparison.Ordinal);
        Assert.Equal(
            "ENDPOINT ID   NAME   NETWORK   ADDRESSES   STATE   SANDBOX\n",
            (await Tool.Run(["endpoint", "ls", "--network", "db net"], node.Socket, around => around)).Out);
        Assert.StartsWith("[\n  {\n    \"id\"", (await Tool.Run(node, "endpoint inspect web")).Out, StringComparison.Ordinal);
        Assert.Contains("Routes:      default via 192.168.1.1 dev eth0\n", (await Tool.Run(node, "endpoint inspect web --format table")).Out, StringComparison.Ordinal);
        Assert.Equal("web\ndb\n", (await Tool.Run(node, "endpoint leave web db")).Out);
    }

    [Theory]
    [InlineData("pid:12", "pid:12")]
    [InlineData("/run/netns/x", "/run/netns/x")]
    public async Task A_namespace_is_sent_as_typed(string typed, string sent) => Assert.Equal(sent, await Netns(typed));

    [Fact]
    public async Task A_namespace_means_the_same_to_the_node_as_to_who_typed_it()
    {
        Assert.Equal(Path.GetFullPath("ns/x"), await Netns("ns/x"));
        Assert.Equal($"/proc/{Environment.ProcessId}/ns/net", await Netns("/proc/self/ns/net"));
    }

    [Fact]
    public async Task Routes_and_hosts_are_listed()
    {
        await using var node = await FakeNode.Start();
        node.On("GET /v1/routes?host=h2", [new RouteDetail("10.1.0.0/24", "ipnet", "h2", "10.0.0.2", "eth0", "accepted", "installed", "")], c => c.IReadOnlyListRouteDetail)
            .On("GET /v1/cluster", new ClusterStatus("h1", "single", [new MemberDetail("h1", Id, "127.0.0.1:4053", "Up", true, false, 1, 2), new MemberDetail("h2", Id, "", "gone", false, false, 1, 2, "", "stale", "it has been no member")]), c => c.ClusterStatus)
            .Empty("POST /v1/cluster/forget/h2")
            .Empty("POST /v1/cluster/leave");

        Assert.Equal(
            """
            PREFIX        NETWORK   HOST   NEXT HOP   DEVICE   STATE      KERNEL      REASON
            10.1.0.0/24   ipnet     h2     10.0.0.2   eth0     accepted   installed

            """,
            (await Tool.Run(node, "route ls --host h2")).Out);
        Assert.Equal(
            """
            Self:       h1
            Registry:   single

            HOST   ADDRESS          STATUS   REACHABLE   REGISTRY   BLOCKS   ROUTES   STATE   WHY
            h1     127.0.0.1:4053   Up       yes         no         1        2
            h2                      gone     no          no         1        2        stale   it has been no member

            """,
            (await Tool.Run(node, "cluster status")).Out);
        Assert.Equal("h2\n", (await Tool.Run(node, "cluster forget h2")).Out);
        Assert.Equal("left\n", (await Tool.Run(node, "cluster leave")).Out);
    }

    [Fact]
    public async Task What_a_stranger_named_cannot_move_the_cursor()
    {
        await using var node = await FakeNode.Start();
        node.On("GET /v1/endpoints", [Web with { Name = "\e[2Jevil" }], c => c.IReadOnlyListEndpointSummary);

        Assert.Contains("?[2Jevil", (await Tool.Run(node, "endpoint ls")).Out, StringComparison.Ordinal);
    }

    private static NetworkDetail Network() => new(
        Id, "db_net", Noon, "l2", "bridge", false, 1400,
        new ParentDetail("eth0.10", "vlan", true),
        [
            new SubnetDetail("192.168.1.0/24", "192.168.1.1", null, new Dictionary<string, string> { ["router"] = "192.168.1.9" }, false),
            new SubnetDetail("172.18.0.0/16", null, "172.18.1.0/24", new Dictionary<string, string>(), true),
        ],
        [new BlockDetail("192.168.1.0/26", "h1", Id, 1, 3), new BlockDetail("192.168.1.64/26", "h2", Id, 2, null)],
        [Web],
        "degraded", "eth0 is down",
        new Dictionary<string, string> { ["parent"] = "eth0.10", ["mtu"] = "1400" },
        new Dictionary<string, string>());

    private static async Task<string> Netns(string typed)
    {
        await using var node = await FakeNode.Start();
        await Tool.Run(node, $"endpoint join n --netns {typed}");
        return System.Text.Json.JsonSerializer.Deserialize(node.Asked[0].Body, ContractJson.Default.JoinEndpointRequest)!.Netns;
    }
}
