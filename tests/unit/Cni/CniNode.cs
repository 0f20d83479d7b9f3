extern alias cni;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Http;
using IpvlanActors.Tests.Unit.Runtime;
using Microsoft.AspNetCore.Builder;
using Plugin = cni::IpvlanActors.Cni.Plugin;
using Surroundings = cni::IpvlanActors.Cni.Surroundings;

namespace IpvlanActors.Tests.Unit.Cni;

/// <summary>
/// The plugin, run in this process, against a whole node behind its own API: only the kernel is none. A runtime's part (what it
/// keeps between calls) is here.
/// </summary>
internal sealed class CniNode : IAsyncDisposable
{
    public const string Subnet = "10.1.0.0/16";
    private readonly string _folder = Directory.CreateTempSubdirectory("cni-").FullName;
    private WebApplication? _api;

    private CniNode() => Socket = Path.Combine(_folder, "api.sock");

    public TestHost Host { get; } = new() { DefaultLink = "eth0" };

    public TestNode Node { get; private set; } = null!;

    public string Socket { get; }

    /// <summary>CNI_PATH.</summary>
    public string Plugins => _folder;

    public string Notes => Socket + ".removed";

    public static async Task<CniNode> Start()
    {
        var node = new CniNode();
        await node.Up();
        return node;
    }

    public async Task Up()
    {
        Node = await Host.Start();
        var settings = DaemonSettings.Read(HoconFiles.Load(null, new Dictionary<string, string>()), _folder, Socket);
        var removals = new IpvlanActors.Daemon.Cni.LateRemovals(Socket, Node.Behind.Gateway);
        await removals.CarryOut();
        _api = await ApiServer.Start(new(Node.Behind, settings, Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow));
        await removals.CarryOut();
    }

    /// <summary>As after kill -9: what is not journaled is forgotten; containers and what the kernel has of ours stay.</summary>
    public async Task Down()
    {
        if (_api is not null)
            await _api.DisposeAsync();
        _api = null;
        await Host.Stop();
        File.Delete(Socket);
    }

    /// <summary>A configuration as <c>/etc/cni/net.d</c> has it, in one version.</summary>
    /// <param name="keys">More keys, or others than the usual ones; null takes one away.</param>
    public JsonObject Conf(string version = "1.1.0", params (string Key, JsonNode? Value)[] keys)
    {
        var conf = new JsonObject
        {
            ["cniVersion"] = version,
            ["name"] = "pods",
            ["type"] = "ipvland",
            ["socket"] = Socket,
            ["master"] = "eth0",
            ["ipam"] = new JsonObject { ["type"] = "ipvland", ["subnet"] = Subnet },
        };
        foreach (var (key, value) in keys)
        {
            conf.Remove(key);
            if (value is not null)
                conf[key] = value.DeepClone();
        }

        return conf;
    }

    public static JsonObject Object(string json) => JsonNode.Parse(json)!.AsObject();

    public Task<CniRan> Add(JsonObject conf, string container, string args = "", string ifName = "eth0") => Run("ADD", conf, container, args, ifName);

    /// <summary>ADD that must succeed.</summary>
    public async Task<JsonNode> Added(JsonObject conf, string container, string args = "", string ifName = "eth0") =>
        (await Add(conf, container, args, ifName)).Result();

    public Task<CniRan> Delete(JsonObject conf, string container, string ifName = "eth0") => Run("DEL", conf, container, "", ifName);

    public Task<CniRan> Check(JsonObject conf, JsonNode result, string container, string ifName = "eth0")
    {
        var with = conf.DeepClone().AsObject();
        with["prevResult"] = result.DeepClone();
        return Run("CHECK", with, container, "", ifName);
    }

    public Task<CniRan> Run(string command, JsonObject conf, string container = "", string args = "", string ifName = "eth0") => Run(new()
    {
        ["CNI_COMMAND"] = command,
        ["CNI_CONTAINERID"] = container,
        ["CNI_NETNS"] = container.Length > 0 ? $"/run/netns/{container}" : "",
        ["CNI_IFNAME"] = container.Length > 0 ? ifName : "",
        ["CNI_ARGS"] = args,
        ["CNI_PATH"] = Plugins,
    }, conf.ToJsonString());

    /// <summary>On a thread of its own, as the plugin waits for the node like any process.</summary>
    public static Task<CniRan> Run(Dictionary<string, string> variables, string input) => Task.Factory.StartNew(() =>
    {
        using var output = new MemoryStream();
        var around = new Surroundings(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, variables.GetValueOrDefault);
        var code = Plugin.Run(around);
        return new CniRan(code, Encoding.UTF8.GetString(output.ToArray()));
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>An IPAM plugin in sh: writes down what it was asked, and does what it is told.</summary>
    /// <param name="script">Run with $CNI_COMMAND and the configuration in $conf.</param>
    public void Install(string name, string script)
    {
        var file = Path.Combine(Plugins, name);
        File.WriteAllText(file, $"#!/bin/sh\nconf=$(cat)\necho \"$CNI_COMMAND $CNI_CONTAINERID\" >> {Plugins}/{name}.log\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string[] AskedOf(string plugin) =>
        File.Exists($"{Plugins}/{plugin}.log") ? File.ReadAllLines($"{Plugins}/{plugin}.log") : [];

    public async ValueTask DisposeAsync()
    {
        await Down();
        await Host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>What the plugin answered.</summary>
internal sealed record CniRan(int Exit, string Out)
{
    public JsonNode Result() => Exit == 0 && Out.Length > 0 ? JsonNode.Parse(Out)! : throw new InvalidOperationException(ToString());

    public (int Code, string Text) Error()
    {
        var error = Exit != 0 ? JsonNode.Parse(Out)! : throw new InvalidOperationException(ToString());
        return ((int)error["code"]!, (string)error["msg"]!);
    }

    public override string ToString() => $"exit code {Exit}: {Out}";
}
