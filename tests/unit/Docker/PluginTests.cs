using System.Text.Json.Nodes;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Runtime;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Docker;

/// <summary>What a Docker user can say beyond the recorded commands, and what becomes of it.</summary>
public sealed class PluginTests : IAsyncLifetime
{
    private readonly TestHost _host = new();
    private TestNode _node = null!;
    private Dockerd _docker = null!;

    public async Task InitializeAsync() => await Restart();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_network_of_the_cluster_is_bound_and_stays_when_Docker_removes_its_own()
    {
        var blue = await _node.Create("blue", "10.1.0.0/24", ("parent", "eth0"), ("ipvlan_mode", "l3"));
        var pool = await Said("IpamDriver.RequestPool", Pool("", "blue"));
        Assert.Equal("10.1.0.0/24", Text(pool, "Pool"));
        Assert.Equal("10.1.0.1/24", Text(await Said("IpamDriver.RequestAddress", Gateway(pool)), "Address"));
        await Said("NetworkDriver.CreateNetwork", Network('a', "10.1.0.0/24", ("network", "blue")));

        var endpoint = await Run(pool, 'a', 'b', "10.1.0.2/24");
        Assert.Equal("""[{"Destination":"0.0.0.0/0","RouteType":1,"NextHop":""}]""", endpoint["StaticRoutes"]!.ToJsonString());
        Assert.Null(endpoint["Gateway"]);
        await End(pool, 'a', 'b', "10.1.0.2");

        await Said("NetworkDriver.DeleteNetwork", Of('a'));
        Assert.Equal([blue], _node.View.Networks.Keys);
        Assert.Null(_node.View.Networks[blue].Binding);
    }

    [Fact]
    public async Task Binding_says_what_does_not_fit()
    {
        await _node.Create("blue", "10.1.0.0/24", ("parent", "eth0"));
        Assert.Contains("not found", await Refusal("IpamDriver.RequestPool", Pool("", "green")), StringComparison.Ordinal);
        Assert.Contains("no subnet of network blue", await Refusal("IpamDriver.RequestPool", Pool("10.9.0.0/24", "blue")), StringComparison.Ordinal);
        Assert.Contains("172.20.0.0/16 is no subnet of network blue", await Refusal("NetworkDriver.CreateNetwork", Network('a', "172.20.0.0/16", ("network", "blue"))), StringComparison.Ordinal);
        Assert.Contains("-o parent=eth1 is not what it was created with", await Refusal("NetworkDriver.CreateNetwork", Network('a', "10.1.0.0/24", ("network", "blue"), ("parent", "eth1"))), StringComparison.Ordinal);
        await Said("NetworkDriver.CreateNetwork", Network('a', "10.1.0.0/24", ("network", "blue"), ("parent", "eth0")));
        Assert.Contains("is aaaaaaaaaaaa to Docker on this host already", await Refusal("NetworkDriver.CreateNetwork", Network('b', "10.1.0.0/24", ("network", "blue"))), StringComparison.Ordinal);
        Assert.Contains("'foo' is not an option of ipvlan networks", await Refusal("NetworkDriver.CreateNetwork", Network('b', "10.2.0.0/24", ("foo", "bar"))), StringComparison.Ordinal);
        Assert.Single(_node.View.Networks);
    }

    [Fact]
    public async Task dockerd_that_refuses_every_offer_hears_how_to_go_on()
    {
        await _node.Create("blue", "10.1.0.0/24", ("parent", "eth0"), ("ipvlan_mode", "l3"));
        await Said("IpamDriver.RequestPool", Pool("", "blue"));
        Assert.Contains("say --subnet 10.1.0.0/24 as well", await Refusal("IpamDriver.RequestPool", Pool("", "blue")), StringComparison.Ordinal);
        await Said("Plugin.Activate", ""); // another dockerd
        await Said("IpamDriver.RequestPool", Pool("", "blue"));
        var first = Text(await Said("IpamDriver.RequestPool", Pool("")), "Pool");
        Assert.NotEqual(first, Text(await Said("IpamDriver.RequestPool", Pool("")), "Pool"));
    }

    [Fact]
    public async Task An_address_that_Docker_s_own_IPAM_chose_is_claimed_and_a_collision_refused()
    {
        await Said("NetworkDriver.CreateNetwork", Network('a', "10.1.0.0/24", ("parent", "eth0"), ("network", "blue")));
        await _node.Join("blue", _host.Container("c1"), ip: "10.1.0.2");
        Assert.Contains("Address already in use: 10.1.0.2 is held by endpoint c1", await Refusal("NetworkDriver.CreateEndpoint", Endpoint('a', 'b', "10.1.0.2/24")), StringComparison.Ordinal);
        Assert.Contains("--ipam-driver ipvland --ipam-opt network=", await Refusal("NetworkDriver.CreateEndpoint", Endpoint('a', 'b', "10.1.0.2/24")), StringComparison.Ordinal);
        Assert.Contains("is reserved: it is the gateway", await Refusal("NetworkDriver.CreateEndpoint", Endpoint('a', 'b', "10.1.0.1/24")), StringComparison.Ordinal);
        Assert.Contains("do not support custom mac address", await Refusal("NetworkDriver.CreateEndpoint", Endpoint('a', 'b', "10.1.0.3/24", "02:11:22:33:44:55")), StringComparison.Ordinal);
        await Said("NetworkDriver.CreateEndpoint", Endpoint('a', 'b', "10.1.0.3/24"));
        Assert.Equal(2, _node.View.Endpoints.Count);
    }

    [Fact]
    public async Task A_second_container_with_the_same_address_does_not_take_the_first_one_s()
    {
        var pool = await Created('a', "10.1.0.0/24");
        await Run(pool, 'a', 'b', "10.1.0.2/24");
        Assert.Contains("Address already in use: 10.1.0.2", await Refusal("IpamDriver.RequestAddress", Address(pool, "10.1.0.2")), StringComparison.Ordinal);
        await Said("IpamDriver.ReleaseAddress", Address(pool, "10.1.0.2")); // of an endpoint: dockerd is asked whether it has lost it
        Assert.Single(_node.View.Endpoints);
    }

    [Fact]
    public async Task Of_a_container_s_networks_the_first_brings_the_default_route_and_the_others_their_own_prefixes()
    {
        _host.Kernel.AddLink("eth1", "10.0.1.1/24");
        var (one, two) = (await Created('a', "10.1.0.0/24", ("ipvlan_mode", "l3"), ("parent", "eth0")), await Created('c', "10.2.0.0/24", ("ipvlan_mode", "l2"), ("parent", "eth1")));
        var first = await Run(one, 'a', 'b', "10.1.0.2/24");
        var second = await Run(two, 'c', 'd', "10.2.0.2/24");
        Assert.Single(first["StaticRoutes"]!.AsArray());
        Assert.Empty(second["StaticRoutes"]!.AsArray());
        Assert.Null(second["Gateway"]);
    }

    [Fact]
    public async Task Pools_that_no_network_of_ours_has_give_out_nothing_and_a_subnet_is_had_once()
    {
        var pool = await Said("IpamDriver.RequestPool", Pool("10.1.0.0/24"));
        Assert.Contains("say -d ipvland as well", await Refusal("IpamDriver.RequestAddress", Address(pool, "")), StringComparison.Ordinal);
        await Created('a', "10.1.0.0/24");
        await Said("IpamDriver.RequestPool", Pool("10.1.0.0/24"));
        Assert.Contains("subnet 10.1.0.0/24 overlaps 10.1.0.0/24 of network docker-aaaaaaaaaaaa", await Refusal("NetworkDriver.CreateNetwork", Network('b', "10.1.0.0/24", "ipvland")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_without_a_gateway_leaves_it_to_the_next()
    {
        _host.Kernel.AddLink("eth1", "10.0.1.1/24");
        await Said("NetworkDriver.CreateNetwork", Network('a', "10.1.0.0/24", ("gateway", "none"), ("parent", "eth0")));
        await Said("NetworkDriver.CreateNetwork", Network('c', "10.2.0.0/24", ("ipvlan_mode", "l3"), ("parent", "eth1")));
        await Said("NetworkDriver.CreateEndpoint", Endpoint('a', 'b', "10.1.0.2/24"));
        await Said("NetworkDriver.CreateEndpoint", Endpoint('c', 'd', "10.2.0.2/24"));
        Assert.Null((await Said("NetworkDriver.Join", Join('a', 'b')))["Gateway"]);
        Assert.Single((await Said("NetworkDriver.Join", Join('c', 'd')))["StaticRoutes"]!.AsArray());
    }

    [Fact]
    public async Task A_user_may_say_which_network_brings_it()
    {
        var pool = await Created('a', "10.1.0.0/24", ("ipvlan_mode", "l3"), ("parent", "eth0"));
        await Said("NetworkDriver.CreateEndpoint", Endpoint('a', 'b', "10.1.0.2/24", options: """{"default_route":"no"}"""));
        Assert.Empty((await Said("NetworkDriver.Join", Join('a', 'b')))["StaticRoutes"]!.AsArray());
        Assert.False(_node.View.Endpoints.Values.Single().HasDefault);
    }

    [Fact]
    public async Task A_network_whose_parent_is_in_the_container_is_none_for_Docker()
    {
        var wish = Network('a', "10.1.0.0/24", ("parent", "eth1"), ("parent_in", "container"));
        Assert.Contains("parent_in=container, which Docker cannot use", await Refusal("NetworkDriver.CreateNetwork", wish), StringComparison.Ordinal);
        Assert.Empty(_node.View.Networks);
        await _node.Create("pods", "10.1.0.0/24", ("parent", "eth1"), ("parent_in", "container"));
        Assert.Contains("parent_in=container, which Docker cannot use", await Refusal("NetworkDriver.CreateNetwork", Network('a', "10.1.0.0/24", ("network", "pods"))), StringComparison.Ordinal);
        Assert.Null(_node.View.Networks.Values.Single().Binding);
    }

    [Fact]
    public async Task After_a_new_boot_what_Docker_had_is_free()
    {
        var pool = await Created('a', "10.1.0.0/24");
        await Run(pool, 'a', 'b', "10.1.0.2/24");
        var state = _node.View.Endpoints.Values.Single();
        Assert.True(state is { IsHandedOver: true, IsJoined: true });
        _host.BootId = "another boot";
        _host.Kernel.RemoveLink("iv-" + state.Endpoint.Short);

        await Restart();

        await Eventually.True(() => _node.View.Endpoints.IsEmpty, "the endpoint is released");
        await Eventually.True(() => _node.View.Networks.Values.Single().Holders.IsEmpty, "its address is free");
        await Said("NetworkDriver.DeleteEndpoint", Of('a', 'b'));
        await Run(pool, 'a', 'c', "10.1.0.2/24");
    }

    [Fact]
    public async Task A_reservation_that_no_endpoint_came_for_is_free_after_a_restart()
    {
        var pool = await Created('a', "10.1.0.0/24");
        Assert.Equal("10.1.0.2/24", Text(await Said("IpamDriver.RequestAddress", Address(pool, "")), "Address"));
        await Restart();
        await Eventually.True(() => _node.View.Networks.Values.Single().Holders.IsEmpty, "the address is free");
        await Said("NetworkDriver.CreateEndpoint", Endpoint('a', 'b', "10.1.0.2/24")); // it may come after all, if nobody took it
    }

    [Fact]
    public async Task What_was_left_in_the_host_s_namespace_is_swept_and_what_Docker_may_still_move_is_not()
    {
        var pool = await Created('a', "10.1.0.0/24");
        await Said("NetworkDriver.CreateEndpoint", Endpoint('a', 'b', "10.1.0.2/24"));
        var link = Text((await Said("NetworkDriver.Join", Join('a', 'b')))["InterfaceName"]!.AsObject(), "SrcName");
        Assert.Equal(0, (await _node.Reconcile()).Writes);
        Assert.Contains(link, _host.Kernel.ToString(), StringComparison.Ordinal);
        await Said("NetworkDriver.DeleteEndpoint", Of('a', 'b'));
        Assert.DoesNotContain(link, _host.Kernel.ToString(), StringComparison.Ordinal);

        _host.Kernel.AddSlaveLink(link, "eth0", _node.View.Networks.Keys.Single(), EndpointId.Parse(new('b', 32)));
        await Eventually.True(() => !_host.Kernel.ToString().Contains(link, StringComparison.Ordinal), "the leftover is swept");
    }

    [Fact]
    public async Task What_Docker_forgot_is_released_wherever_its_link_stands()
    {
        var pool = await Created('a', "10.1.0.0/24", ("parent", "eth0"));
        await Run(pool, 'a', 'b', "10.1.0.2/24");
        var link = Text((await Said("NetworkDriver.Join", Join('a', 'b')))["InterfaceName"]!.AsObject(), "SrcName");
        _host.Kernel.AddSandbox("/run/docker/netns/b");
        _host.Kernel.TakeLink(link, "/run/docker/netns/b", "eth0");
        var kernel = _host.Kernel.ToString();
        await Said("NetworkDriver.Join", Join('a', 'b')); // asked again: it was taken, so none is made
        Assert.Equal(kernel, _host.Kernel.ToString());

        await _node.Granted<EndpointReply>(new ForgetEndpointCommand(EndpointId.Parse(new('b', 32))));

        Assert.DoesNotContain("type ipvlan", _host.Kernel.ToString(), StringComparison.Ordinal);
        Assert.Empty(_node.View.Endpoints);
        Assert.Empty(_node.View.Networks.Values.Single().Holders);
    }

    [Fact]
    public async Task A_call_that_dockerd_repeats_without_its_words_is_refused_so_that_it_takes_all_back() =>
        Assert.Contains("do it again", await Refusal("NetworkDriver.Join", ""), StringComparison.Ordinal);

    [Theory]
    [InlineData("endpoint-join.allocated", "NetworkDriver.CreateEndpoint")]
    [InlineData("endpoint-create.journaled", "NetworkDriver.CreateEndpoint")]
    [InlineData("endpoint-handover.journaled", "NetworkDriver.Join")]
    [InlineData("endpoint-handover.made", "NetworkDriver.Join")]
    [InlineData("endpoint-leave.unplugged", "NetworkDriver.DeleteEndpoint")]
    [InlineData("endpoint-rm.journaled", "NetworkDriver.DeleteEndpoint")]
    [InlineData("network-bind.journaled", "NetworkDriver.CreateNetwork")]
    [InlineData("network-create.linked", "NetworkDriver.CreateNetwork")]
    public async Task A_call_that_ipvland_died_in_succeeds_when_dockerd_repeats_it(string point, string method)
    {
        (string Method, string Body)[] calls =
        [
            ("NetworkDriver.CreateNetwork", Network('a', "10.1.0.0/24", ("parent", "eth0.10"))),
            ("NetworkDriver.CreateEndpoint", Endpoint('a', 'b', "10.1.0.2/24")),
            ("NetworkDriver.Join", Join('a', 'b')),
            ("NetworkDriver.DeleteEndpoint", Of('a', 'b')),
            ("NetworkDriver.DeleteNetwork", Of('a')),
        ];
        var before = _host.Kernel.ToString();
        foreach (var (name, body) in calls)
        {
            if (name == method)
            {
                _node.CrashAt(point);
                var asked = _docker.Call(name, body);
                await _node.HasCrashed();
                await Restart();
            }

            await Said(name, body);
        }

        Assert.Equal((0, 0), (_node.View.Networks.Count, _node.View.Endpoints.Count));
        await Eventually.True(() => before == _host.Kernel.ToString(), $"{before}\nand not\n{_host.Kernel}");
        await _node.Agrees();
    }

    private async Task Restart()
    {
        _node = await _host.Start();
        _docker = new(_host, _node);
    }

    private async Task<JsonObject> Created(char id, string subnet, params (string, string)[] options)
    {
        var pool = await Said("IpamDriver.RequestPool", Pool(subnet));
        await Said("IpamDriver.RequestAddress", Gateway(pool));
        await Said("NetworkDriver.CreateNetwork", Network(id, subnet, "ipvland", options));
        return pool;
    }

    private async Task<JsonObject> Run(JsonObject pool, char network, char endpoint, string address)
    {
        Assert.Equal(address, Text(await Said("IpamDriver.RequestAddress", Address(pool, "")), "Address"));
        await Said("NetworkDriver.CreateEndpoint", Endpoint(network, endpoint, address));
        return await Said("NetworkDriver.Join", Join(network, endpoint));
    }

    private async Task End(JsonObject pool, char network, char endpoint, string address)
    {
        await Said("NetworkDriver.Leave", Of(network, endpoint));
        await Said("NetworkDriver.DeleteEndpoint", Of(network, endpoint));
        await Said("IpamDriver.ReleaseAddress", Address(pool, address));
    }

    private async Task<JsonObject> Said(string method, string body)
    {
        var answer = await _docker.Call(method, body);
        Assert.False(answer.ContainsKey("Err"), $"{method} {body}\n{answer.ToJsonString()}");
        return answer;
    }

    private async Task<string> Refusal(string method, string body)
    {
        var answer = await _docker.Call(method, body);
        Assert.Equal(answer["Err"]?.GetValue<string>(), answer["Error"]?.GetValue<string>());
        return answer["Err"]?.GetValue<string>() ?? $"{method} {body} was granted";
    }

    private static string Text(JsonObject json, string key) => json[key]!.GetValue<string>();

    private static string Id(char digit) => new(digit, 64);

    private static string Of(char network) => $$"""{"NetworkID":"{{Id(network)}}"}""";

    private static string Of(char network, char endpoint) => $$"""{"NetworkID":"{{Id(network)}}","EndpointID":"{{Id(endpoint)}}"}""";

    private static string Join(char network, char endpoint) =>
        $$"""{"NetworkID":"{{Id(network)}}","EndpointID":"{{Id(endpoint)}}","SandboxKey":"/run/docker/netns/b","Options":null}""";

    private static string Pool(string subnet, string network = "")
    {
        var options = network.Length == 0 ? "{ }" : $"{{\"network\":\"{network}\"}}";
        return $$"""{"AddressSpace":"ipvland","Pool":"{{subnet}}","SubPool":"","Options":{{options}} ,"V6":false}""";
    }

    private static string Gateway(JsonObject pool) =>
        $$"""{"PoolID":"{{Text(pool, "PoolID")}}","Address":"","Options":{"RequestAddressType":"com.docker.network.gateway"} }""";

    private static string Address(JsonObject pool, string address) =>
        $$"""{"PoolID":"{{Text(pool, "PoolID")}}","Address":"{{address}}","Options":null}""";

    private static string Network(char id, string subnet, params (string Key, string Value)[] options) => Network(id, subnet, "LocalDefault", options);

    private static string Network(char id, string subnet, string space, params (string Key, string Value)[] options)
    {
        var generic = string.Join(',', options.Select(o => $"\"{o.Key}\":\"{o.Value}\""));
        var gateway = Prefix.Parse(subnet).First.Offset(1);
        return $$$"""{"NetworkID":"{{{Id(id)}}}","Options":{"com.docker.network.generic":{ {{{generic}}} } },"IPv4Data":[{"AddressSpace":"{{{space}}}","Pool":"{{{subnet}}}","Gateway":"{{{gateway}}}/24"}],"IPv6Data":[]}""";
    }

    private static string Endpoint(char network, char endpoint, string address, string mac = "", string options = "{}") =>
        $$"""{"NetworkID":"{{Id(network)}}","EndpointID":"{{Id(endpoint)}}","Interface":{"Address":"{{address}}","AddressIPv6":"","MacAddress":"{{mac}}"},"Options":{{options}} }""";
}
