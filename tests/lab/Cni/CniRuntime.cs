using System.Diagnostics;
using System.Text.Json.Nodes;
using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Cni;

/// <summary>The part of a container runtime: runs plugins as processes, by the contract, for containers of one host.</summary>
internal sealed class CniRuntime(LabHost host)
{
    /// <summary>Where Debian's containernetworking-plugins lie.</summary>
    public const string Theirs = "/usr/lib/cni";

    public static string Ours { get; } = Path.Combine(Machine.Programs, "cni");

    /// <param name="keys">Everything but cniVersion, name, type and socket, as JSON.</param>
    public JsonObject Conf(string name, string keys, string type = "ipvland", string version = "1.0.0")
    {
        var conf = JsonNode.Parse(keys)!.AsObject();
        (conf["cniVersion"], conf["name"], conf["type"]) = (version, name, type);
        if (type == "ipvland")
            conf["socket"] = host.Daemon.Socket;
        return conf;
    }

    /// <summary>ADD that must succeed.</summary>
    public async Task<JsonNode> Add(JsonObject conf, Container container, string ifName = "eth0")
    {
        var said = await Run("ADD", conf, container, ifName);
        return said.Code == 0 ? JsonNode.Parse(said.Out)! : throw new LabException($"{said}\n{host.Daemon.LogTail()}");
    }

    /// <summary>DEL that must succeed.</summary>
    public async Task Delete(JsonObject conf, Container container, string ifName = "eth0") =>
        Assert.Equal((0, ""), await Silent("DEL", conf, container, ifName));

    public async Task<(int Code, string Out)> Check(JsonObject conf, JsonNode result, Container container, string ifName = "eth0")
    {
        var with = conf.DeepClone().AsObject();
        with["prevResult"] = result.DeepClone();
        return await Silent("CHECK", with, container, ifName);
    }

    public async Task<(int Code, string Out)> Silent(string command, JsonObject conf, Container? container = null, string ifName = "eth0")
    {
        var said = await Run(command, conf, container, ifName);
        return (said.Code, said.Out);
    }

    /// <summary>In the host's namespace, where the reference plugins expect to be; ours would work from anywhere.</summary>
    public async Task<Said> Run(string command, JsonObject conf, Container? container, string ifName = "eth0")
    {
        var type = (string)conf["type"]!;
        var program = Path.Combine(type == "ipvland" ? Ours : Theirs, type);
        var start = new ProcessStartInfo("nsenter", [$"--net={host.Space.Path}", program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (string, string?)[] variables =
        [
            ("CNI_COMMAND", command), ("CNI_PATH", $"{Ours}:{Theirs}"), ("CNI_CONTAINERID", container?.Space.Name),
            ("CNI_NETNS", container?.Space.Path), ("CNI_IFNAME", container is null ? null : ifName),
        ];
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(conf.ToJsonString());
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Machine.Patience(30));
        return new($"{command} {type} {container?.Name}", process.ExitCode, await output, await errors);
    }
}

/// <summary>A test that needs programs of others too, which tests/run installs; skipped, with the reason, without them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CniFactAttribute : FactAttribute
{
    public CniFactAttribute(params string[] programs) =>
        Skip = Machine.Missing ?? (programs.FirstOrDefault(p => !File.Exists(p)) is { } missing ? $"there is no {missing} (packages containernetworking-plugins, podman, busybox-static)" : null);
}
