using System.Text.Json;
using IpvlanActors.Daemon.Http.Contract;
using Xunit;

namespace IpvlanActors.Tests.Unit.Ctl;

public class NetworkCreateTests
{
    /// <summary>The commands of Docker's ipvlan document, pasted, with `docker` replaced.</summary>
    public static TheoryData<string, string> Document => new()
    {
        {
            """
            network  create -d ipvlan \
                --subnet=192.168.1.0/24 \
                --gateway=192.168.1.1 \
                -o ipvlan_mode=l2 \
                -o parent=eth0 db_net
            """,
            "db_net: subnets 192.168.1.0/24; gateways 192.168.1.1; options ipvlan_mode=l2 parent=eth0"
        },
        {
            """
            network  create -d ipvlan \
                --subnet=192.168.1.0/24 \
                -o parent=eth0 db_net_ipv
            """,
            "db_net_ipv: subnets 192.168.1.0/24; gateways ; options parent=eth0"
        },
        {
            """
            network  create -d ipvlan \
                --subnet=192.168.10.0/24 isolated1
            """,
            "isolated1: subnets 192.168.10.0/24; gateways ; options "
        },
        {
            """
            network  create -d ipvlan \
                --subnet=192.168.11.0/24 --internal isolated2
            """,
            "isolated2: subnets 192.168.11.0/24; gateways ; options ; internal"
        },
        { "network  create -d ipvlan isolated3", "isolated3: subnets ; gateways ; options " },
        {
            """
            network  create  -d ipvlan \
                --subnet=192.168.114.0/24 --subnet=192.168.116.0/24 \
                --gateway=192.168.114.254  --gateway=192.168.116.254 \
                 -o parent=eth0.114 \
                 -o ipvlan_mode=l2 ipvlan114
            """,
            "ipvlan114: subnets 192.168.114.0/24 192.168.116.0/24; gateways 192.168.114.254 192.168.116.254; options parent=eth0.114 ipvlan_mode=l2"
        },
        {
            """
            network  create  -d ipvlan \
                --subnet=192.168.214.0/24 \
                --subnet=10.1.214.0/24 \
                 -o ipvlan_mode=l3 ipnet210
            """,
            "ipnet210: subnets 192.168.214.0/24 10.1.214.0/24; gateways ; options ipvlan_mode=l3"
        },
        {
            """
            network create -d ipvlan \
                --subnet=2001:db8:abc2::/64 --gateway=2001:db8:abc2::22 \
                -o parent=eth0.139 v6ipvlan139
            """,
            "v6ipvlan139: subnets 2001:db8:abc2::/64; gateways 2001:db8:abc2::22; options parent=eth0.139"
        },
        {
            """
            network  create  -d ipvlan \
                --subnet=192.168.140.0/24 --subnet=192.168.142.0/24 \
                --gateway=192.168.140.1  --gateway=192.168.142.1 \
                --subnet=2001:db8:abc9::/64 --gateway=2001:db8:abc9::22 \
                 -o parent=eth0.140 \
                 -o ipvlan_mode=l2 ipvlan140
            """,
            "ipvlan140: subnets 192.168.140.0/24 192.168.142.0/24 2001:db8:abc9::/64; gateways 192.168.140.1 192.168.142.1 2001:db8:abc9::22; options parent=eth0.140 ipvlan_mode=l2"
        },
        {
            """
            network  create  -d ipvlan \
                --subnet=192.168.40.0/24 --gateway=192.168.40.1 \
                -o parent=foo ipvlan40
            """,
            "ipvlan40: subnets 192.168.40.0/24; gateways 192.168.40.1; options parent=foo"
        },
    };

    [Theory]
    [MemberData(nameof(Document))]
    public async Task The_documents_own_commands_are_sent_as_written(string line, string told)
    {
        var (ran, request) = await Create(line);

        Assert.Equal(new Ran(0, "abc123\n", ""), ran);
        Assert.Equal(told, Told(request!));
    }

    [Fact]
    public async Task Every_flag_has_its_place_in_the_request()
    {
        await using var node = await FakeNode.Start();
        node.On("POST /v1/networks", """{"id":"abc123","name":"n"}""", status: 201);

        await Tool.Run(node, "network create --subnet 10.0.0.0/16 --ip-range 10.0.8.0/24 --aux-address a=10.0.0.5 --ipv4=false --internal -o mtu=1400 --label k=v=w --label bare n");

        Assert.Equal(
            ("POST /v1/networks", """
            {"name":"n","subnets":["10.0.0.0/16"],"gateways":[],"ipRanges":["10.0.8.0/24"],"auxAddresses":{"a":"10.0.0.5"},"internal":true,"ipv4":false,"options":{"mtu":"1400"},"labels":{"k":"v=w","bare":""}}
            """),
            Assert.Single(node.Asked));
    }

    [Theory]
    [InlineData("--subnet 10.0.0.0/24,10.0.1.0/24 --gateway=10.0.0.1,10.0.1.1 n", "n: subnets 10.0.0.0/24 10.0.1.0/24; gateways 10.0.0.1 10.0.1.1; options ")]
    [InlineData("n --internal=0 -oparent=eth0", "n: subnets ; gateways ; options parent=eth0")]
    [InlineData("--internal true", "true: subnets ; gateways ; options ; internal")]
    [InlineData("-o parent= n", "n: subnets ; gateways ; options parent=")]
    [InlineData("--ipv6 --subnet fd00::/64 --driver=ipvland n", "n: subnets fd00::/64; gateways ; options ")]
    [InlineData("@n", "@n: subnets ; gateways ; options ")]
    public async Task It_is_read_as_docker_reads_it(string flags, string told)
    {
        var (ran, request) = await Create($"network create {flags}");

        Assert.Equal(new Ran(0, "abc123\n", ""), ran);
        Assert.Equal(told, Told(request!));
    }

    [Theory]
    [InlineData("", "NAME is missing")]
    [InlineData("a b", "one word too many: b")]
    [InlineData("--attachable n", "unknown flag: --attachable")]
    [InlineData("--attachable", "unknown flag: --attachable")]
    [InlineData("n --scope=local", "unknown flag: --scope")]
    [InlineData("-d bridge n", "-d: 'bridge' is none of ipvlan, ipvland")]
    [InlineData("-o parent n", "-o: 'parent' is not key=value")]
    [InlineData("--opt =eth0 n", "--opt: '=eth0' is not key=value")]
    [InlineData("--label =v n", "--label: '=v' is not key=value")]
    [InlineData("--aux-address 10.0.0.1 n", "--aux-address: '10.0.0.1' is not name=address")]
    [InlineData("--aux-address a=10.0.0.1 --aux-address a=10.0.0.2 n", "--aux-address: 'a' is given twice, with different values")]
    [InlineData("--gateway= n", "--gateway: the value is empty")]
    [InlineData("--subnet 10.0.0.0/24,, n", "--subnet: the value is empty")]
    [InlineData("n --subnet", "--subnet: a value is missing")]
    [InlineData("--internal=maybe n", "--internal: 'maybe' is neither true nor false")]
    [InlineData("--ipv6=false --subnet fd00::/64 n", "--ipv6=false: contradicts --subnet fd00::/64")]
    [InlineData("..", "NAME: '..' is neither a name nor an id")]
    public async Task A_line_that_is_wrong_names_the_flag_and_sends_nothing(string flags, string text)
    {
        var (ran, request) = await Create($"network create {flags}");

        Assert.Equal(new Ran(2, "", $"ipvlanctl: {text} [usage]\nsee 'ipvlanctl network create --help'\n"), ran);
        Assert.Null(request);
    }

    /// <summary>The document itself has such a line: the shell makes an argument of the escaped space.</summary>
    [Fact]
    public async Task A_space_after_a_backslash_is_recognised()
    {
        var ran = await Tool.Run(["network", "create", "--subnet=192.168.1.0/24", " "], "/nowhere", around => around);

        Assert.Equal(2, ran.Code);
        Assert.Contains("a space after the backslash at a line's end?", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ipv6_alone_is_accepted_with_a_note()
    {
        var (ran, _) = await Create("network create --ipv6 n");

        Assert.Equal(new Ran(0, "abc123\n", "ipvlanctl: note: --ipv6 alone adds no addresses; give an IPv6 --subnet\n"), ran);
    }

    private static async Task<(Ran Ran, CreateNetworkRequest? Request)> Create(string line)
    {
        await using var node = await FakeNode.Start();
        node.On("POST /v1/networks", new NetworkCreatedReply("abc123", "n"), c => c.NetworkCreatedReply);
        var ran = await Tool.Run(node, line);
        var body = node.Asked.SingleOrDefault().Body;
        return (ran, body is null ? null : JsonSerializer.Deserialize(body, ContractJson.Default.CreateNetworkRequest));
    }

    private static string Told(CreateNetworkRequest r) =>
        $"{r.Name}: subnets {string.Join(' ', r.Subnets!)}; gateways {string.Join(' ', r.Gateways!)}; "
        + $"options {string.Join(' ', r.Options!.Select(o => $"{o.Key}={o.Value}"))}{(r.Internal ? "; internal" : "")}";
}
