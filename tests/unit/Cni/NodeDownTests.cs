using System.Net.Sockets;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Cni;

/// <summary>The node is not there, or dies while it is asked: nothing is lost, and nothing is left.</summary>
public sealed class NodeDownTests : IAsyncLifetime
{
    private CniNode _cni = null!;

    public async Task InitializeAsync() => _cni = await CniNode.Start();

    public Task DisposeAsync() => _cni.DisposeAsync().AsTask();

    [Theory]
    [InlineData("ADD", 11)]
    [InlineData("CHECK", 11)]
    [InlineData("GC", 11)]
    [InlineData("STATUS", 50)]
    public async Task Without_a_node_the_runtime_is_to_try_again(string command, int code)
    {
        _cni.Host.Container("c1");
        await _cni.Down();
        var conf = _cni.Conf(keys: [("cni.dev/valid-attachments", new System.Text.Json.Nodes.JsonArray()), ("prevResult", CniNode.Object("{}"))]);
        var error = (await _cni.Run(command, conf, command is "ADD" or "CHECK" ? "c1" : "")).Error();
        Assert.Equal(code, error.Code);
        Assert.Contains($"not reached at {_cni.Socket} (no such file)", error.Text, StringComparison.Ordinal);
        Assert.Contains("start it", error.Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cni.Notes));
    }

    [Fact]
    public async Task A_container_that_goes_while_no_node_is_there_is_released_without_a_note()
    {
        _cni.Host.Container("c1");
        await _cni.Added(_cni.Conf(), "c1");
        await _cni.Down();
        _cni.Host.EndContainer("c1");
        await _cni.Up();
        await Eventually.True(() => _cni.Node.View.Endpoints.IsEmpty, "the endpoint is released");
        await _cni.Node.Agrees();
    }

    [Fact]
    public async Task DEL_without_a_node_succeeds_and_the_next_node_does_it_though_the_container_lives_on()
    {
        _cni.Host.Container("c1");
        _cni.Host.Container("c2");
        await _cni.Added(_cni.Conf(), "c2");
        await _cni.Node.Agrees();
        var before = _cni.Host.Kernel.ToString();
        await _cni.Added(_cni.Conf(), "c1");
        await _cni.Down();

        Assert.Equal(new CniRan(0, ""), await _cni.Delete(_cni.Conf(), "c1"));
        Assert.Equal(new CniRan(0, ""), await _cni.Delete(_cni.Conf(), "c1"));
        Assert.Equal(new CniRan(0, ""), await _cni.Delete(_cni.Conf(), "c9"));
        Assert.Equal(new CniRan(0, ""), await _cni.Delete(_cni.Conf(keys: ("name", "unknown")), "c1"));
        Assert.Equal(3, Directory.GetFiles(_cni.Notes).Length);

        await _cni.Up();
        Assert.Equal("cni.eth0.c2", Assert.Single(_cni.Node.View.Endpoints).Value.Name);
        Assert.Empty(Directory.GetFiles(_cni.Notes));
        await _cni.Node.Agrees();
        Assert.Equal(before, _cni.Host.Kernel.ToString());
        Assert.Equal("10.1.0.3/16", (string)(await _cni.Added(_cni.Conf(), "c1"))["ips"]![0]!["address"]!);
    }

    [Fact]
    public async Task A_DEL_that_comes_upon_open_doors_after_all_leaves_no_note()
    {
        _cni.Host.Container("c1");
        await _cni.Added(_cni.Conf(), "c1");
        var door = ShutOnce($"{_cni.Socket}.late", _cni.Socket);
        Assert.Equal(new CniRan(0, ""), await _cni.Delete(_cni.Conf(keys: ("socket", $"{_cni.Socket}.late")), "c1"));
        await door;
        Assert.Empty(_cni.Node.View.Endpoints);
        Assert.Empty(Directory.GetFiles($"{_cni.Socket}.late.removed"));
    }

    [Theory]
    [InlineData("endpoint-join.allocated")]
    [InlineData("endpoint-join.journaled")]
    [InlineData("endpoint-join.plugged")]
    public async Task A_node_that_dies_while_it_adds_leaves_nothing_though_the_runtime_never_asks_again(string point)
    {
        _cni.Host.Container("c1");
        _cni.Host.Container("c2");
        await _cni.Added(_cni.Conf(), "c2");
        await _cni.Node.Agrees();
        var before = _cni.Host.Kernel.ToString();
        _cni.Node.CrashAt(point);

        var adding = _cni.Add(_cni.Conf(), "c1");
        await _cni.Node.HasCrashed();
        await _cni.Down();
        Assert.Equal(11, (await adding).Error().Code);
        Assert.Single(Directory.GetFiles(_cni.Notes));

        await _cni.Up();
        await _cni.Node.Agrees();
        Assert.Equal("cni.eth0.c2", Assert.Single(_cni.Node.View.Endpoints).Value.Name);
        Assert.Equal(before, _cni.Host.Kernel.ToString());
    }

    [Fact]
    public async Task An_ADD_whose_plugin_was_killed_is_undone()
    {
        _cni.Host.Container("c1");
        await _cni.Added(_cni.Conf(), "c1");
        await _cni.Delete(_cni.Conf(), "c1");
        using var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var joining = new ManualResetEventSlim();
        using var joined = new ManualResetEventSlim();
        _cni.Node.Door.BeforeApply = ops =>
        {
            if (!ops.Any(o => o is PlugSlave))
                return;
            joining.Set();
            killed.Dispose();
            joined.Wait(TimeSpan.FromSeconds(1)); // nobody sets it: until the node has noticed
        };
        const string Body = """{"network":"pods","netns":"/run/netns/c1","name":"cni.eth0.c1","ip":null,"ip6":null,"ifName":"eth0","mustBeNew":true}""";
        await killed.ConnectAsync(new UnixDomainSocketEndPoint(_cni.Socket));
        await killed.SendAsync(System.Text.Encoding.ASCII.GetBytes($"POST /v1/endpoints HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
        await Eventually.True(() => joining.IsSet, "it joins");
        await Eventually.True(() => _cni.Node.View.Endpoints.Count == 1, "it has joined");
        await Eventually.True(() => _cni.Node.View.Endpoints.IsEmpty, "nobody heard of it, so it went");
        await _cni.Node.Agrees();
    }

    /// <summary>A door that is shut in the face of the first who comes; the second is let through.</summary>
    private static async Task ShutOnce(string path, string behind)
    {
        using var door = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        door.Bind(new UnixDomainSocketEndPoint(path));
        door.Listen();
        (await door.AcceptAsync()).Dispose();
        using var caller = new NetworkStream(await door.AcceptAsync(), ownsSocket: true);
        var node = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await node.ConnectAsync(new UnixDomainSocketEndPoint(behind));
        using var inside = new NetworkStream(node, ownsSocket: true);
        var asking = caller.CopyToAsync(inside);
        await inside.CopyToAsync(caller);
        caller.Close();
        await asking.ContinueWith(static _ => { }, TaskScheduler.Default);
    }
}
